"""Programs that do everything a trace tells of, in cells; `torch` is the engine or PyTorch."""

LEAF = "x = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)"
NET = (
    "torch.manual_seed(0)\nnet = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), "
    "torch.nn.Linear(4, 2))\nloss_of = torch.nn.CrossEntropyLoss()\n"
    "data, target = torch.ones(5, 3), torch.tensor([0, 1, 1, 0, 1])"
)
FUNCTION = """\
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t):
        ctx.save_for_backward(t)
        ctx.scale = 3.0
        return t ** 3

    @staticmethod
    def backward(ctx, grad):
        (t,) = ctx.saved_tensors
        return grad * ctx.scale * t ** 2
"""
KEEPER = """\
class Keeper(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t, c):
        ctx.t = t
        return t * c

    @staticmethod
    def backward(ctx, grad):
        return grad * 2, None
"""

PROGRAMS: dict[str, list[str]] = {
    "worked example": ["x = torch.ones(2, 2, requires_grad=True)", "y = x + 2\nz = y * y * 3\nout = z.mean()", "out.backward()", "x.grad"],
    "chain": [f"{LEAF}\ny = (x.exp() + x.sin() * 2).sum()\ny.backward()\nprint(x.grad)"],
    "two uses": [f"{LEAF}\ny = x * x + x\ny.sum().backward()"],
    "broadcasting": ["a = torch.ones(2, 3, requires_grad=True)\nb = torch.tensor([1., 2., 3.], requires_grad=True)\nc = torch.tensor(2., requires_grad=True)\n((a * b) / c - b).sum().backward()"],
    "promotion": ["a = torch.ones(2, requires_grad=True)\nb = torch.ones(2, dtype=torch.float64, requires_grad=True)\n(a * b).sum().backward()"],
    "accumulating": [f"{LEAF}\nfor n in (2, 3):\n    (x * n).sum().backward()", "x.grad.zero_()\n(x * 4).sum().backward()", "x.grad = None"],
    "second backward": [f"{LEAF}\ny = (x * x).sum()\ny.backward()", "y.backward()", "x.grad"],
    "retain graph": [f"{LEAF}\ny = (x * x).sum()\ny.backward(retain_graph=True)\ny.backward()"],
    "non-scalar": [f"{LEAF}\ny = x * 2", "y.backward()", "y.backward(torch.ones(3))"],
    "wrong gradient shape": [f"{LEAF}\ny = x * 2", "y.backward(torch.ones(2))"],
    "no graph": ["x = torch.ones(3)\ny = x.sum()", "y.backward()"],
    "grad": [f"{LEAF}\ng, = torch.autograd.grad((x ** 2).sum(), x)\ng"],
    "grad of an unused input": [f"{LEAF}\nw = torch.ones(2, requires_grad=True)\ny = x.sum()", "torch.autograd.grad(y, w)"],
    "grad of several": [f"{LEAF}\nw = torch.ones(3, requires_grad=True)\ntorch.autograd.grad((x * w).sum(), [x, w])"],
    "backward inputs": [f"{LEAF}\nw = torch.ones(3, requires_grad=True)\n(x * w).sum().backward(inputs=[x])"],
    "two roots": [f"{LEAF}\na, b = (x * 2).sum(), (x * x).sum()\ntorch.autograd.backward([a, b])"],
    "detach": [f"{LEAF}\ny = x * 2\nd = y.detach()\nz = (d * x).sum()\nz.backward()"],
    "detach in place": [f"{LEAF}\ny = x * 2\ny.detach_()\n(y * x).sum().backward()"],
    "item": [f"{LEAF}\ns = x.sum().item()\ny = (x * s).sum()\ny.backward()"],
    "tensor of a tensor": [f"{LEAF}\ny = x.sum()\nt = torch.tensor(y)\nu = torch.tensor([y.item(), 2.0], requires_grad=True)\nu.sum().backward()"],
    "tolist and numpy": [f"{LEAF}\nn = x.detach().numpy()\nl = x.tolist()", "x.numpy()", "(x * 2).numpy()"],
    "argmax and masks": [f"{LEAF}\ni = x.argmax()\nm = x > 0\nz = (x * m).sum() + x[i]\nz.backward()"],
    "integer cast": [f"{LEAF}\nk = x.long()\nj = x.to(torch.int64)\nf = k.float() * x\nf.sum().backward()"],
    "data": [f"{LEAF}\nd = x.data\nd.mul_(2)\nx.data = torch.zeros(3)\n(x * d).sum().backward()"],
    "no_grad": [f"{LEAF}\nwith torch.no_grad():\n    y = x * 2\n    w = y + 1\nz = (w * x).sum()\nz.backward()"],
    "no_grad decorator": [f"{LEAF}\n@torch.no_grad()\ndef f(t):\n    return t * 2\nz = (f(x) * x).sum()"],
    "enable_grad inside": [f"{LEAF}\nwith torch.no_grad():\n    with torch.enable_grad():\n        y = x * 2\ny.sum().backward()"],
    "set_grad_enabled": [f"{LEAF}\nwith torch.set_grad_enabled(False):\n    y = x * 2\ntorch.set_grad_enabled(False)\nz = x * 3\ntorch.set_grad_enabled(True)\nw = x * 4"],
    "inference_mode": [f"{LEAF}\nwith torch.inference_mode():\n    y = x * 2\ny.is_inference()", "(y * x).sum()"],
    "frozen leaf": [f"{LEAF}\nx.requires_grad_(False)\ny = x * 2\nx.requires_grad = True\nz = (x * y).sum()\nz.backward()"],
    "flag of a non-leaf": [f"{LEAF}\ny = x * 2", "y.requires_grad = False"],
    "integer leaf": ["x = torch.tensor([1, 2], requires_grad=True)", "x = torch.tensor([1, 2])\nx.requires_grad_()"],
    "leaf lost": ["w = torch.ones(3, requires_grad=True) * 0.1\n(w * 2).sum().backward()\nw.grad"],
    "non-leaf grad": [f"{LEAF}\ny = x * 2\ny.sum().backward()\nprint(y.grad)"],
    "retain_grad": [f"{LEAF}\ny = x * 2\ny.retain_grad()\ny.sum().backward()\ny.grad"],
    "grad before backward": [f"{LEAF}\nprint(x.grad)", "x.grad.zero_()"],
    "in place on a leaf": [f"{LEAF}\nx += 1", "x[0] = 5.0", "with torch.no_grad():\n    x += 1"],
    "in place on a saved value": [f"{LEAF}\ny = x.exp()\ny += 1\ny.sum().backward()"],
    "in place that is allowed": [f"{LEAF}\ny = x * 2\ny.mul_(3)\ny.add_(x)\ny.sum().backward()"],
    "update loop": ["w = torch.tensor([1.0, 2.0], requires_grad=True)\nfor _ in range(3):\n    loss = (w ** 2).sum()\n    loss.backward()\n    with torch.no_grad():\n        w -= 0.1 * w.grad\n    w.grad = None"],
    "rebinding": ["w = torch.tensor([1.0, 2.0], requires_grad=True)\nfor _ in range(2):\n    loss = (w ** 2).sum()\n    loss.backward()\n    w = w - 0.1 * w.grad"],
    "views": ["x = torch.ones(2, 3, requires_grad=True)\ny = x * 2\nv = y.view(6)\nt = y.t()\nr = x[0]\nu = x.unsqueeze(0)\n(v.sum() + t.sum() + r.sum() + u.sum()).backward()"],
    "write to a view": ["x = torch.ones(4, requires_grad=True)\ny = x * 2\nv = y[:2]\nv.mul_(3)\ny.sum().backward()"],
    "write to a base": ["x = torch.ones(4, requires_grad=True)\ny = x * 2\nv = y[:2]\ny.mul_(3)\n(v * v).sum().backward()"],
    "unbind": ["x = torch.ones(2, 2, requires_grad=True)\na, b = x.unbind(0)\n(a * b).sum().backward()"],
    "joining": [f"{LEAF}\nc = torch.cat([x, x * 2])\ns = torch.stack([x, torch.zeros(3)])\n(c.sum() + s.sum()).backward()"],
    "where": [f"{LEAF}\ny = torch.where(x > 0, x, torch.zeros(3))\ny.sum().backward()"],
    "nan": ["x = torch.tensor([0.0, 4.0], requires_grad=True)\ny = torch.where(x > 0, x.sqrt(), torch.zeros(2))\ny.sum().backward()\nx.grad"],
    "max and softmax": [f"{LEAF}\ny = torch.softmax(x, 0)\nz = x.max() + y.sum() + torch.round(x).sum()\nz.backward()"],
    "matmul": ["a = torch.ones(2, 3, requires_grad=True)\nb = torch.ones(3, 4)\nv = torch.ones(4)\n((a @ b) @ v).sum().backward()"],
    "shape mismatch": ["a = torch.ones(2, 3, requires_grad=True)\nb = torch.ones(2, 4)", "a + b", "a @ b", "a.view(5)"],
    "dtype mismatch": ["a = torch.ones(2, 3, requires_grad=True)\nb = torch.ones(3, 4, dtype=torch.float64)", "a @ b"],
    "ambiguous bool": [f"{LEAF}\nbool(x.detach())", "if x > 0:\n    pass", "x.item()"],
    "conversions": [f"{LEAF}\nf = float(x.sum())\ni = int(x.detach().sum())\nb = bool((x > 0).all())"],
    "tensor hooks": [f"{LEAF}\ny = x * 2\nh = y.register_hook(lambda g: g * 10)\nx.register_hook(lambda g: g + 1)\ny.sum().backward()\nh.remove()"],
    "other hooks": [f"{LEAF}\ny = x * 2\ny.grad_fn.register_hook(lambda a, b: None)\ny.grad_fn.register_prehook(lambda g: None)\nx.register_post_accumulate_grad_hook(lambda t: None)\ny.sum().backward()"],
    "hook that raises": [f"{LEAF}\ny = x * 2\ny.register_hook(lambda g: 1 / 0)\ny.sum().backward()"],
    "function": [f"{FUNCTION}\n{LEAF}\ny = Cube.apply(x)\ny.sum().backward()\nx.grad"],
    "function that keeps": [f"{KEEPER}\n{LEAF}\ny = Keeper.apply(x, torch.ones(3))\ny.sum().backward()"],
    "function without backward": ["class F(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, t):\n        return t * 2\n    @staticmethod\n    def backward(ctx, g):\n        return None\n", f"{LEAF}\nF.apply(x).sum().backward()\nx.grad"],
    "function that miscounts": ["class F(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, t):\n        return t * 2\n    @staticmethod\n    def backward(ctx, g):\n        return g, g\n", f"{LEAF}\nF.apply(x).sum().backward()"],
    "second derivative": [f"{LEAF}\ny = (x ** 3).sum()\ng, = torch.autograd.grad(y, x, create_graph=True)\ng.sum().backward()\nx.grad"],
    "gradcheck": ["x = torch.ones(2, requires_grad=True, dtype=torch.float64)\ntorch.autograd.gradcheck(lambda t: (t * t).sum(), (x,))"],
    "gradcheck in float32": ["x = torch.ones(2, requires_grad=True)\ntorch.autograd.gradcheck(lambda t: t * 2, (x,), raise_exception=False)"],
    "training": [f"{NET}\nopt = torch.optim.SGD(net.parameters(), lr=0.1)", "for _ in range(2):\n    opt.zero_grad()\n    loss = loss_of(net(data), target)\n    loss.backward()\n    opt.step()"],
    "module zero_grad": [f"{NET}\nnet(data).sum().backward()\nnet.zero_grad()"],
    "adam and clipping": [f"{NET}\nopt = torch.optim.Adam(net.parameters())\nnet(data).sum().backward()\ntorch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)\nopt.step()\nopt.zero_grad(set_to_none=False)"],
    "rebuilt model": ["net = torch.nn.Linear(2, 1, bias=False)\nopt = torch.optim.SGD(net.parameters(), lr=0.1)\nnet = torch.nn.Linear(2, 1, bias=False)", "torch.nn.init.ones_(net.weight)\nnet(torch.ones(1, 2)).sum().backward()\nopt.step()"],
    "unregistered": ["class Net(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.layers = [torch.nn.Linear(2, 2, bias=False)]\n        self.scale = torch.ones(2, requires_grad=True)\n    def forward(self, t):\n        return self.layers[0](t) * self.scale\n", "torch.manual_seed(0)\nnet = Net()\nnet(torch.ones(1, 2)).sum().backward()\nlist(net.parameters())"],
    "parameter": ["w = torch.nn.Parameter(torch.ones(2))\n(w * 3).sum().backward()\nw.grad"],
    "mse": ["torch.manual_seed(0)\nx = torch.ones(4, 1)\nlin = torch.nn.Linear(1, 1)\nloss = torch.nn.functional.mse_loss(lin(x), torch.zeros(4, 1))\nloss.backward()"],
    "running loss": [f"{LEAF}\nrunning = 0.0\nlosses = []\nfor _ in range(3):\n    loss = (x ** 2).mean()\n    running += loss\n    losses.append(loss)"],
    "state over a loop": ["w = torch.ones(2, requires_grad=True)\nh = torch.zeros(2)\nfor _ in range(2):\n    h = torch.tanh(h + w)\n    h.sum().backward()"],
    "functions and several cells": ["def model(t):\n    return (t * t).sum()", LEAF, "y = model(x)", "y.backward()", "1 / 0", "z = model(x) + y"],
    "classes and containers": ["class Point:\n    def __init__(self):\n        self.at = torch.ones(2, requires_grad=True)\np = Point()\nws = [torch.ones(1, requires_grad=True), torch.zeros(1, requires_grad=True)]\nd = {'a': torch.ones(1, requires_grad=True)}", "(p.at.sum() + ws[0] * d['a'] + ws[1]).sum().backward()"],
    "syntax error": ["x = (", "y = 1"],
    "large values": ["x = torch.arange(3000.0).reshape(50, 60).requires_grad_()\ny = (x * 2).mean()\ny.backward()"],
    "anonymous error": [f"{LEAF}\ntry:\n    x += 1\nexcept RuntimeError as e:\n    print(e)\ny = (x * 2).sum()"],
}
