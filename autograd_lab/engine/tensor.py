"""The tensor: numbers, and how they came about."""

from __future__ import annotations

import warnings
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

from . import dtypes, messages, printing
from ._methods import Methods
from .device import CPU, device
from .grad_mode import state
from .observe import observers, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from .hooks import RemovableHandle
    from .node import AccumulateGrad, Node

Data = Any
"""An ndarray, or a NumPy scalar: NumPy's own answer for 0-d results, and four times as fast."""


class Size(tuple[int, ...]):
    """A shape; prints as `torch.Size([2, 3])`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    def __getitem__(self, key: Any) -> Any:
        part = super().__getitem__(key)
        return Size(part) if isinstance(key, slice) else part

    def __add__(self, other: Any) -> Size:
        return Size(super().__add__(other))

    def numel(self) -> int:
        """Return the number of elements of such a shape."""
        product = 1
        for size in self:
            product *= size
        return product


class InferenceCounter(list[int]):
    """The counter of a tensor made in inference mode: it marks it."""


INFERENCE = InferenceCounter([-1])
"""The one that most of them share, which counts nothing; but a detached copy has one that counts.

Not 0, so that an operation's short way takes such a tensor for one that was written to.
"""


class Meta:
    """What only some tensors have: a base they are a view of, a node that accumulates."""

    __slots__ = (
        "accumulate",
        "asked",
        "base",
        "detached",
        "hooks",
        "made",
        "post_accumulate",
        "retains",
        "shape",
        "tangents",
        "version",
        "views",
    )

    def __init__(self) -> None:
        self.accumulate: weakref.ref[AccumulateGrad] | None = None
        self.base: Tensor | None = None
        """What this tensor is a view of."""
        self.asked = False
        """Whether the user asked this view itself to require grad."""
        self.views: set[weakref.ref[Tensor]] | None = None
        """The views of this tensor that are alive."""
        self.version = 0
        """The write counter when the view's grad_fn was found; that of a view goes stale."""
        self.hooks: dict[int, Any] = {}
        """What to call with a leaf's gradient, before it is added."""
        self.post_accumulate: dict[int, Any] = {}
        """What to call with a leaf once its `.grad` has grown."""
        self.retains = False
        """Whether this tensor, though not a leaf, keeps its gradient."""
        self.shape: tuple[int, ...] | None = None
        """The shape its grad_fn takes gradients in, where it was given another without recording."""
        self.detached: int | None = None
        """When it was cut off from its history in place, in the order of nodes."""
        self.tangents: dict[int, Tensor] | None = None
        """Directional derivatives that travel along, by level of forward mode."""
        self.made = "default"
        """How the view came about, where that forbids in-place writes: `"no_grad"`, `"multiple"`."""


