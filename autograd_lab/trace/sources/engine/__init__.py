"""Traces of the package's own engine: `watch` listens, `graph` walks what operations built."""
