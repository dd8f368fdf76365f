"""The engine: tensors, the graph they leave behind, and the walk back through it.

Imports NumPy and the standard library, nothing else of the package.
It must not know who watches it (`observe`), nor that notebooks exist.
"""

from . import creation as creation
from . import filled as filled
from . import ops as ops
from . import protocols as protocols
from . import sampling as sampling
from .register import functions as functions
from .register import guard_all

guard_all()
