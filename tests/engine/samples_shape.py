"""Samples of operations that give the same numbers another shape, as views where that is possible."""

from .samples import samples

samples(
    "x.reshape(-1)", "x.reshape(3, 2)", "x.reshape((3, -1))", "x.reshape(7)", "x.reshape(-1, 4)",
    "x.reshape(-1, -1)", "x.reshape(-2, 3)", "x.reshape(-1, 0)", "torch.reshape(x, (-1,))",
    "x.view(3, 2)", "x.view(-1)", "x.view(2, 3)", "x.view_as(x)", "x.reshape_as(x)",
    "x.flatten()", "x.flatten(0, 1)", "x.flatten(1)", "x.flatten(1, 0)", "x.ravel()",
    "x.unflatten(0, ())",
)  # fmt: skip
samples(
    "x.unsqueeze(0)", "x.unsqueeze(-1)", "x.unsqueeze(1)", "x.unsqueeze(4)",
    "x.squeeze()", "x.unsqueeze(0).squeeze()", "x.unsqueeze(0).squeeze(0)", "x.squeeze(-1)",
    "x.unsqueeze(0).squeeze((0, 1))", "x.squeeze((0, 0))", "x.squeeze(3)",
)  # fmt: skip
samples(
    "x.expand(2, 2, 3)", "x.expand(-1, 3)", "x.expand(2, -1, -1)", "x.expand(3)", "x.expand_as(x)",
    "x.expand(-2, 3)", "torch.broadcast_to(x, (4, 2, 3))", "x.unsqueeze(-1).expand(2, 3, 4)",
    "torch.broadcast_tensors(x, y)", "torch.broadcast_tensors(x, y, z)",
)  # fmt: skip
samples(
    "x.t()", "x.T", "x.mT", "x.H", "x.mH", "torch.adjoint(x)",
    "x.permute(1, 0)", "x.permute((-1, 0))", "x.permute(0, 0)", "x.permute()", "x.permute(0, 5)",
    "x.transpose(0, 1)", "x.transpose(-1, 0)", "x.swapaxes(0, 1)", "x.transpose(0, 3)",
    "x.movedim(0, 1)", "x.movedim(0, -1)", "torch.movedim(x, (0, 1), (1, 0))",
    "x.movedim((0, 1), (0,))", "x.movedim((0, 0), (0, 1))",
)  # fmt: skip
samples(
    "x.clone()", "x.double()", "x.float()", "x.long()", "x.half()", "x.int()", "x.bool()",
    "x.detach()", "x.contiguous()", "x.t().contiguous()", "x.to(torch.float64)", "x.to('cpu')",
    "x.to(torch.float64, copy=True)", "x.to(y.double())", "x.type_as(y)", "x.type(torch.float64)",
    "x.type()", "x.cpu()", "x.to(dtype=torch.int64)",
)  # fmt: skip
samples(
    "x.select(0, 0)", "x.select(-1, 1)", "x.select(0, 5)", "x.select(4, 0)",
    "x.narrow(0, 0, 1)", "x.narrow(-1, 1, 2)", "x.narrow(0, 1, 5)", "x.narrow(0, 9, 1)",
    "x.narrow(0, 0, -1)", "x.diagonal()", "x.diagonal(1)", "x.diagonal(-1)", "x.diagonal(0, 1, 0)",
    "x.diagonal(0, 0, 0)", "x.diagonal(5)", "x.unfold(0, 2, 1)", "x.unfold(-1, 2, 2)",
    "x.unfold(0, 2, 0)", "x.unfold(0, 1, 1)", "x.view(-1).as_strided((2, 2), (1, 2))",
)  # fmt: skip
samples(
    "x.unflatten(-1, (3, 1))", "x.unflatten(0, (-1, 2))", "x.unflatten(1, (2, 2))",
    shapes={"plain": ((2, 3),), "non-contiguous": ((2, 3),), "empty": ((0, 3),)},
)  # fmt: skip
CUBE = {"plain": ((2, 3, 4),), "empty": ((2, 0, 4),)}
samples(
    "x.permute(2, 0, 1)", "x.permute(-1, 1, 0)", "x.T", "x.mT", "x.H", "x.t()", "x.movedim(0, -1)",
    "x.movedim((0, 1), (1, 2))", "x.flatten(0, 1)", "x.flatten(1)", "x.transpose(0, 1).reshape(6, 4)",
    "x.transpose(1, 2).flatten(1)", "x.transpose(0, 1).view(6, 4)", "x.transpose(0, 1).view(3, 2, 2, 2)",
    "x.diagonal(0, 1, 2)", "x.diagonal(-1, 2, 0)", "x.unflatten(2, (2, 2))", "x.unfold(2, 2, 1)",
    "x.squeeze((0, 2))", "x.unsqueeze(2)", "x.expand(5, 2, 3, 4)", "x.select(1, -1)",
    shapes=CUBE,
)  # fmt: skip
