"""Samples of operations that make one tensor of several, several of one, or repeat one."""

from .samples import samples

samples(
    "torch.cat([x, x])", "torch.cat((x, y), 1)", "torch.cat([x, y], dim=-1)", "torch.cat([x, y])",
    "torch.cat([x, x.double()])", "torch.cat([x, torch.ones(0, dtype=x.dtype)])", "torch.cat([])",
    "torch.cat([x, x], 3)", "torch.cat(x)", "torch.cat([x, 1])", "torch.concat([x, x])",
    "torch.cat([x, x.long()])",
    "torch.stack([x, x])", "torch.stack((x, y), 1)", "torch.stack([x, y], -1)", "torch.stack([])",
    "torch.stack([x, x], 4)", "torch.stack([x, x.double()])", "torch.stack([x, y])",
    "torch.hstack([x, x])", "torch.vstack([x, x])", "torch.dstack([x, x])",
    "torch.column_stack([x, x])", "torch.hstack([x, y])", "torch.vstack([x, y])",
    "torch.atleast_1d(x)", "torch.atleast_2d(x)", "torch.atleast_3d(x)", "torch.atleast_2d(x, y)",
)  # fmt: skip
samples(
    "x.unbind()", "x.unbind(1)", "x.unbind(-1)", "torch.unbind(x, 4)", "list(x)[0]", "tuple(x)",
    "x.split(1)", "x.split(2, 1)", "x.split([1, 2], 1)", "x.split([1, 1], 1)", "x.split(0)",
    "x.split(-1)", "x.split([-1, 4], 1)", "x.split(1, 3)",
    "x.chunk(2)", "x.chunk(2, 1)", "x.chunk(5)", "x.chunk(0)", "x.tensor_split(2, 1)",
    "x.tensor_split((1,), 1)", "x.tensor_split(0)", "x.hsplit(1)", "x.unbind(1)[1] * 2",
    "x.unbind(-1)[-1] * 2", "x.split(1, -1)[0] * 2", "x.split(2, -1)[1] + 1", "x.vsplit(1)",
)  # fmt: skip
samples(
    "x.repeat(2, 1)", "x.repeat(2)", "x.repeat(2, 2, 2)", "x.repeat(-1, 2)", "x.repeat(0, 2)",
    "x.repeat((1, 1))", "x.tile(2)", "x.tile((2, 2, 2))", "torch.tile(x, (2,))",
    "x.repeat_interleave(2)", "x.repeat_interleave(2, 0)", "x.repeat_interleave(2, dim=-1)",
    "x.repeat_interleave(torch.tensor([1, 2]), dim=0)", "x.repeat_interleave(torch.tensor([1, 2]))",
    "torch.repeat_interleave(torch.tensor([1, 2]))", "x.repeat_interleave(-1)",
    "x.flip(0)", "x.flip(0, 1)", "x.flip((0, -1))", "x.flip(0, 0)", "x.flip(3)", "torch.flip(x, [0])",
    "x.fliplr()", "x.flipud()", "x.roll(1)", "x.roll(1, 0)", "x.roll((1, 2), (0, 1))",
    "x.roll((1, 2), 0)", "x.roll(-1, 1)", "x.roll(1, 3)", "x.rot90()", "x.rot90(2)", "x.rot90(-1)",
    "x.rot90(1, (0, 0))", "x.rot90(1, (1, 0))", "reversed(x)",
)  # fmt: skip
samples(
    "x.tril()", "x.tril(-1)", "x.triu()", "x.triu(1)", "torch.triu(x, diagonal=-1)",
    "x.diag()", "x.diag(1)", "torch.diag(x, -1)", "torch.diagflat(x)", "torch.diag_embed(x)",
    "x.diag_embed(1, 0, 2)", "x.diag_embed(0, 0, 0)", "x.diag_embed(-1)",
)  # fmt: skip
VECTORS = {"plain": ((3,), (3,)), "other length": ((3,), (2,)), "empty": ((0,), (3,))}
samples(
    "torch.cat([x, y])", "torch.stack([x, y], 1)", "torch.hstack([x, y])", "torch.vstack([x, y])",
    "torch.column_stack([x, y])", "torch.dstack([x, y])", "x.diag()", "x.diag(-1)", "x.diagflat()",
    "x.tile((2, 1))", "x.repeat(2)", "x.flip(0)", "x.roll(1)", "x.unfold(0, 2, 1)", "x.chunk(2)",
    "x.unbind()", "torch.meshgrid(x, y, indexing='ij')", "torch.meshgrid(x, y, indexing='xy')",
    shapes=VECTORS,
)  # fmt: skip
CUBE = {"plain": ((2, 3, 4),)}
samples(
    "x.flip(0, 2)", "x.roll((1, 1), (0, 2))", "x.rot90(1, (1, 2))", "x.repeat(2, 1, 3)", "x.tril()",
    "x.split([1, 3], 2)", "x.chunk(3, 2)", "x.repeat_interleave(2, 1)", "torch.cat([x, x], 1)",
    "torch.stack([x, x], 2)", "torch.dstack([x, x])", "x.diag_embed()", "x.unbind(1)", "x.diag()",
    shapes=CUBE,
)  # fmt: skip