class Tensor(Methods):
    """An array that remembers the operation it came from, so that gradients can flow back.

    `_data` holds the numbers. Views and detached copies share them, and with them `_counter`, a list
    of one number that counts in-place writes (made only when there is something to share or count).
    """

    __slots__ = (
        "__dict__",  # whatever the user hangs on it
        "__weakref__",
        "_counter",
        "_data",
        "_grad",
        "_grad_fn",
        "_meta",
        "_output_nr",
        "_requires_grad",
    )
    _data: Data
    _grad_fn: Node | None
    _output_nr: int
    _requires_grad: bool
    _grad: Tensor | None
    _counter: list[int] | None
    _meta: Meta | None
    __hash__ = object.__hash__
    __array_priority__ = 1000  # so that `ndarray + tensor` asks the tensor

    # --- what it is ---------------------------------------------------------------------------

    @property
    def shape(self) -> Size:
        """Size of each dimension."""
        return Size(self._data.shape)

    def size(self, dim: int | None = None) -> Size | int:
        """Return the shape, or the size of one dimension."""
        from .ops.dims import wrap_dim

        if dim is None:
            return self.shape
        return int(self._data.shape[wrap_dim(dim, self.ndim)])

    @property
    def dtype(self) -> dtypes.dtype:
        """Type of the elements, such as `torch.float32`."""
        return dtypes.BY_NUMPY[self._data.dtype]

    @property
    def ndim(self) -> int:
        """Number of dimensions."""
        return int(self._data.ndim)

    def dim(self) -> int:
        """Return the number of dimensions."""
        return int(self._data.ndim)

    def numel(self) -> int:
        """Return the number of elements."""
        return int(self._data.size)

    @property
    def device(self) -> device:
        """Always the CPU."""
        return CPU

    def is_floating_point(self) -> bool:
        """Return whether the elements are floats."""
        return self.dtype.is_floating_point

    # --- where it came from -------------------------------------------------------------------

    @property
    def grad_fn(self) -> Node | None:
        """The node that will take this tensor's gradient backwards; None for a leaf."""
        meta = self._meta
        if meta is not None and meta.base is not None and meta.version != self._now():
            from .views import find_grad_fn_again

            find_grad_fn_again(self, meta)
        return self._grad_fn

    @property
    def output_nr(self) -> int:
        """Which output of `grad_fn` this is."""
        return self._output_nr

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made it."""
        return self.grad_fn is None

    @property
    def requires_grad(self) -> bool:
        """Whether gradients flow to or through this tensor."""
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise RuntimeError("requires_grad must be a bool")
        if observers:
            tell("set", self, name="requires_grad", value=value)
        if self._grad_fn is not None:
            raise RuntimeError(messages.ONLY_LEAVES + ("" if value else messages.USE_DETACH))
        self._set_requires_grad(value, messages.ONLY_FLOATS.replace("Only", "only"))

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Start (or stop) recording on a leaf, in place."""
        if observers:
            tell("set", self, name="requires_grad", value=requires_grad)
        if self._grad_fn is not None and not requires_grad:
            raise RuntimeError(messages.ONLY_LEAVES + messages.USE_DETACH)
        self._set_requires_grad(requires_grad, messages.FLOATS_ALONE)
        return self

    def _set_requires_grad(self, value: bool, only_floats: str = messages.ONLY_FLOATS) -> None:
        if value and not self.dtype.is_floating_point:
            raise RuntimeError(only_floats)
        if value and self.is_inference() and not state.inference:
            raise RuntimeError(messages.INFERENCE_REQUIRES_GRAD)
        self._requires_grad = value or self._grad_fn is not None
        if self._meta is not None:
            self._meta.asked = value
            if self._meta.base is not None:
                self._requires_grad = self._requires_grad or self._meta.base._requires_grad
            let_views_follow(self)

    @property
    def grad(self) -> Tensor | None:
        """The gradient accumulated so far; None before the first backward pass."""
        if self._grad_fn is not None and self._grad is None and not self.retains_grad:
            warnings.warn(messages.NON_LEAF_GRAD, UserWarning, stacklevel=2)
        if observers:
            tell("read", self, value=self._grad)
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None:
            messages.check_grad_assignment(self, value)
        if observers:
            tell("set", self, name="grad", value=value)
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self.grad = None

    @property
    def _version(self) -> int:
        """How often the numbers were written in place, by whoever shares them."""
        if self._counter is INFERENCE:
            raise RuntimeError("Inference tensors do not track version counter.")
        return 0 if self._counter is None else self._counter[0]

    @property
    def _base(self) -> Tensor | None:
        """The tensor this one is a view of."""
        return None if self._meta is None else self._meta.base

    @property
    def data(self) -> Tensor:
        """The same numbers without history, and with a write counter of its own."""
        plain = wrap(self._buffer())
        if self.is_inference():
            self._mark(plain)
        if observers:
            for observer in observers:
                observer.on_op("data", (self,), plain, None)
        return plain

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
        if observers:
            tell("set", self, name="data", value=value)
        if self._requires_grad and not value.is_floating_point():
            raise RuntimeError(messages.DATA_WITHOUT_GRADIENT)
        if value._data.shape != self._data.shape:
            self._keep_expected_shape()
        self._data = value._buffer()

    def _keep_expected_shape(self) -> None:
        """Remember in which shape this tensor's history takes gradients: it is about to get another."""
        self._shared_counter()  # whoever records it as an input must look twice
        if self._grad_fn is not None:
            meta = self._own_meta()
            meta.shape = tuple(self._data.shape) if meta.shape is None else meta.shape

    # --- sharing ------------------------------------------------------------------------------

    def _own_meta(self) -> Meta:
        if self._meta is None:
            self._meta = Meta()
        return self._meta

    def _buffer(self) -> np.ndarray[Any, Any]:
        """Return memory that others may share: a NumPy scalar becomes a 0-d array first."""
        if not isinstance(self._data, np.ndarray):
            self._data = np.array(self._data)
        return self._data

    def _shared_counter(self) -> list[int]:
        if self._counter is None:
            self._counter = [0]
        return self._counter

    def _mark(self, copy: Tensor) -> None:
        """Let a detached copy of what was made in inference mode be marked as that, too."""
        copy._counter = INFERENCE
        if not state.inference:
            copy._counter = InferenceCounter([0])
            copy._own_meta()  # the other sign that this is none of the many plain tensors

    def _now(self) -> int:
        return self._counter[0] if self._counter else 0

    def _wrote(self) -> None:
        """Count an in-place write; RuntimeError outside inference mode for what was made in it."""
        if state.inference and self.is_inference():
            return
        if self._counter is INFERENCE:
            raise RuntimeError(messages.INFERENCE_INPLACE)
        self._shared_counter()[0] += 1

    def _comes_from(self, node: Node | None, number: int) -> None:
        """Make this output `number` of `node`, whose gradient it then has.

        Of a node with several outputs, whoever records this as an input must look which one it is; a
        counter and a `Meta` say that it is not one of the many tensors that need no second look.
        """
        self._grad_fn, self._output_nr = node, number
        if node is not None and node.outputs > 1:
            self._own_meta()
            self._shared_counter()

    def is_inference(self) -> bool:
        """Return whether this tensor was made in inference mode."""
        return type(self._counter) is InferenceCounter

    # --- into Python --------------------------------------------------------------------------

    def item(self) -> Any:
        """Return the one element as a Python number."""
        if self._data.size != 1:
            n = self._data.size
            raise RuntimeError(f"a Tensor with {n} elements cannot be converted to Scalar")
        value = self._data.item()
        if observers:
            for observer in observers:
                observer.on_op("item", (self,), value, None)
        return value

    def tolist(self) -> Any:
        """Return the elements as nested lists of Python numbers; a number if 0-d."""
        if observers:
            self._taken("tolist")
        return self._data.tolist()

    def _taken(self, name: str) -> None:
        """Tell that numbers were taken out by `name`."""
        for observer in observers:
            observer.on_op(name, (self,), None, None)

    def numpy(self, *, force: bool = False) -> np.ndarray[Any, Any]:
        """Return the numbers as an array that shares memory with this tensor.

        RuntimeError where gradients would be lost, which `force` says are not wanted.
        """
        if self._requires_grad and state.enabled and not force:
            raise RuntimeError(messages.NO_NUMPY)
        if observers:
            self._taken("numpy")
        return self._buffer()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        return np.array(self.numpy(), dtype=dtype, copy=copy)

    def __bool__(self) -> bool:
        if self._data.size != 1:
            many = "no values" if self._data.size == 0 else "more than one value"
            raise RuntimeError(f"Boolean value of Tensor with {many} is ambiguous")
        if observers:
            self._taken("bool")
        return bool(self._data.item())

    def __float__(self) -> float:
        return float(self._number())

    def __int__(self) -> int:
        return int(self._number())

    def __index__(self) -> int:
        if self._data.size != 1 or self.dtype.is_floating_point:
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self._data.item())

    def _number(self) -> Any:
        if self._requires_grad:
            messages.warn_scalar_conversion()
        if self._data.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        return self.item()

    def __len__(self) -> int:
        if self._data.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return len(self._data)

    def __format__(self, spec: str) -> str:
        if self._data.ndim == 0 and type(self) is Tensor:
            return format(self._data.item(), spec)
        return object.__format__(self, spec)

    def __repr__(self) -> str:
        return printing.tensor_repr(self)

    def retain_grad(self) -> None:
        """Keep the gradient of a non-leaf in its `.grad` too."""
        if not self._requires_grad:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if observers:
            tell("set", self, name="retain_grad", value=True)
        if self._grad_fn is None or self.retains_grad:
            return
        from .hooks import hooks_of

        assert self.grad_fn is not None  # a view finds its present one here
        hooks_of(self.grad_fn).retained[self._output_nr] = weakref.ref(self)
        self._own_meta().retains = True

    @property
    def retains_grad(self) -> bool:
        """Whether this non-leaf keeps its gradient."""
        return self._meta is not None and self._meta.retains

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
        """Call `hook(grad)` when this tensor's gradient is computed; it may return another one."""
        from .hooks import added, hooks_of

        if not self._requires_grad:
            raise RuntimeError(messages.NO_HOOK)
        if observers:
            tell("hook", self, name="tensor")
        if self.grad_fn is not None:
            return added(hooks_of(self.grad_fn).on_tensor.setdefault(self._output_nr, {}), hook)
        return added(self._own_meta().hooks, hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> RemovableHandle:
        """Call `hook(leaf)` after a gradient was added into this leaf's `.grad`."""
        from .hooks import added

        if not self._requires_grad:
            raise RuntimeError(messages.NO_HOOK)
        if self.grad_fn is not None:
            raise RuntimeError(
                "post accumulate grad hooks cannot be registered on non-leaf tensors"
            )
        if observers:
            tell("hook", self, name="post_accumulate")
        return added(self._own_meta().post_accumulate, hook)


def let_views_follow(base: Tensor) -> None:
    """Let views require grad exactly when their base does, they have a history, or were asked to."""
    for reference in list((base._meta and base._meta.views) or ()):
        view = reference()
        if view is not None and view._meta is not None:
            known = view._meta.asked or view._grad_fn is not None
            view._requires_grad = known or base._requires_grad


_new = object.__new__


def wrap(data: Data) -> Tensor:
    """Return a tensor without history around an array or a NumPy scalar."""
    tensor = _new(Tensor)
    tensor._data = data
    tensor._grad_fn = tensor._grad = tensor._counter = tensor._meta = None
    tensor._output_nr = 0
    tensor._requires_grad = False
    return tensor


def raw(value: Any) -> Any:
    """Return a tensor's numbers, anything else as it is."""
    return value._data if isinstance(value, Tensor) else value
