"""Traces of real PyTorch: `source` listens, `library` answers questions about it.

`calls` sees what Python code asks PyTorch for, `passes` what its backward passes do, `patches` the
few functions that neither shows. Nothing here imports PyTorch unless it is told to watch it.
"""
