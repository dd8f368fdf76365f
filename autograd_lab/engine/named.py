"""Operations that return a value and where it was found, as a tuple with names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from .operation import Operation
from .return_types import return_type
from .tensor import Tensor


class Named(Operation):
    """An operation whose results have names; a rule reads them by these names, too."""

    fields: ClassVar[tuple[str, ...]] = ("values", "indices")
    returns: ClassVar[str] = ""
    """The name of the tuple: `"max"` for `torch.return_types.max`; by default the operation's."""

    def __init__(self) -> None:
        """Let rules name the results."""
        self.results = {**self.results, **{name: i for i, name in enumerate(self.fields)}}
        super().__init__()

    def finish_many(self, outputs: list[Tensor], args: Sequence[Any], tracked: bool) -> Any:
        """Return the results as a tuple with names."""
        made = super().finish_many(outputs, args, tracked)
        return return_type(self.returns or self.name, self.fields, made)

    def pull_back(
        self, grads: Sequence[Tensor], args: Sequence[Any], outputs: Sequence[Tensor]
    ) -> list[Any]:
        """Hand the rules the gradients of those results alone that can have one."""
        return super().pull_back(grads[: self.outputs], args, outputs)
