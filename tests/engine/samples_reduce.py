"""Samples of reductions: sums, means, products, extremes, order, norms, spread, running totals."""

from .samples import samples

ONE = {
    "plain": ((2, 3),),
    "3-d": ((2, 3, 2),),
    "vector": ((4,),),
    "0-d": ((),),
    "empty": ((0, 3),),
    "empty rows": ((2, 0),),
    "non-contiguous": ((2, 3),),
    "one": ((1,),),
}
"""Shapes for what takes one tensor."""

samples(
    "x.sum()", "x.sum(0)", "x.sum(-1, keepdim=True)", "x.sum((0, 1))", "x.sum(())", "x.sum([0])",
    "torch.sum(x, dim=-1)", "x.sum(axis=0, keepdims=True)", "x.sum(dtype=torch.float64)",
    "x.sum(0, dtype=torch.float64)", "x.sum(dim=None, keepdim=True)", "x.sum((0, -1))", "x.sum(2)",
    "x.mean()", "x.mean(0)", "x.mean(-1, keepdim=True)", "x.mean((0, 1))", "x.mean(())",
    "x.mean(dtype=torch.float64)", "x.mean(0, dtype=torch.float64)", "torch.mean(input=x, dim=0)",
    "x.long().sum()", "(x > 0).sum(0)", "x.long().mean()", "x.long().mean(0, dtype=torch.float32)",
    "x.sum(dtype=torch.int64)", "x.mean(dtype=torch.int64)", "torch.sum([1, 2])",
    "x.nansum()", "x.nansum(0)", "(x / (x > 0) * (x > 0)).nansum(-1, keepdim=True)",
    "(x / (x > 0) * (x > 0)).nanmean()", "x.nanmean(0)", "x.long().nanmean()",
    shapes=ONE,
)  # fmt: skip
samples(
    "x.prod()", "x.prod(0)", "x.prod(-1, keepdim=True)", "x.prod(dtype=torch.float64)",
    "x.prod(0, dtype=torch.float64)", "(x * (x > 0)).prod()", "(x * (x > 0)).prod(-1)",
    "(x * 0).prod()", "(x * 0).prod(0)", "x.prod(5)", "x.long().prod()",
    "torch.stack([x, x * 0, x + 1]).prod(0)", "torch.stack([x, x * 0, x + 1]).prod()",
    "x.cumsum(0)", "x.cumsum(-1)", "x.cumsum(0, dtype=torch.float64)", "torch.cumsum(x, dim=1)",
    "x.cumprod(0)", "x.cumprod(-1)", "(x * (x > 0)).cumprod(-1)", "(x * 0).cumprod(0)",
    "torch.stack([x, x * 0, x + 1, x * 0]).cumprod(0)", "x.cumprod(0, dtype=torch.float64)",
    "x.logcumsumexp(0)", "x.logcumsumexp(-1)", "(x + 50).logcumsumexp(-1)", "x.long().cumsum(0)",
    "(x > 0).cumsum(0)", "x.cumsum(4)", "x.cumprod(4)", "x.logcumsumexp(4)", "x.cumsum()",
    "x.long().logcumsumexp(0)",
    shapes=ONE,
)  # fmt: skip
samples(
    "x.var()", "x.var(0)", "x.var(-1, keepdim=True)", "x.var((0, -1), correction=0)", "x.var(False)",
    "x.var(0, False)", "x.var(unbiased=False)", "x.var(correction=0)", "x.var(dim=0, correction=2)",
    "x.var(5)", "x.std()", "x.std(0)", "x.std(-1, True, True)", "x.std(correction=0)",
    "x.std(unbiased=False)", "(x * 0).std()", "(x * 0).std(0)", "torch.var_mean(x)",
    "torch.var_mean(x, 0)", "torch.var_mean(x, -1, keepdim=True)[1]", "torch.std_mean(x, 0)[0]",
    "torch.std_mean(x, correction=0)", "torch.var(x, dim=0)", "x.long().std()",
    "torch.var_mean(x.long())",
    shapes=ONE, smooth=False,
)  # fmt: skip
samples(
    "x.norm()", "x.norm(1)", "x.norm(2, 0)", "x.norm(p=3)", "x.norm(float('inf'))",
    "x.norm(float('-inf'))",
    "x.norm(0)", "x.norm('fro')", "x.norm('fro', 0)", "x.norm(2, (0, -1))", "x.norm(1.5, -1)",
    "x.norm(0.5)", "x.norm(3, dim=-1, keepdim=True)", "x.norm(float('inf'), 0)", "x.norm(dim=0)",
    "x.norm(1, -1, True)", "x.norm(dtype=torch.float64)", "x.norm(2, 0, dtype=torch.float64)",
    "(x * 0).norm()", "(x * 0).norm(1)", "(x * 0).norm(3)", "(x * 0).norm(1.5)",
    "(x * 0).norm(float('inf'))",
    "x.norm('foo')", "x.norm(2, 7)", "x.long().norm()", "torch.norm(x)", "torch.norm(x, 2, -1)",
    "x.norm(-1)", "torch.dist(x, x * 2)", "torch.dist(x, x.detach() * 2, 1)", "x.dist(x, 3)",
    "torch.linalg.norm(x)", "torch.linalg.norm(x, dim=-1)", "torch.linalg.vector_norm(x, 3)",
    "torch.linalg.vector_norm(x, dim=0, keepdim=True)", "torch.linalg.norm(x, 1, dim=0)",
    "torch.linalg.norm(x, float('inf'), -1)",
    shapes=ONE, smooth=False,
)  # fmt: skip
samples(
    "x.softmax(0)", "x.softmax(-1)", "torch.softmax(x, 0)",
    "torch.softmax(x, dim=-1, dtype=torch.float64)",
    "(x * 1000).softmax(-1)", "(x * float('inf')).softmax(0)", "x.softmax(3)", "x.softmax()",
    "x.log_softmax(0)", "x.log_softmax(-1)", "(x * 1000).log_softmax(-1)", "x.log_softmax(3)",
    "torch.log_softmax(x, 0, torch.float64)", "x.long().softmax(0)", "x.long().log_softmax(0)",
    "x.logsumexp(0)", "x.logsumexp(-1, True)", "x.logsumexp((0, -1))", "(x * 1000).logsumexp(0)",
    "torch.logsumexp(x, dim=0, keepdim=True)", "x.logsumexp(3)", "x.logsumexp()",
    "x.long().logsumexp(0)",
    "(x / (x > 0)).logsumexp(0)", "(-(x * x) / 0).logsumexp(-1)",
    "F.softmax(x, 0)", "F.softmax(x, dim=-1, dtype=torch.float64)", "F.log_softmax(x, -1)",
    "F.softmin(x, 0)",
    "F.softmax(x)", "F.log_softmax(x)", "F.softmin(x)",
    shapes=ONE,
)  # fmt: skip
