"""Samples of activation functions."""

from .samples import samples

SHAPES = {"plain": ((2, 3),), "0-d": ((),), "empty": ((0, 3),), "non-contiguous": ((2, 3),)}
ONE_SHAPE = {"plain": ((2, 3),)}
ACTIVATIONS = "relu relu6 hardtanh leaky_relu elu selu gelu silu softplus logsigmoid sigmoid tanh"
samples(*(f"F.{name}(x)" for name in ACTIVATIONS.split()), shapes=SHAPES)
samples(
    "F.leaky_relu(x, 0.3)", "F.leaky_relu(x, negative_slope=-0.3)", "F.elu(x, alpha=2)",
    "F.gelu(x, approximate='tanh')", "F.softplus(x, beta=3)", "F.softplus(x, 2, 1)",
    "F.hardtanh(x, -0.5, 1.5)", "torch.relu(x)", "x.relu()", "torch.sigmoid(x)", "torch.tanh(x)",
    shapes=SHAPES,
)  # fmt: skip
# +inf apart: among eight numbers or more, torch's vectorised gelu makes NaN of it
EDGES = "torch.tensor([0., -0., 1., -1., 6., float('nan'), -float('inf'), 30., -30., 200., -200.])"
INFINITY = "torch.tensor([float('inf')])"
samples(
    *(
        f"F.{name}({EDGES}.to(x.dtype).requires_grad_() + x[0, 0] * 0)"
        for name in ACTIVATIONS.split()
    ),
    *(f"F.{name}({INFINITY}.to(x.dtype) + x[0, 0] * 0)" for name in ACTIVATIONS.split()),
    f"F.gelu({EDGES}.to(x.dtype) + x[0, 0] * 0, approximate='tanh')",
    shapes=ONE_SHAPE,
)
samples(
    *(f"F.{name}(x.detach().long())" for name in ACTIVATIONS.split() if name not in ("sigmoid", "tanh")),
    *(f"F.{name}(x > 0)" for name in ACTIVATIONS.split()),
    "F.gelu(x, approximate='x')", "F.hardtanh(x, 1, -1)",
    shapes=ONE_SHAPE,
)  # fmt: skip
IN_PLACE = "relu relu6 hardtanh leaky_relu elu selu silu"
samples(
    *(f"F.{name}(x * 1, inplace=True)" for name in IN_PLACE.split()),
    "F.relu(x, inplace=True)",
    shapes=SHAPES,
)
