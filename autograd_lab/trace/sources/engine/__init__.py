"""Traces of the package's own engine: `source` listens, `library` answers questions about it."""

from ....engine.ops.cross import matrix_trace

__all__ = ["matrix_trace"]
