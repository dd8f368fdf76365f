"""PyTorch's texts that more than one place needs; the wording is its, to the character."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .tensor import Tensor

SECOND_BACKWARD = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they "
    "have already been freed). Saved intermediate values of the graph are freed when you call "
    ".backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the "
    "graph a second time or if you need to access saved tensors after calling backward."
)
ANOMALY_ENABLED = (
    "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled "
    "for debugging."
)
HINT = (
    "Hint: enable anomaly detection to find the operation that failed to compute its gradient, with "
    "torch.autograd.set_detect_anomaly(True, check_nan=False)."
)
HINT_UNDER_ANOMALY = (
    "Hint: the backtrace further above shows the operation that failed to compute its gradient. The "
    "variable in question was changed in there or anywhere later. Good luck!"
)
MODIFIED = (
    "one of the variables needed for gradient computation has been modified by an inplace operation: "
    "[{kind} {shape}]{output} is at version {now}; expected version {then} instead. {hint}"
)
DETACHED_SAVED = (
    "Trying to use a saved tensor that has been detached in-place, i.e. with .detach_().This is not "
    "supported, please use out-of-place `.detach()` instead"
)
MOVED_INSIDE = "leaf variable has been moved into the graph interior"
NON_LEAF_GRAD = (
    "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute "
    "won't be populated during autograd.backward(). If you indeed want the .grad field to be populated "
    "for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. If you access the non-leaf "
    "Tensor by mistake, make sure you access the leaf Tensor instead. See "
    "github.com/pytorch/pytorch/pull/30531 for more information."
)
ONLY_LEAVES = "you can only change requires_grad flags of leaf variables."
USE_DETACH = (
    " If you want to use a computed variable in a subgraph that doesn't require differentiation use "
    "var_no_grad = var.detach()."
)
FLOATS_ALONE = "only Tensors of floating point dtype can require gradients"
NO_GRADIENT_FOR = "Autograd not support dtype: {kind}"
ONLY_FLOATS = "Only Tensors of floating point and complex dtype can require gradients"
NO_NUMPY = "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."
LEAF_INPLACE = "a leaf Variable that requires grad is being used in an in-place operation."
LEAF_MARKED_DIRTY = "a leaf Variable that requires grad has been used in an in-place operation."
VIEW_OF_LEAF_INPLACE = (
    "a view of a leaf Variable that requires grad is being used in an in-place operation."
)
NO_HOOK = "cannot register a hook on a tensor that doesn't require gradient"
DATA_WITHOUT_GRADIENT = (
    "data set to a tensor that requires gradients must be floating point or complex dtype"
)
INFERENCE_REQUIRES_GRAD = (
    "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed."
)
INFERENCE_SAVED = (
    "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode "
    "in computation tracked by autograd. To work around this, you can make a clone to get a normal "
    "tensor and use it in autograd, or use `torch.no_grad()` instead of `torch.inference_mode()`."
)
INFERENCE_INPLACE = (
    "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get "
    "a normal tensor before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more "
    "details."
)
LEGACY_FUNCTION = (
    "Legacy autograd function with non-static forward method is deprecated. Please use new-style "
    "autograd function with static forward method. (Example: "
    "https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
)
NOT_INSTANTIATED = (
    "{cls} should not be instantiated. Methods on autograd functions are all static, so you should "
    "invoke them on the class itself. Instantiating an autograd function will raise an error in a "
    "future version of PyTorch."
)
ONCE_DIFFERENTIABLE = (
    "trying to differentiate twice a function that was marked with @once_differentiable"
)
VIEW_MADE = {
    "no_grad": ("no_grad", "with grad mode enabled"),
    "inference": ("inference", "in normal mode"),
}
"""In which mode a view was made, and what its being written to now differs in."""
_MOVE_BOTH = (
    "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by "
    "moving both the view and the inplace either both inside the {mode} block (if you don't want the "
    "inplace to be tracked) or both outside (if you want the inplace to be tracked)."
)
VIEW_INPLACE = {
    "multiple": (
        "This view is the output of a function that returns multiple views. Such functions do not allow "
        "the output views to be modified inplace. You should replace the inplace operation by an "
        "out-of-place one."
    ),
    "no_grad": _MOVE_BOTH.format(mode="no_grad"),
    "inference": _MOVE_BOTH.format(mode="inference_mode"),
}
"""Why a view must not be written to, by how it was made."""
NOW_WRITTEN = "is being modified"
WRITTEN_BEFORE = "its base or another view of its base has been modified"
DETACH_VIEW = (
    "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel "
    "(DDP) for training, and gradient_as_bucket_view is set as True, gradients are views of DDP "
    "buckets, and hence detach_() cannot be called on these gradients. To fix this error, please "
    "refer to the Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution."
)
CREATE_GRAPH = (
    "Using backward() with create_graph=True will create a reference cycle between the parameter and "
    "its gradient which can cause a memory leak. We recommend using autograd.grad when creating the "
    "graph to avoid this. If you have to use this function, make sure to reset the .grad fields of your "
    "parameters to None after use to break the cycle and avoid the leak."
)
SCALAR_CONVERSION = (
    "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\n"
    "Consider using tensor.detach() first."
)

_warned: set[str] = set()


def warn_once(text: str, stacklevel: int = 3) -> None:
    """Warn, but only the first time in a process, as torch's own code does for some warnings."""
    if text not in _warned:
        _warned.add(text)
        warnings.warn(text, UserWarning, stacklevel=stacklevel)


def warn_scalar_conversion() -> None:
    """Warn that a number was taken out of a tensor that requires grad."""
    warn_once(SCALAR_CONVERSION, stacklevel=5)


def check_grad_assignment(tensor: Tensor, grad: Tensor) -> None:
    """Raise what torch raises when `grad` cannot be the gradient of `tensor`."""
    if not hasattr(grad, "_data"):
        raise TypeError(
            f"assigned grad expected to be a Tensor or None but got grad of type {type(grad).__name__}"
        )
    if grad is tensor:
        raise RuntimeError("can't assign Variable as its own grad")
    if grad.dtype is not tensor.dtype:
        raise RuntimeError(
            f"attempting to assign a gradient with dtype '{_c_name(grad)}' to a tensor with grad_dtype "
            f"'{tensor.dtype.class_name}'. The gradient must match the tensor's grad_dtype (defaults to "
            "the tensor's dtype). You can set the tensor's grad_dtype attribute with a specific dtype, "
            "or None to allow any dtype. Set grad_dtype with caution. Diverging the dtypes of a tensor "
            "and its gradient may break downstream systems that assume they match."
        )
    if grad.shape != tensor.shape:
        raise RuntimeError(
            f"attempting to assign a gradient of size '{list(grad.shape)}' to a tensor of size "
            f"'{list(tensor.shape)}'. Please ensure that the gradient and the tensor are the same size"
        )


_C_NAMES = {
    "float64": "double",
    "float32": "float",
    "int64": "long int",
    "int32": "int",
    "bool": "bool",
}


def _c_name(tensor: Tensor) -> str:
    return _C_NAMES.get(tensor.dtype.name, tensor.dtype.name)
