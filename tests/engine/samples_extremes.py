"""Samples of what chooses among elements: extremes, order, counting."""

from .samples import samples
from .samples_reduce import ONE

TIES = "(x * 1.4).round()"
NANS = "(x / (x > -1) * (x > -1))"

for _x in ("x", TIES, NANS):
    samples(
        f"{_x}.max()", f"{_x}.min()", f"{_x}.amax()", f"{_x}.amin(0)", f"{_x}.amax((0, -1), True)",
        f"{_x}.max(0)", f"{_x}.min(-1, True)", f"{_x}.max(dim=-1).values", f"{_x}.min(0).indices",
        f"{_x}.argmax()", f"{_x}.argmin(0)", f"{_x}.argmax(-1, True)", f"{_x}.aminmax()",
        f"{_x}.aminmax(dim=0)", f"{_x}.aminmax(dim=-1, keepdim=True)", f"{_x}.median()",
        f"{_x}.median(0).values", f"{_x}.median(-1, True).values", f"{_x}.nanmedian()",
        f"{_x}.nanmedian(-1).values", f"{_x}.sort()", f"{_x}.sort(0, descending=True)",
        f"{_x}.sort(-1, True)", f"{_x}.argsort(0)", f"{_x}.argsort(-1, True)",
        f"{_x}.cummax(0)", f"{_x}.cummin(-1)", f"{_x}.topk(1, 0).values", f"{_x}.kthvalue(1).values",
        f"{_x}.msort()", f"{_x}.kthvalue(2, 0, True).values",
        f"{_x}.all()", f"{_x}.any(0)", f"{_x}.all(-1, True)", f"{_x}.count_nonzero()",
        f"{_x}.count_nonzero(0)", shapes=ONE, smooth=False,
    )  # fmt: skip
samples(
    "x.max(3)", "x.min(-4)", "x.amax(3)", "x.argmax(3)", "x.median(3)", "x.sort(3)", "x.topk(9)",
    "x.topk(2)", "x.topk(1, -1, False)", "x.topk(0)", "x.topk(-1)", "x.kthvalue(9)", "x.mode(3)",
    "x.aminmax(dim=3)", "x.cummax(3)", "x.all(3)", "x.any((0, -1))", "x.count_nonzero((0, 1))",
    "x.max(x * 0.5)", "torch.max(x, -x)", "torch.min(x, other=-x)", "x.max(dim=0, keepdim=True)",
    "torch.max(input=x, dim=0)", "(x > 0).max()", "(x > 0).argmax()", "(x > 0).sort()", "x.long().max(0)",
    "x.long().median()", "x.long().aminmax()", "x.mode()", "x.mode(0)", "(x * 1.4).round().mode(-1, True)",
    "torch.unique((x * 1.4).round())", "x.detach().unique(return_counts=True)",
    "torch.unique(x.detach().round(), return_inverse=True, return_counts=True)",
    "torch.bincount((x * x).long().flatten())", "torch.bincount(x.long())", "x.sort(stable=True, dim=0)",
    "torch.count_nonzero(x, dim=-1)",
    "x.max(0).foo", shapes=ONE, smooth=False,
)  # fmt: skip
