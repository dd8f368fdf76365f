"""Samples of indexing, gathering and scattering, and of writing to what an index names."""

from .samples import samples

samples(
    "x[0]", "x[-1]", "x[2]", "x[-3]", "x[0, 1]", "x[0, 1, 2]", "x[:, 1]", "x[:]", "x[...]", "x[:, :]",
    "x[:, ...]", "x[None]", "x[:, None]", "x[0:1]", "x[1:]", "x[5:]", "x[:-1]", "x[::2]", "x[::-1]",
    "x[::0]", "x[0:1, 1:2]", "x[0:9, 0:9]", "x[..., 0]", "x[..., None]", "x[None, None, 0]", "x[()]",
    "x[:, 5]", "x[None, 5]", "x[0][1]", "x[1:2.5]", "x[1.5]", "x[object()]", "x[:, ::2]",
)  # fmt: skip
samples(
    "x[True]", "x[False]", "x[[0, 1]]", "x[[0, 5]]", "x[[[0, 1], [1, 0]]]", "x[[True, False]]", "x[[]]",
    "x[torch.tensor([0, 0])]", "x[:, torch.tensor([0, 2])]", "x[torch.tensor([-1])]",
    "x[torch.tensor([0, 1]), torch.tensor([0, 1])]", "x[torch.tensor([0, 1]), 0]",
    "x[0, torch.tensor([0, 1])]", "x[torch.tensor([0, 1]), None]", "x[None, torch.tensor([0, 1])]",
    "x[torch.tensor([0, 1]), torch.tensor([0, 1, 2])]", "x[torch.tensor(1)]", "x[torch.tensor(True)]",
    "x[torch.tensor([0.0])]", "x[x > 0]", "x[x > 100]", "x[torch.tensor([True, False])]",
    "x[:, torch.tensor([True, False])]", "x[torch.tensor([[0], [1]]), torch.tensor([[0, 1]])]",
    "x[range(2)]", "x[0, [0, 1]]", "x[[0], [1]]", "x[0, True]", "x[['a']]",
    "x[torch.tensor([0, 1], dtype=torch.int32)]", "x[torch.tensor([0, 1], dtype=torch.int16)]",
    "x[torch.tensor([1, 0], dtype=torch.uint8)]", "x[torch.tensor([0]), ...]", "x[..., torch.tensor([0])]",
)  # fmt: skip
CUBE = {"plain": ((2, 3, 4), (2, 3, 4)), "empty": ((2, 3, 0), (2, 3, 0))}
samples(
    "x[torch.tensor([0, 1]), :, torch.tensor([0, 1])]", "x[:, torch.tensor([0, 1]), torch.tensor([0, 1])]",
    "x[0, :, torch.tensor([0, 1])]", "x[torch.tensor([0, 1]), :, 0]", "x[..., 0]", "x[0, ...]",
    "x[torch.tensor([[True, True, False], [True, False, False]])]", "x[y > 0]", "x[:, 1:, ::2]",
    "x[torch.tensor([[True, True, False], [True, False, False]]), 0:1]", "x[1, 2, 3]", "x[:, None, 0]",
    "x[None, ..., None]", "x[1:, [0, 2]]", "x[[1, 0], 1:]",
    shapes=CUBE,
)  # fmt: skip
INDEXED = {"plain": ((2, 3), (2, 3)), "non-contiguous": ((2, 3), (2, 3)), "numbers": ((), ())}
samples(
    "x.gather(1, torch.tensor([[0, 2], [1, 1]]))", "x.gather(0, torch.tensor([[0, 1, 1]]))",
    "x.gather(1, torch.tensor([[0, 3], [1, 1]]))", "x.gather(1, torch.tensor([0, 1]))",
    "x.gather(1, torch.tensor([[0.0, 1.0]]))", "x.gather(0, torch.tensor([[0, 1, 1, 1]]))",
    "x.gather(2, torch.tensor([[0]]))", "x.gather(0, torch.tensor(0))",
    "x.gather(-1, torch.zeros(2, 0, dtype=torch.int64))",
    "x.scatter(1, torch.tensor([[0], [2]]), y)", "x.scatter(1, torch.tensor([[0], [2]]), 5.0)",
    "x.scatter(1, torch.tensor([[0], [3]]), 5.0)", "x.scatter(0, torch.tensor([[1, 0, 1]]), y)",
    "x.scatter(1, torch.tensor([[0], [2]]), y.half())", "x.scatter(1, torch.tensor([[0], [2]]), value=2)",
    "x.scatter_add(1, torch.tensor([[0, 0], [2, 1]]), y)", "x.scatter_add(0, torch.tensor([[0, 0, 0]]), y)",
    "x.index_select(0, torch.tensor([0, 0, 1]))", "x.index_select(1, torch.tensor([3]))",
    "x.index_select(0, torch.tensor([0.0]))", "x.index_select(0, torch.tensor([[0]]))",
    "x.index_select(-1, torch.tensor(1))", "x.index_select(2, torch.tensor([0]))",
    "x.index_add(0, torch.tensor([0, 0]), y)", "x.index_add(0, torch.tensor([0, 1]), y, alpha=2)",
    "x.index_add(0, torch.tensor([0]), y)", "x.index_fill(1, torch.tensor([0]), 7.0)",
    "x.index_copy(0, torch.tensor([1, 0]), y)",
    "x.index_put((torch.tensor([0, 1]),), y)", "x.index_put((torch.tensor([0, 0]),), y, accumulate=True)",
    "x.index_put((torch.tensor([0, 1]),), torch.ones(2, dtype=x.dtype))",
    "x.take(torch.tensor([0, 5]))", "x.take(torch.tensor([[0, -1]]))", "x.take(torch.tensor([6]))",
    "x.take(torch.tensor([0.0]))", "x.take_along_dim(torch.tensor([[0], [1]]), 1)",
    "x.take_along_dim(torch.tensor([0, 0]))", "x.take_along_dim(torch.tensor([[0.0]]), 1)",
    "x.masked_select(x > 0)", "x.masked_select(torch.tensor([True, False, True]))",
    "x.masked_select(torch.tensor([1, 0, 1]))", "x.masked_select(torch.tensor([True, False]))",
    "(x > 0).nonzero()", "x.nonzero(as_tuple=True)", "torch.argwhere(x > 0)", "torch.nonzero(x)",
    shapes=INDEXED,
)  # fmt: skip


