"""Hooks, modes, transforms and functions of one's own print what they print in PyTorch."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from types import ModuleType

import pytest

ADDRESS = re.compile(r"0x[0-9a-f]+")
SNIPPETS = {
    "hooks in order": """
x = torch.tensor([1., 2., 3.], requires_grad=True)
y = x * 2
y.retain_grad()
y.register_hook(lambda g: g * 10)
handle = x.register_hook(lambda g: print("leaf", g))
y.grad_fn.register_prehook(lambda g: print("pre", g))
y.grad_fn.register_hook(lambda gi, go: print("post", gi, go))
x.register_post_accumulate_grad_hook(lambda p: print("accumulated", p.grad))
y.sum().backward()
print(y.grad, x.grad)
handle.remove()
(x * 3).sum().backward()""",
    "numbers of a tensor that requires grad": """
import numpy as np
x = torch.tensor([1., 2.], requires_grad=True)
class Doubled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return torch.from_numpy(x.numpy() * 2)
    @staticmethod
    def backward(ctx, g):
        return torch.from_numpy(g.numpy() * 2)
Doubled.apply(x).sum().backward()
print(x.grad)
with torch.no_grad():
    print(x.numpy(), np.asarray(x), (x * 2).numpy())
with torch.inference_mode():
    print(x.numpy())
for take in (lambda: x.numpy(), lambda: np.asarray(x), lambda: np.round(x, 1), lambda: np.clip(x, 0, 1)):
    try:
        print(take())
    except RuntimeError as error:
        print(error)""",
    "a Function is not called like a module": """
class Swish(torch.autograd.Function):
    def forward(self, x):
        return x * torch.sigmoid(x)
try:
    Swish()(torch.ones(2, requires_grad=True))
except RuntimeError as error:
    print(error)""",
    "a node's hook replaces the gradient": """
x = torch.tensor([1., 2.], requires_grad=True)
y = x.exp()
y.grad_fn.register_hook(lambda gi, go: (gi[0] * 0 + 7,))
y.sum().backward()
print(x.grad)""",
    "a leaf that has all its gradients keeps them when the pass fails later": """
x, w, late = (torch.tensor(v, requires_grad=True) for v in (2., 3., 5.))
h = x.exp()
h.backward()
try:
    (h * late * w * w).backward()
except RuntimeError as error:
    print(error)
print(x.grad, w.grad, late.grad)""",
    "who looks during a pass sees the leaves that are done": """
class Looking(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        print("function", w.grad)
        return g * 2
def unpack(t):
    print("unpack", w.grad)
    return t
def look(kind):
    print(kind, w.grad)
x, w = (torch.tensor(v, requires_grad=True) for v in (2., 3.))
h = x.exp()
h.register_hook(lambda g: look("tensor"))
(h * w).backward()
h = x.exp()
h.grad_fn.register_prehook(lambda g: look("node"))
(h * w + h * w).backward()
(Looking.apply(x.exp()) * w).backward()
with torch.autograd.graph.saved_tensors_hooks(lambda t: t, unpack):
    h = torch.stack([x, x]).sum().exp()
(h * w).backward()
x.register_hook(lambda g: look("leaf"))
(x.exp() * w).backward()
x = torch.tensor(2., requires_grad=True)
x.register_post_accumulate_grad_hook(lambda p: look("accumulated"))
(x.exp() * w).backward()
w.register_hook(lambda g: print("first", x.grad))
(x.exp() * w).backward()""",
    "grad of several outputs and inputs": """
x, y = torch.tensor(2., requires_grad=True), torch.tensor(3., requires_grad=True)
print(torch.autograd.grad([x * y, x + y], [x, y]))
print(torch.autograd.grad(x * 2, [x, y], allow_unused=True))
print(torch.autograd.grad(x * 2, [x, y], materialize_grads=True))
h = x * y
print(torch.autograd.grad(h.exp(), [h, x]))""",
    "backward with inputs": """
x, y = torch.tensor(2., requires_grad=True), torch.tensor(3., requires_grad=True)
h = x * y
h.exp().backward(inputs=[x])
print(x.grad, y.grad)
h = x * 2
(h * 3).backward(inputs=[h])
print(h.grad, x.grad)""",
    "second and third derivatives": """
x = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
y = (x ** 3).sin() * x.exp()
for _ in range(3):
    y, = torch.autograd.grad(y, x, create_graph=True)
    print(y)""",
    "a function of one's own": """
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale):
        ctx.save_for_backward(x)
        ctx.scale = scale
        return scale * x ** 3
    @staticmethod
    def backward(ctx, grad):
        x, = ctx.saved_tensors
        print(ctx.needs_input_grad)
        return grad * 3 * ctx.scale * x ** 2, None
