"""Random numbers as operations: nothing flows back through them."""

from __future__ import annotations

from typing import Any

from ..node import Node
from ..operation import Operation
from ..register import register


def in_memory_order(numbers: Any, like: Any) -> Any:
    """Return `numbers` in the shape of `like`, in the order in which its elements lie in memory."""
    if like.flags.c_contiguous:
        return numbers.reshape(like.shape)
    order = sorted(range(like.ndim), key=lambda d: -like.strides[d])
    back = sorted(range(like.ndim), key=order.__getitem__)
    return numbers.reshape([like.shape[d] for d in order]).transpose(back)


class RandomWrite(Operation):
    """Return numbers drawn at random, in place of `self`; nothing flows back."""

    public = False
    derivative = dict(self=("0", lambda grad: grad * 0))

    @staticmethod
    def forward(self: Any, numbers: Any) -> Any:
        return in_memory_order(numbers, self).astype(self.dtype)


def _random_write(name: str, node: str) -> Operation:
    return register(type(name.title(), (RandomWrite,), {"name": name, "node": node}))


uniform_write = _random_write("uniform", "UniformBackward0")
normal_write = _random_write("normal", "NormalBackward0")
bernoulli_write = _random_write("bernoulli_number", "BernoulliBackward2")
exponential_write = _random_write("exponential", "ExponentialBackward0")
random_between_write = _random_write("random_between", "RandomBackward0")
random_below_write = _random_write("random_below", "RandomBackward1")
random_write = _random_write("random", "RandomBackward2")


class Bernoulli(Operation):
    """Return 1 with the probability that `self` says, else 0."""

    public = False
    node = "BernoulliBackward0"
    derivative = dict(self=("0", lambda grad: grad * 0))

    @staticmethod
    def forward(self: Any, numbers: Any) -> Any:
        return (numbers.reshape(self.shape) < self).astype(self.dtype)


class BernoulliLike(Operation):
    """Return 1 with the probability that `p` says, else 0, in place of `self`."""

    public = False
    node = "BernoulliBackward1"
    derivative = dict(self=("0", lambda grad: grad * 0), p=("0", lambda grad: grad * 0))

    @staticmethod
    def forward(self: Any, p: Any, numbers: Any) -> Any:
        return (in_memory_order(numbers, self) < p).astype(self.dtype)


class NotImplementedNode(Node):
    """The node of an operation without a derivative; torch records one nevertheless."""

    __slots__ = ()

    def name(self) -> str:
        """Return `"torch::autograd::NotImplemented"`."""
        return "torch::autograd::NotImplemented"


class BernoulliWithout(Operation):
    """Return 1 with one probability for all, else 0, in the shape of `self`; it has no derivative."""

    public = False
    kind = NotImplementedNode
    node = "NotImplemented"
    derivative = dict(self=("not implemented", lambda grad: refuse("bernoulli")))

    @staticmethod
    def forward(self: Any, numbers: Any) -> Any:
        return numbers.reshape(self.shape).astype(self.dtype)


def refuse(name: str) -> Any:
    """Raise torch's error about an operation without a derivative."""
    raise RuntimeError(f"derivative for aten::{name} is not implemented")


bernoulli_tensor = register(Bernoulli)
bernoulli_like_write = register(BernoulliLike)
bernoulli_without = register(BernoulliWithout)
