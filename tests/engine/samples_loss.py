"""Samples of losses."""

from .samples import samples

PAIRS = {
    "plain": ((2, 3), (2, 3)),
    "0-d": ((), ()),
    "shapes differ": ((2, 3), (3,)),
    "do not fit": ((2, 3), (2,)),
    "empty": ((0, 3), (0, 3)),
    "non-contiguous": ((2, 3), (2, 3)),
}
P, Q = "x.sigmoid()", "y.detach().sigmoid()"
for _r in ("", ", reduction='sum'", ", reduction='none'"):
    samples(
        f"F.mse_loss(x, y{_r})", f"F.l1_loss(x, y{_r})", f"F.smooth_l1_loss(x, y{_r})",
        f"F.smooth_l1_loss(x, y, beta=0.5{_r})", f"F.huber_loss(x, y{_r})",
        f"F.huber_loss(x, y, delta=0.5{_r})",
        f"F.binary_cross_entropy({P}, {Q}{_r})", f"F.binary_cross_entropy({P}, y.sigmoid(){_r})",
        f"F.binary_cross_entropy({P}, {Q}, torch.tensor([1., 2., 3.]).to(x.dtype){_r})",
        f"F.binary_cross_entropy_with_logits(x, {Q}{_r})",
        f"F.binary_cross_entropy_with_logits(x, y{_r})",
        f"F.binary_cross_entropy_with_logits(x, y, torch.tensor([1., 2., 3.]).to(x.dtype){_r})",
        f"F.binary_cross_entropy_with_logits(x, y, pos_weight=torch.tensor([1., 2., 3.]).to(x.dtype){_r})",
        f"F.kl_div(x, y.sigmoid(){_r})", f"F.kl_div(x, {Q}{_r})",
        f"F.kl_div(x, y, log_target=True{_r})",
        shapes=PAIRS, smooth=False,
    )  # fmt: skip
samples(
    "F.mse_loss(x, y.double())", "F.mse_loss(x, y, reduction='foo')",
    "F.smooth_l1_loss(x, y, beta=0)", "F.smooth_l1_loss(x, y, beta=-1)", "F.huber_loss(x, y, delta=0)",
    "F.binary_cross_entropy(x, y)", "F.kl_div(x, y.sigmoid(), reduction='batchmean')",
    "F.binary_cross_entropy_with_logits(x, y, weight=y)",
    "F.binary_cross_entropy_with_logits(x, y, pos_weight=y)",
    "F.binary_cross_entropy_with_logits(x * 100, y)", "F.mse_loss(x, x)", "F.l1_loss(x, x)",
    "F.huber_loss(x, x)",
    "F.cross_entropy(x, y.softmax(-1))", "F.cross_entropy(x, y.softmax(-1), reduction='none')",
    "F.cross_entropy(x, y.softmax(-1), reduction='sum', label_smoothing=0.1)",
    "F.cross_entropy(x, y.softmax(-1), torch.tensor([1., 2., 3.]).to(x.dtype))",
    shapes={name: shapes for name, shapes in PAIRS.items() if name != "empty"}, smooth=False,
)  # fmt: skip
CLASSES = {
    "batch": ((2, 3),), "vector": ((3,),), "0-d": ((),), "points": ((2, 3, 2),), "images": ((2, 3, 2, 2),),
    "empty": ((0, 3),), "non-contiguous": ((2, 3),), "two classes": ((2, 2),),
}  # fmt: skip
for _t in (
    "torch.tensor([0, 2])", "torch.tensor(1)", "torch.tensor([1, -100])", "torch.tensor([-100, -100])",
    "torch.tensor([0, -1])", "torch.tensor([[0, 1], [1, 0]])", "torch.tensor([0., 1.])",
    "torch.tensor([[[0, 1], [1, 0]], [[0, 0], [1, 1]]])", "torch.zeros(0, dtype=torch.int64)",
    "torch.tensor([0, 1], dtype=torch.uint8)", "torch.tensor([0, 1], dtype=torch.int32)",
):  # fmt: skip
    samples(
        f"F.nll_loss(x, {_t})", f"F.cross_entropy(x, {_t})",
        f"F.cross_entropy(x, {_t}, reduction='sum')",
        f"F.cross_entropy(x, {_t}, reduction='none')", f"F.nll_loss(x, {_t}, ignore_index=1)",
        f"F.cross_entropy(x, {_t}, torch.tensor([1., 2., 3.]).to(x.dtype))",
        f"F.cross_entropy(x, {_t}, label_smoothing=0.1)",
        f"F.cross_entropy(x, {_t}, torch.tensor([1., 2., 3.]).to(x.dtype), label_smoothing=0.1)",
        f"F.cross_entropy(x, {_t}, label_smoothing=0.1, reduction='none')",
        f"F.cross_entropy(x, {_t}, label_smoothing=2)", shapes=CLASSES, smooth=False,
    )  # fmt: skip