x = torch.tensor([1., 2.], requires_grad=True)
y = Cube.apply(x, 2)
print(y, y.grad_fn.next_functions[0][0].name())
g, = torch.autograd.grad(y.sum(), x, create_graph=True)
print(g, torch.autograd.grad(g.sum(), x))""",
    "setup_context, several outputs, one without gradient": """
class Both(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return x * 2, (x > 0), x.exp()
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.mark_non_differentiable(output[1])
        ctx.save_for_backward(output[2])
    @staticmethod
    def backward(ctx, a, b, c):
        return 2 * a + ctx.saved_tensors[0] * c
x = torch.tensor([-1., 1.], requires_grad=True)
a, b, c = Both.apply(x)
print(a, b, c)
a.sum().backward(retain_graph=True)
print(x.grad)
(a + c).sum().backward()
print(x.grad)""",
    "mark_dirty": """
class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2)
    @staticmethod
    def backward(ctx, grad):
        return grad * 2
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 1
z = Double.apply(y)
print(z is y, z, y._version)
z.sum().backward()
print(x.grad)""",
    "mark_dirty on a view": """
class Triple(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(3)
    @staticmethod
    def backward(ctx, grad):
        return grad * 3
for window in (lambda h: h[0], lambda h: h.view(4), lambda h: h.t()[1:], lambda h: h):
    x = torch.ones(2, 2, requires_grad=True)
    h = x * 2
    view, other = window(h), h[1]
    out = Triple.apply(view)
    print(out is view, out, h, other, view._version)
    (out.sum() + h.sum() * 10 + other.sum() * 100).backward()
    print(x.grad)
for view in (lambda: x[0], lambda: (x * 2).unbind()[0], lambda: x):
    try:
        print(Triple.apply(view()))
    except RuntimeError as error:
        print(error)""",
    "mark_dirty on a view of what needs no gradient": """
class Times(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.mark_dirty(x)
        x.mul_(w)
        ctx.save_for_backward(x, w)
        return x
    @staticmethod
    def backward(ctx, grad):
        x, w = ctx.saved_tensors
        return grad * w, grad * x / w
h, w = torch.ones(2, 2), torch.tensor([2., 3.], requires_grad=True)
other = h[1]
Times.apply(h[0], w)
print(h, other, other.requires_grad)
(first,) = torch.autograd.grad((h * h).sum(), w, create_graph=True)
print(first)
print(torch.autograd.grad(first.sum(), w))""",
    "data of another shape": """
for use in (lambda x: (x * 2).sum(), lambda x: (x * x).sum(), lambda x: x.exp().sum()):
    for before in (lambda x: x, lambda x: x * 3):
        x = torch.ones(2, requires_grad=True)
        h = before(x)
        y = use(x)
        h.data = torch.ones(3)
        print(h, h.grad_fn)
        try:
            use(h).backward()
        except RuntimeError as error:
            print(error)
        print(x.grad)""",
    "data that cannot have a gradient": """
x = torch.ones(2, requires_grad=True)
for data in (torch.ones(2, dtype=torch.int64), torch.tensor([True, False]), torch.zeros(3)):
    try:
        x.data = data
    except RuntimeError as error:
        print(error)
    print(x)
y = torch.ones(2)
y.data = torch.arange(3)
print(y)""",
    "operators with what is no number on the left": """
import operator
for name in "add sub mul truediv floordiv mod pow matmul and_ or_ xor".split():
    for other in (None, [1], "a"):
        try:
            print(getattr(operator, name)(other, torch.ones(2)))
        except (TypeError, RuntimeError) as error:
            print(name, other, error)""",
    "the name of a hook that has none": """
class Shrink:
    def __call__(self, grad):
        return grad[:1]
x = torch.ones(3, requires_grad=True)
x.register_hook(Shrink())
try:
    (x * 2).sum().backward()
except RuntimeError as error:
    print(error)""",
    "a view of a leaf out of a Function": """
class Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.view_as(x)
    @staticmethod
    def backward(ctx, grad):
        return -grad
x = torch.tensor([1., 2.], requires_grad=True)
y = Reverse.apply(x)
print(y)
(y * 3).sum().backward()
print(x.grad)""",
    "grads that are not materialised": """
class Two(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 1, x * 2
    @staticmethod
    def backward(ctx, a, b):
        print(a, b)
        return a
x = torch.tensor([1.], requires_grad=True)
Two.apply(x)[0].sum().backward()
print(x.grad)""",
    "grad modes": """
x = torch.tensor(1., requires_grad=True)
@torch.no_grad()
def plain(x):
    return x * 2
@torch.no_grad()
def numbers(x):
    yield x * 2
    yield x * 3
print(plain(x), list(numbers(x)), torch.is_grad_enabled())
with torch.no_grad():
    with torch.enable_grad():
        print(x * 2)
    print(x * 2)
with torch.set_grad_enabled(False):
    print(x * 2, torch.is_grad_enabled())
with torch.inference_mode():
    y = x * 2
    print(y.is_inference(), torch.is_grad_enabled(), torch.is_inference_mode_enabled())
try:
    (x * y).backward()
except RuntimeError as error:
    print(error)
try:
    y.add_(1)
except RuntimeError as error:
    print(error)""",
    "saved-tensor hooks": """
x = torch.tensor([1., 2.], requires_grad=True)
kept = []
def pack(t):
    kept.append(tuple(t.shape))
    return t.detach() * 1
with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t * 10):
    y = (x * x).sum()
y.backward()
print(kept, x.grad)""",
    "forward mode": """
import torch.autograd.forward_ad as fwAD
x = torch.tensor([1., 2.], requires_grad=True)
with fwAD.dual_level():
    d = fwAD.make_dual(torch.tensor([1., 2.]), torch.tensor([1., 0.]))
    print(d, d * d, fwAD.unpack_dual(d.sin() * d), fwAD.unpack_dual(torch.ones(2)))
    print((d @ d).exp(), d.sum(), d.unsqueeze(0), torch.cat([d, d]))
    e = fwAD.make_dual(x, torch.tensor([0., 1.]))
    t = fwAD.unpack_dual((e ** 3).mean()).tangent
    print(t)
    t.backward()
    print(x.grad)
print(d)""",
    "transforms": """
f = lambda x: (x ** 3).sin().sum()
x = torch.tensor([0.5, 1.5])
print(torch.func.grad(f)(x), torch.func.grad_and_value(f)(x))
print(torch.func.jacrev(torch.func.grad(f))(x))
print(torch.func.hessian(f)(x), torch.func.jacfwd(lambda x: x * x.sum())(x))
out, pull = torch.func.vjp(lambda x: x * x, x)
print(out, pull(torch.ones(2)))
print(torch.func.jvp(lambda x: x * x, (x,), (torch.ones(2),)))
print(torch.func.grad(lambda a, b: (a * b).sum(), argnums=(0, 1))(x, x + 1))
print(torch.func.grad(torch.func.grad(torch.func.grad(torch.sin)))(torch.tensor(0.3)))
print(torch.func.grad(lambda x: (x.sum(), x * 2), has_aux=True)(x))
w = torch.tensor([1., 2.], requires_grad=True)
print(torch.func.grad(lambda x: (x * w * x).sum())(x))""",
    "functional": """
F = torch.autograd.functional
x, v = torch.tensor([0.5, 1.5]), torch.tensor([1., 2.])
print(F.jacobian(lambda x: x.exp() * x.sum(), x), F.hessian(lambda x: (x ** 3).sum() * x[0], x))
print(F.vjp(lambda x: x * x, x, v), F.jvp(lambda x: x * x, x, v))
print(F.hvp(lambda x: (x ** 3).sum(), x, v), F.vhp(lambda x: (x ** 3).sum(), x, v))
print(F.jacobian(lambda a, b: a * b, (x, v)), F.jacobian(lambda x: (x * 2, x.sum()), x))
print(F.hessian(lambda a, b: (a * b * b).sum(), (x, v)))""",
    "gradcheck": """
x = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradcheck(lambda x: x.exp() * x, (x,), check_forward_ad=True))
print(torch.autograd.gradgradcheck(lambda x: x.tanh() * x, (x,)))
print(torch.autograd.gradcheck(lambda x: x.detach() * x, (x,), raise_exception=False))""",
    "in-place through views": """
x = torch.tensor([1., 2., 3.], requires_grad=True)
y = x * 1
v = y[:2]
v.mul_(2)
print(y, v, y.grad_fn.next_functions[0][0].name())
(y * y).sum().backward()
print(x.grad)
buf = torch.zeros(3)
for i in range(3):
    buf[i] = x[i] * i
print(buf)
g, = torch.autograd.grad((buf * buf).sum(), x, create_graph=True)
print(g, torch.autograd.grad(g.sum(), x))""",
    "accumulation out of place under create_graph": """
x = torch.tensor([1., 2.], requires_grad=True)
(x ** 2).sum().backward()
before = x.grad
(x ** 2).sum().backward(create_graph=True)
print(before is x.grad, before, x.grad)
(x ** 2).sum().backward()
print(before, x.grad)""",
}


def printed(code: str, torch: ModuleType) -> str:
    """Run `code` with `torch` and return what it prints, with the error that ended it."""
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(code.replace("import torch.", f"import {torch.__name__}."), {"torch": torch})
        except Exception as error:
            print(f"{type(error).__name__}: {error}")
    return ADDRESS.sub("0xADDR", shown.getvalue())


@pytest.mark.needs_torch
@pytest.mark.parametrize("title", SNIPPETS)
def test_prints_the_same(title: str) -> None:
    """The snippet prints the same text in both libraries."""
    torch = pytest.importorskip("torch")
    import autograd_lab

    theirs = printed(SNIPPETS[title], torch)
    assert "Error" not in theirs
    assert printed(SNIPPETS[title], autograd_lab) == theirs
