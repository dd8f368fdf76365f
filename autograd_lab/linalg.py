"""`autograd_lab.linalg`: norms and linear algebra, by torch's names."""

from __future__ import annotations

from .engine.ops.cross import cross_along as cross
from .engine.ops.determinants import det
from .engine.ops.determinants import linalg_slogdet as slogdet
from .engine.ops.linear import LinAlgError, matrix_power
from .engine.ops.linear import inverse as inv
from .engine.ops.norm import linalg_norm as norm
from .engine.ops.norm import matrix_norm
from .engine.ops.norm import vector_norm_over as vector_norm
from .engine.ops.solving import solve

__all__ = [
    "LinAlgError",
    "cross",
    "det",
    "inv",
    "matrix_norm",
    "matrix_power",
    "norm",
    "slogdet",
    "solve",
    "vector_norm",
]
