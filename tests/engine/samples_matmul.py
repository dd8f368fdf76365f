"""Samples of products of vectors, matrices and batches of these, and of linear algebra."""

from .samples import samples

PRODUCTS = {
    "matrices": ((2, 3), (3, 4)),
    "matrix and vector": ((2, 3), (3,)),
    "vector and matrix": ((3,), (3, 2)),
    "vectors": ((3,), (3,)),
    "non-contiguous": ((2, 3), (2, 4)),
    "empty": ((0, 3), (3, 4)),
    "empty inside": ((2, 0), (0, 4)),
    "wrong inside": ((2, 3), (2, 4)),
    "wrong vector": ((2, 3), (2,)),
    "wrong vectors": ((2,), (3,)),
    "vector and wrong matrix": ((2,), (3, 2)),
    "number": ((), (3,)),
    "batches": ((2, 2, 3), (2, 3, 2)),
    "batch and matrix": ((4, 2, 3), (3, 2)),
    "matrix and batch": ((2, 3), (4, 3, 2)),
    "batch and vector": ((4, 2, 3), (3,)),
    "vector and batch": ((3,), (4, 3, 2)),
    "4-d and batch": ((3, 2, 2, 3), (2, 3, 2)),
    "4-d and matrix": ((3, 2, 2, 3), (3, 2)),
    "4-d and vector": ((3, 2, 2, 3), (3,)),
    "stretched batch": ((1, 2, 3), (4, 3, 2)),
    "empty batch": ((0, 2, 3), (3, 2)),
    "batches differ": ((2, 2, 3), (3, 3, 2)),
    "wrong in batch": ((2, 2, 3), (2, 2, 2)),
    "wrong matrix for batch": ((2, 2, 3), (2, 2)),
}
samples(
    "x @ y", "torch.matmul(x, y)", "x.matmul(y)", "x @ y.detach()", "x.detach() @ y",
    "x @ y.long()", "x.mT @ y", "x.transpose(0, -1) @ y",
    "torch.mm(x, y)", "torch.mv(x, y)", "torch.bmm(x, y)", "torch.dot(x, y)", "torch.vdot(x, y)",
    "torch.outer(x, y)", "torch.inner(x, y)", "torch.inner(x, x)", "torch.tensordot(x, y, 1)",
    "torch.tensordot(x, x, 2)", "torch.tensordot(x, y, 0)", "torch.tensordot(x, y, ([-1], [0]))",
    "torch.kron(x, y)", "torch.einsum('...i,i...', x, y)", "x.long() @ y.long()", "x.double() @ y.float()",
    shapes=PRODUCTS,
)  # fmt: skip
samples(
    "x @ 3",
    "3 @ x",
    "x @ [1, 2]",
    "torch.matmul(x, 3)",
    "(x > 0) @ (x > 0).t()",
    shapes={"plain": ((2, 3),)},
)
ADDED = {
    "plain": ((2, 2), (2, 3), (3, 2)),
    "row": ((2,), (2, 3), (3, 2)),
    "column": ((2, 1), (2, 3), (3, 2)),
    "number": ((), (2, 3), (3, 2)),
    "too long": ((3,), (2, 3), (3, 2)),
    "too deep": ((1, 2, 2), (2, 3), (3, 2)),
    "wrong inside": ((2, 2), (2, 3), (2, 2)),
    "vector": ((2,), (2, 3), (3,)),
    "vectors": ((2, 3), (2,), (3,)),
    "batches": ((2, 2, 2), (2, 2, 3), (2, 3, 2)),
    "row for batches": ((2,), (2, 2, 3), (2, 3, 2)),
}
samples(
    "torch.addmm(x, y, z)", "x.addmm(y, z, beta=0.5, alpha=2)", "torch.addmm(x, y, z, beta=0)",
    "torch.addmv(x, y, z)", "torch.addmv(x, y, z, alpha=0.5)", "torch.addr(x, y, z)",
    "torch.addr(x, y, z, beta=2, alpha=3)", "torch.baddbmm(x, y, z)",
    "torch.baddbmm(x, y, z, beta=2, alpha=0.5)", "torch.addmm(x, y, z.double().float().long())",
    shapes=ADDED,
)  # fmt: skip
THREE = {"plain": ((2, 3), (2, 3)), "stretched": ((2, 3), (1, 3)), "ranks differ": ((2, 3), (3,)),
         "wrong": ((2, 2), (2, 2)), "columns": ((3, 3), (3, 3)), "one": ((3,), (3,))}  # fmt: skip
