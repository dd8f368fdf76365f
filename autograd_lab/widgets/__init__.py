"""The labs and `predict`: the parts where Python must answer while a person plays.

Imports the engine's façades, the trace, the views, and ipywidgets where it is used.
It must not know nbgrader or points.
"""

from .accumulation import AccumulationLab
from .chain import ChainLab
from .control_flow import ControlFlowLab
from .derivative import DerivativeLab
from .detach import DetachLab
from .growth import GraphGrowthLab
from .modes import ModesLab
from .no_grad import NoGradLab
from .predict import predict
from .vjp import VJPLab

__all__ = [
    "AccumulationLab",
    "ChainLab",
    "ControlFlowLab",
    "DerivativeLab",
    "DetachLab",
    "GraphGrowthLab",
    "ModesLab",
    "NoGradLab",
    "VJPLab",
    "predict",
]
