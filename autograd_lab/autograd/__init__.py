"""`autograd_lab.autograd`: the names of `torch.autograd`."""

from ..engine import grad_mode
from ..engine.anomaly import detect_anomaly, is_anomaly_enabled, set_detect_anomaly
from ..engine.backward import backward, grad
from ..engine.function import Function
from ..engine.grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled
from ..engine.gradcheck import gradcheck, gradgradcheck
from . import forward_ad, function, functional, graph

__all__ = [
    "Function",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "forward_ad",
    "function",
    "functional",
    "grad",
    "grad_mode",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "is_anomaly_enabled",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
]
