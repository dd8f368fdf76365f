"""The IPython magics `%%autograd` and `%autograd`: parse a request, call a room, show the answer.

May import every other room, and IPython. Nobody imports it; `%load_ext autograd_lab` loads it.
"""

from .cells import (
    AutogradMagics,
    load_ipython_extension,
    rewrite_first_line,
    unload_ipython_extension,
)

__all__ = [
    "AutogradMagics",
    "load_ipython_extension",
    "rewrite_first_line",
    "unload_ipython_extension",
]
