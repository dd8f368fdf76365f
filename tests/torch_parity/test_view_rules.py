"""The rules of views, writes and detached parts, one small program each, run with both libraries.

`random programs` (test_programs.py) found most of them. Each statement runs on its own, so that an
error is one more thing to compare.
"""

from __future__ import annotations

import re
import warnings
from types import ModuleType
from typing import Any

import pytest

START = """
x = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
v = torch.tensor([10.0, 20.0, 30.0], requires_grad=True)
n = torch.tensor([1.0, 2.0, 3.0])"""

RULES = {
    "a view requires grad if its base does, it has a history, or it was asked to": """
y = torch.zeros(3)
y.add_(v)
kept = y[0]
with torch.no_grad(): bare = y[1]
asked = n[:2]
asked.requires_grad_()
y.detach_()
n.requires_grad_(); n.requires_grad_(False)
print(kept.requires_grad, bare.requires_grad, asked.requires_grad)""",
    "a view without a history looks for one only while its base requires grad": """
w = n[0]
n.add_(1)
print(w.grad_fn)
n.requires_grad_()
print(w.grad_fn, w.requires_grad)""",
    "is_leaf asks for the present history, requires_grad_ does not": """
y = x * 2
with torch.no_grad(): r = y[0]
y.add_(1)
print(r.is_leaf)
r.requires_grad_()
print(r.requires_grad)
r.requires_grad_(False)""",
    "only leaves can be told not to require grad": """
y = x * 2
y.requires_grad = True
y.requires_grad = False
y.requires_grad_()
n.long().requires_grad_()
n.long().requires_grad = True""",
    "a view of a view: the later mode counts, unless the first was inference mode": """
y = x * 2
row = y.unbind()[1]
with torch.no_grad(): part = row[0]
part.add_(v[0])
with torch.no_grad(): row = y[0]
row.split(1)[-1].add_(1)
with torch.inference_mode(): row = y[0]
row.split(1)[-1].add_(1)
row.unbind()[0].add_(1)""",
    "several views without a history are refused as if made in no_grad mode": """
i = torch.arange(3)
part = i.unbind()[0]
part.copy_(v[0])
part.fill_(v[0])""",
    "a view whose base became part of the graph after it was made is a leaf": """
d = n.detach()
w = n.unsqueeze(0)
n += v
w *= 0.5
print(n, w.grad_fn)""",
    "edges are those before the write, also of other views of the same memory": """
y = x * 2
row = y[0]
row += row
print(y.grad_fn.next_functions, row.grad_fn.next_functions)
with torch.no_grad(): z = y.view(6)
y.view(-1).add_(z)""",
    "what was saved before the write is known to be older": """
y = v * 2
y.mul_(y[:1])
y.sum().backward()
z = v * 2
z.mul_(z)
z.add_(1)
z.sum().backward()""",
    "a saved view is named by its present history, and may have none": """
y = x * 2
row = y[0]
z = row * row
y.sigmoid_()
z.sum().backward()
y = x * 2
row = y.unbind()[1]
z = row * row
with torch.no_grad(): y.add_(1)
z.sum().backward()""",
    "a result written into a view is found through the base": """
y = v * 2
y[1:].exp_()
g, = torch.autograd.grad(y.sum(), v, create_graph=True)
print(g)
print(torch.autograd.grad((g * g).sum(), v))
row = (v * 2)[1:]
row.exp_()
z = row.sum()
with torch.no_grad(): row.add_(1)
z.backward()""",
    "the whole base can be passed back through only once": """
y = v + 1
y[0].zero_()
y.sum().backward()
y.sum().backward()""",
    "what was saved must not be detached in place later": """
y = x * 2
z, e = y * y, y.exp()
y.detach_()
z.sum().backward()
e.sum().backward()
(y * x).sum().backward()
print(x.grad)""",
    "nothing is detached in place in inference mode": """
y = v * 2
with torch.inference_mode(): y.detach_(); y[0].detach_()
print(y)""",
    "retain_grad goes on with what a tensor became": """
y = x * 2
y.retain_grad()
row = y[0]
row.retain_grad()
row.mul_(2)
y.add_(1)
print(y.retains_grad, row.retains_grad, row.grad_fn)
(y * y).sum().backward()
print(y.grad, row.grad)
row.sum().backward()
y.detach_()
print(y.retains_grad)""",
    "a hook stays with the node it was registered at": """
y = v * 2
y.register_hook(lambda g: print("before", g))
y.mul_(3)
y.register_hook(lambda g: print("after", g))
y.sum().backward()""",
    "a leaf may move into the graph, but then nothing can be added to its gradient": """
s = n.requires_grad_().sum()
n.requires_grad_(False)
n.add_(v)
s.backward()
n.sum().backward()
print(v.grad)""",
    "a write without recording looks for no history": """
with torch.no_grad(): w = (v * 2)[1:]
v.detach().add_(1)
with torch.inference_mode(): w.unsqueeze_(0)
print(w.shape)""",
    "a view given another shape without recording has to look for its history again": """
with torch.no_grad(): w = v[1:]
with torch.no_grad(): w.unsqueeze_(0)
print(w)
w.grad_fn""",
    "a node takes gradients in the shape that its result had when it was made": """
y = x * 2
with torch.no_grad(): y.t_()
y.sum().backward()
y.backward(torch.ones(3, 2))
torch.stack([y, y]).sum().backward()
y[0].mul_(2)
y.sum().backward()
z = v * 2
with torch.no_grad(): z.unsqueeze_(0)
z.sum().backward()
print(v.grad)""",
    "so does that of a leaf": """
s = x.sum()
with torch.no_grad(): x.t_()
x.sum().backward()
s.backward()
s = None
x.sum().backward()
print(x.grad)""",
    "integers that a tensor was written into require grad, but nothing can be made of them": """
i = torch.arange(3)
i.fill_(v[0])
print(i, i.double(), i * 2.5)
i + 1
i[0]
i.clamp_(min=2)
i.mul_(2)
print(i)
i = torch.arange(3)
i[0] = v[0]
i[:2].copy_(v[:2])
print(i)""",
    "a gradient is brought to the dtype of its tensor": """
v.backward(torch.arange(3))
(v * 2).backward(torch.tensor([True, False, True]))
print(v.grad, torch.autograd.grad(v * 2, v, torch.arange(3)))""",
    "the first gradient may share memory with what it was before": """
g = torch.ones(6)
x.view(-1).backward(g)
g.mul_(5)
print(x.grad)
g = torch.ones(3)
(v + 1).backward(g)
g.mul_(5)
print(v.grad)
a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
(a.view(-1) + b.view(-1)).sum().backward()
a.grad.zero_()
print(a.grad, b.grad)""",
    "a retained gradient is a copy": """
y = v.view(3)
y.retain_grad()
g = torch.ones(3)
y.backward(g)
g.mul_(5)
print(y.grad)""",
    "under create_graph the first gradient is a copy that belongs to the graph": """
(v * v).sum().backward(create_graph=True)
print(v.grad)
v.sum().backward()
n.requires_grad_().sum().backward(create_graph=True)
n.sum().backward()
print(n.grad)""",
    "what torch finds before it computes comes first": """
with torch.no_grad(): row = v[1:]
v.detach().add_(1)
row.view(3)
row.expand(2, 3)
torch.stack([row, n])
torch.cat([row, n[0]])
row + n
row[0].diagonal()
row.as_strided((9,), (1,))
with torch.inference_mode(): i = torch.ones(2)
i * v
i @ v""",
    "what was made in inference mode is written to, and then refused": """
with torch.inference_mode(): i = torch.ones(3)
i.add_(1)
print(i)
i += v
print(i)
v.mul_(i)
y = v * 2
y.mul_(i)
print(y)""",
    "a detached copy of what was made in inference mode counts its own writes": """
with torch.inference_mode(): i = torch.ones(3)
d = i.detach()
d.add_(1)
print(i, d._version, d.is_inference(), i.data.is_inference())
d[0] = 5
v * d
with torch.inference_mode(): d = i.detach()
d.add_(1)""",
    "views of what was made in inference mode are no views": """
with torch.inference_mode(): i = torch.ones(3)
print(i[0]._is_view(), i[0].is_inference(), i.sum().is_inference())""",
    "operations on nothing but tensors made in inference mode are not recorded": """
with torch.inference_mode(): i = torch.tensor([0.75, 2.0], requires_grad=True)
print(i.exp(), i ** 2, i[0], i[i > 1], i + v[:2])
print(i + 1)
i.exp_()
i.add_(1)""",
    "writes to expanded memory": """
e = torch.zeros(1).expand(3)
e.fill_(1.0)
e[e > 0] = 0.5
print(e)
e[[0, 1]] = torch.tensor([1.0, 2.0])
print(e)
e[...] = 1.0
e.fill_(torch.tensor(3.0))
e.add_(1)
e.copy_(e)
e.masked_fill_(e > 0, 4.0)
print(e)""",
    "writes that read what they write": """
n[[0]] = n
n[n > 1] = n
n[:2].copy_(n[1:])
n[...] = n[0]
print(n)
m = torch.ones(1, 1)
m[0] = m
i = torch.arange(3)
i[i] = 1""",
    "a window may reach beyond its tensor, but its gradient does not": """
a = v[1:2].as_strided((2,), (1,), 0)
(a * a).sum().backward()
print(v.grad)
e = v.expand(2, 3).select(-1, 0).as_strided((2,), (1,))
e.sum().backward()
print(e, v.grad)
y = x * 2
y.t().as_strided((2, 2), (1, 2)).mul_(3)
(y * y).sum().backward()
print(x.grad)""",
    "indices are saved, too": """
i = torch.arange(2)
z = x[i]
y = v * 1
y[i] = 0
i[0] = 1
z.sum().backward()
y.sum().backward()""",
    "what was written to before it was saved counts from there": """
i, m = torch.tensor([0, 1]), torch.tensor([True, False, True])
i.add_(1)
m[0] = False
z = v.gather(0, i).sum() + v.masked_fill(m, 0.0).sum() + torch.nn.functional.cross_entropy(x, i)
z.backward(retain_graph=True)
print(v.grad, x.grad)
i.add_(1)
z.backward()
with torch.inference_mode(): i, m = torch.tensor([0, 1]), torch.tensor([True, False, True])
v.gather(0, i)
v.masked_fill(m, 0.0)""",
    "a copy of what was made in inference mode is not saved, either": """
with torch.inference_mode(): w = torch.ones(3)
d, e = w.detach(), w.data
d.mul_(v)
d.mul_(2)
print(d, d.is_inference(), d._version, e._version)
print((d + v).requires_grad)
d * v
v * e
e[:2] * v[:2]
(e * 2 + v).sum().backward()
print(v.grad)""",
    "messages about dtypes": """
m = x > 2
z = torch.where(m, x, x * 2)
m[0, 0] = True
z.sum().backward()
n[...] = m
m.clamp_(min=0)
torch.arange(3).clamp_(min=0.5)
m.add_(1)""",
    "how results lie in memory": """
e, y = n.expand(2, 3), x.t()
print(e.clone().stride(), e.long().stride(), torch.zeros_like(e).stride(), e.exp().stride())
print(torch.cat([y, y]).stride(), torch.stack([y, y]).stride(), y.cumsum(0).stride())
print(y.softmax(-1).stride(), y.exp().stride())
print(n.expand(1, 3).stride(), x[:, :1].unsqueeze(-1).stride(), x[:, :0].stride())""",
}
ADDRESS = re.compile(r" object at 0x[0-9a-f]+")


def outcomes(program: str, torch: ModuleType) -> list[str]:
    """Return all that the program prints, and the errors of its statements."""
    said: list[str] = []
    space: dict[str, Any] = {"torch": torch, "print": lambda *values: said.append(str(values))}
    exec(START, space)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for statement in program.strip().splitlines():
            try:
                exec(statement, space)
            except Exception as error:
                said.append(f"{type(error).__name__}: {error}")
    return [ADDRESS.sub("", each) for each in said]


@pytest.mark.needs_torch
@pytest.mark.parametrize("rule", RULES)
def test_both_libraries_follow_the_rule(rule: str) -> None:
    """A program says the same with both, statement by statement."""
    torch = pytest.importorskip("torch")
    import autograd_lab

    theirs = outcomes(RULES[rule], torch)
    assert theirs
    assert outcomes(RULES[rule], autograd_lab) == theirs
