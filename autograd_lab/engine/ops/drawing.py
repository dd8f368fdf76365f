"""Random numbers as operations: nothing flows back through them."""

from __future__ import annotations

from typing import Any

from ..operation import Operation
from ..register import register


class RandomWrite(Operation):
    """Return numbers drawn at random, in place of `self`; nothing flows back."""

    public = False
    derivative = dict(self=("0", lambda grad: grad * 0))

    @staticmethod
    def forward(self: Any, numbers: Any) -> Any:
        return numbers.astype(self.dtype).reshape(self.shape)


def _random_write(name: str, node: str) -> Operation:
    return register(type(name.title(), (RandomWrite,), {"name": name, "node": node}))


uniform_write = _random_write("uniform", "UniformBackward0")
normal_write = _random_write("normal_in_place", "NormalBackward0")
bernoulli_write = _random_write("bernoulli_in_place", "BernoulliBackward2")
bernoulli_like_write = _random_write("bernoulli_like_in_place", "BernoulliBackward1")
random_write = _random_write("random", "RandomBackward2")


class Bernoulli(Operation):
    """Return 1 with the probability that `self` says, else 0."""

    public = False
    node = "BernoulliBackward0"
    derivative = dict(self=("0", lambda grad: grad * 0))

    @staticmethod
    def forward(self: Any, drawn: Any) -> Any:
        return (drawn.reshape(self.shape) < self).astype(self.dtype)


bernoulli_tensor = register(Bernoulli)
