"""`autograd_lab.linalg`: norms and linear algebra, by torch's names."""

from __future__ import annotations

from .engine.ops.norm import linalg_norm as norm
from .engine.ops.norm import matrix_norm
from .engine.ops.norm import vector_norm_over as vector_norm

__all__ = ["matrix_norm", "norm", "vector_norm"]
