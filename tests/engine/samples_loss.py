"""Samples of losses."""

from .samples import samples

samples(
    "F.binary_cross_entropy_with_logits(x, y.detach().sigmoid())",
    "F.binary_cross_entropy_with_logits(x, y.detach().sigmoid(), reduction='sum')",
    "F.binary_cross_entropy_with_logits(x, y.detach().sigmoid(), reduction='none')",
    shapes={"plain": ((2, 3), (2, 3)), "0-d": ((), ()), "shapes differ": ((2, 3), (3,))},
)