samples(
    "torch.linalg.cross(x, y)", "torch.cross(x, y, dim=-1)", "torch.linalg.cross(x, y, dim=0)",
    "torch.cross(x, y)", "torch.linalg.cross(x, y, dim=3)", shapes=THREE,
)  # fmt: skip
samples(
    "torch.einsum('ij,jk->ik', x, y)", "torch.einsum('ij,jk', x, y)", "torch.einsum('ij,jk->ki', x, y)",
    "torch.einsum('ij->ji', x)", "torch.einsum('ij->', x)", "torch.einsum('ij->j', x)", "torch.einsum('ij,kl->ijkl', x, y)",
    "torch.einsum('ij,jk,kl->il', x, y, y.t())", "torch.einsum('ij,ij->i', x, x)", "torch.einsum('ij,ij->', x, x)",
    "torch.einsum('ij,ij->ij', x, x)", "torch.einsum('ij,kj->ik', x, x)", "torch.einsum('ij,kl->', x, y)",
    "torch.einsum('ii', x @ x.t())", "torch.einsum('ii->i', x @ x.t())", "torch.einsum('ii,i->i', x @ x.t(), x[:, 0])",
    "torch.einsum('i,j->ij', x[0], y[0])", "torch.einsum('i,i', x[0], x[0])", "torch.einsum('i,ij->j', x[:, 0], x)",
    "torch.einsum('...i,ij->...j', x, y)", "torch.einsum('i...->...', x)", "torch.einsum('ij->...i', x)",
    "torch.einsum(x, [0, 1], y, [1, 2], [0, 2])", "torch.einsum(' i j , j k -> i k', x, y)",
    "torch.einsum('ij,jk', x, x)", "torch.einsum('ijk', x)", "torch.einsum('i', x)", "torch.einsum('ij->k', x)",
    "torch.einsum('ij->ii', x)", "torch.einsum('ij,jk', x)", "torch.einsum('ij', x, y)", "torch.einsum('i1', x)",
    "torch.einsum('ij->i->j', x)", "torch.einsum('ij,jk->ik')", "torch.einsum('ij..->i', x)", "torch.einsum('ij.->i', x)",
    "torch.einsum('i...j...', x)", "torch.einsum('ii', x)", "torch.einsum('ij,jk->ik', [x, y])",
    "torch.einsum('ijk...', x)", "torch.einsum('bi,ij->bj', x[:1], y)", "torch.einsum('ij,jk->ik', x[:, :1], y[:1])",
    "torch.einsum('ab,ab,ab->a', x, x, x)", "torch.einsum('aB->Ba', x)", "torch.einsum('Ba', x)",
    "torch.einsum('bij,bjk->bik', torch.stack([x, x]), torch.stack([y, y]))",
    "torch.einsum('bij,bkj->bik', torch.stack([x, x]), torch.stack([x, x]))",
    "torch.einsum('bij,jk->bik', torch.stack([x, x]), y)", "torch.einsum('bij,bjk->ik', torch.stack([x, x]), torch.stack([y, y]))",
    "torch.einsum('...ij,...jk->...ik', torch.stack([x, x]), y)",
    shapes={"plain": ((2, 3), (3, 4)), "non-contiguous": ((3, 2), (4, 3)), "empty": ((0, 3), (3, 2)), "square": ((3, 3), (3, 3))},
)  # fmt: skip
SQUARE = {"plain": ((2, 2), (2, 3)), "batch": ((2, 3, 3), (2, 3, 2)), "not square": ((2, 3), (2, 3)),
          "vector": ((3,), (3,)), "vector side": ((3, 3), (3,)), "vector sides": ((2, 3, 3), (2, 3)),
          "empty": ((0, 0), (0, 2)), "wrong side": ((2, 2), (3, 2)), "one side": ((2, 2, 2), (2, 3)),
          "sides": ((2, 2), (3, 2, 1))}  # fmt: skip
samples(
    "torch.trace(x)", "x.trace()", "torch.linalg.inv(x)", "torch.inverse(x)", "torch.linalg.det(x)",
    "x.det()", "torch.linalg.solve(x, y)", "torch.linalg.inv(x * 0)", "torch.linalg.det(torch.cat([x[..., :1, :], x[..., :1, :] * 2], -2))",
    "torch.linalg.solve(x * 0, y)", "torch.linalg.inv(x.long())", "torch.matrix_power(x, 3)",
    "torch.matrix_power(x, 0)", "torch.linalg.matrix_power(x, -2)", "torch.matrix_power(x, 5)", "x.matrix_power(1)",
    shapes=SQUARE,
)  # fmt: skip
samples(
    "torch.linalg.norm(x, 1)", "torch.linalg.norm(x, float('inf'))", "torch.linalg.matrix_norm(x, -1)",
    "torch.linalg.norm(x, 'fro')", "torch.linalg.norm(x, 5)", "torch.linalg.norm(x, 'foo')",
    "torch.linalg.matrix_norm(x, float('-inf'), keepdim=True)", "torch.linalg.norm(x, dim=(0, 1, 0))",
    shapes={name: shapes for name, shapes in SQUARE.items() if name != "empty"},
)  # fmt: skip
