"""The labs and `predict`: the parts where Python must answer while a person plays.

Imports the engine's façades, the trace, the views, and ipywidgets where it is used.
It must not know nbgrader or points.
"""

from .accumulation import AccumulationLab
from .control_flow import ControlFlowLab
from .derivative import DerivativeLab
from .modes import ModesLab
from .predict import predict
from .vjp import VJPLab

__all__ = [
    "AccumulationLab",
    "ControlFlowLab",
    "DerivativeLab",
    "ModesLab",
    "VJPLab",
    "predict",
]
