"""Where registered operations become methods of `Tensor`; the stub beside it tells editors their types."""


class Methods:
    """Empty on purpose: `operation.register` binds every operation's method here."""

    __slots__ = ()