def written(target: str, *writes: tuple[str, str]) -> None:
    """Add samples that write values to what keys name in `target`, and give that back."""
    for key, value in writes:
        samples(f"(lambda w: (w.__setitem__({key}, {value}), w)[1])({target})")


written(
    "x * 1",
    ("0", "5"),
    ("0", "y[0]"),
    ("0", "y"),
    ("0", "z"),
    ("slice(None)", "1"),
    ("...", "1"),
    ("slice(None)", "y"),
    ("(0, 1)", "1.0"),
    ("(0, 1)", "y[0, 1]"),
    ("()", "1"),
    ("torch.tensor([0, 1])", "1.0"),
    ("torch.tensor([0, 1])", "y"),
    ("[0, 1]", "y[0]"),
    ("[1]", "y[:1]"),
    ("x > 0", "0"),
    ("x > 0", "y[x > 0]"),
    ("torch.tensor([True, False])", "y[0]"),
    ("None", "y"),
    ("5", "1"),
    ("0", "[1, 2, 3]"),
    ("0", "'a'"),
    ("0", "None"),
    ("0", "y[:1]"),
    ("True", "1"),
    ("False", "1"),
    ("(slice(None), 0)", "y[:, 1]"),
    ("slice(0, 1)", "y[0]"),
    ("(slice(None), [0, 1])", "1"),
    ("(0, torch.tensor([0, 1]))", "y[0, :2]"),
    ("0", "True"),
    ("torch.tensor([0, 1])", "torch.ones(2, dtype=x.dtype)"),
    ("x > 0", "torch.ones(7, dtype=x.dtype)"),
    ("0", "y[0].double()"),
    ("(Ellipsis, 0)", "y.sum()"),
)
written("x", ("0", "1"))
written("x", ("[0]", "1"))
written("x.detach().clone()", ("0", "y[0]"))
samples(
    "(x * 1).copy_(y)", "(x * 1).copy_(z)", "x.detach().clone().copy_(y)", "(x * 1).copy_(y.double())",
    "x.copy_(y)", "(x * 1).fill_(2)", "(x * 1).fill_(y.sum())", "(x * 1).fill_(y)",
    "(x * 1).t_()", "(x * 1).squeeze_()", "(x * 1).squeeze_(0)", "(x * 1).squeeze_((0, 1))",
    "(x * 1).unsqueeze_(0)", "(x * 1).transpose_(0, 1)", "x.t_()", "(x * 1).unsqueeze_(0).squeeze_(0) * y",
    "(x * 1).tril_()", "(x * 1).triu_(1)", "(x * 1).index_put_((torch.tensor([0, 1]),), y)",
    "(x * 1).scatter_(1, torch.tensor([[0], [2]]), 5.0)", "(x * 1).scatter_(0, torch.tensor([[0, 0]]), y)",
    "(x * 1).scatter_add_(1, torch.tensor([[0], [2]]), y)",
    "(x * 1).index_add_(0, torch.tensor([0, 0]), y)", "(x * 1).index_fill_(0, torch.tensor([0]), 1.0)",
    "(x * 1).index_copy_(0, torch.tensor([1, 0]), y)",
    shapes={"plain": ((2, 3), (2, 3), (3,)), "non-contiguous": ((2, 3), (2, 3), (3,))},
)  # fmt: skip

INDEX = "torch.tensor([[0, 0, 1], [1, 0, 2]])"
samples(
    *(
        f"x.scatter_reduce(1, {INDEX}, y, '{way}', include_self={own})"
        for way in ("sum", "prod", "mean", "amax", "amin", "foo")
        for own in (True, False)
    ),
    f"a = x * 1; a.scatter_reduce_(1, {INDEX}, y, 'amax'); a",
    f"x.scatter_reduce(1, {INDEX}.float(), y, 'sum')", f"x.scatter_reduce(5, {INDEX}, y, 'sum')",
    f"x.scatter_reduce(1, {INDEX} + 7, y, 'sum')", f"x.scatter_reduce(1, {INDEX}, y)",
    f"x.scatter_reduce(1, {INDEX}, y.long(), 'sum')", f"x.scatter_reduce(1, {INDEX}, y[:1], 'sum')",
    f"x.scatter_reduce(1, {INDEX}, torch.cat([y, y], 1), 'sum')",
    f"x.scatter_reduce(1, {INDEX}, torch.cat([y, y], 1), 'amax')",
    "x.masked_scatter(x > 0, y)", "x.masked_scatter(x > 9, y)", "x.masked_scatter(x, y)",
    "x.masked_scatter((x > 0)[0], y)", "x[0].masked_scatter(x > 0, y)",
    "x.masked_scatter(x < 9, y[0])", "x.masked_scatter(x > 0, y.long())",
    "x.masked_scatter((x > 0)[:, :2], y)", "a = x * 1; a.masked_scatter_(x > 0, y); a",
    shapes={"plain": ((2, 3), (2, 3)), "non-contiguous": ((2, 3), (2, 3)), "0-d": ((), ()),
},
)  # fmt: skip
