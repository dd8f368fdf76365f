"""Traces of the package's own engine: `source` listens, `library` answers questions about it."""
