"""Samples of products of vectors and matrices."""

from .samples import samples

VECTORS = {"plain": ((3,), (3,)), "other length": ((3,), (4,)), "rank": ((2, 3), (3,))}
samples("torch.dot(x, y)", shapes=VECTORS)
PRODUCTS = {
    "matrices": ((2, 3), (3, 4)),
    "matrix and vector": ((2, 3), (3,)),
    "vector and matrix": ((3,), (3, 2)),
    "vectors": ((3,), (3,)),
    "non-contiguous": ((2, 3), (3, 4)),
    "empty": ((0, 3), (3, 4)),
    "empty inside": ((2, 0), (0, 4)),
    "wrong inside": ((2, 3), (2, 4)),
    "number": ((), (3,)),
}
samples("x @ y", "torch.matmul(x, y)", shapes=PRODUCTS)
