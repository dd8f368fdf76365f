"""Samples of what layers compute: embedding, normalization, padding, similarity, activations."""

from .samples import samples

NAMES = "mish hardsigmoid hardswish celu hardshrink softshrink softsign tanhshrink"
ONE = {"plain": ((2, 3),), "0-d": ((),), "empty": ((0, 3),), "non-contiguous": ((2, 3),)}
samples(
    *(f"F.{name}(x)" for name in NAMES.split()), "F.mish(x.long())", "F.softshrink(x.long())",
    *(f"F.{name}(x * 4)" for name in NAMES.split()), "F.celu(x, 0.5)", "F.celu(x, 0)",
    *(f"a = x * 1; F.{name}(a, inplace=True)" for name in ("mish", "hardswish", "celu")),
    "F.hardshrink(x, 1.0)", "F.softshrink(x, 1.0)", "F.softshrink(x, -1)", "x.hardshrink()",
    "F.threshold(x, 0.5, 1.0)", "torch.threshold(x, 0, 7)", "torch.celu(x)", "F.mish('a')",
    "F.mish(x).square()", "F.hardswish(x).exp()",
    "F.threshold(x, 'a', 1)", "F.celu(x, 'a')",
    shapes=ONE,
)  # fmt: skip
PAIR = {"plain": ((2, 3), (2, 3)), "non-contiguous": ((2, 3), (2, 3)), "broadcast": ((2, 3), (3,)),
        "vectors": ((3,), (3,)), "one": ((2, 3), (1,)), "cube": ((2, 3, 2), (3,)),
        "wrong": ((2, 3), (2,)), "empty": ((0, 3), (3,))}  # fmt: skip
samples(
    "F.prelu(x, y)", "F.prelu(x, y.double())", "F.prelu(x, 1)", "F.cosine_similarity(x, y)",
    "F.cosine_similarity(x, y, dim=0)", "torch.nn.functional.cosine_similarity(x, y, dim=-1)",
    "F.cosine_similarity(x * 0, y)", "F.cosine_similarity(x, y, dim=5)", "F.cosine_similarity(x, 1)",
    "F.layer_norm(x, (3,), y, y)",
    "F.layer_norm(x, (3,), y)", "F.layer_norm(x, y.shape, y, y)",
    "F.layer_norm(x, (3,), y.double())", "torch.layer_norm(x, (3,), y, y, 0.1)",
    shapes=PAIR,
)  # fmt: skip
samples(
    "F.pad(x, (0, 3))", "F.pad(x, (2, 0), value=-1)", "F.pad(x, (0, 0, 1, 1))", "F.pad(x, (-1, 0, 2, 0))",
    "F.layer_norm(x * 2, (3,))", "F.layer_norm(x, (3,), eps=1.0)", "F.layer_norm(x.square(), x.shape)",
    "F.layer_norm(x, (3,))", "F.layer_norm(x, x.shape)", "F.layer_norm(x, (2,))", "F.layer_norm(x, 3)",
    "F.layer_norm(x, ())", "F.layer_norm(x.long(), (3,))", "F.layer_norm(x, [3], eps=0.1)",
    "F.pad(x, (1, 2))", "F.pad(x, (1, 2), value=7.5)", "F.pad(x, [1, 0, 0, 1])", "F.pad(x, (-1, 1))",
    "F.pad(x, (-1, -1))", "F.pad(x, (-2, -2))", "F.pad(x, (1,))", "F.pad(x, (1, 1, 1, 1, 1, 1, 1, 1))",
    "F.pad(x, ())", "F.pad(x, (1, 1), 'foo')", "F.pad(x, ('a', 1))", "F.pad(x, 1)",
    "torch.constant_pad_nd(x, (1, 1), 2)", "F.pad(x > 0, (1, 1))",
    shapes={"plain": ((2, 3),), "cube": ((2, 3, 3),), "vector": ((3,),), "non-contiguous": ((2, 3),),
            "empty": ((0, 3),)},
)  # fmt: skip
IDS = "torch.tensor([[0, 2], [2, 1]])"
samples(
    f"F.embedding({IDS}, x)", "F.embedding(x, x)",
    f"F.embedding({IDS}, x, padding_idx=7)", f"F.embedding({IDS} + 5, x)", f"F.embedding({IDS}, 'a')",
    f"F.embedding({IDS}[0, 0], x)", f"F.embedding({IDS}[:0], x)", f"torch.embedding(x, {IDS})",
    f"F.embedding({IDS}.int(), x)", f"F.embedding({IDS}, x[0])", "F.embedding('a', x)",
    "F.embedding(torch.tensor([0, 1]), x.detach() * 9, max_norm=1.0)",
    shapes={"plain": ((3, 2),), "non-contiguous": ((3, 2),), "short": ((2, 2),)},
)  # fmt: skip
samples(
    f"F.embedding({IDS}, x, padding_idx=2)", f"F.embedding({IDS}, x, padding_idx=-1)",
    f"F.embedding({IDS}, x, scale_grad_by_freq=True)",
    shapes={"plain": ((3, 2),)}, smooth=False,
)  # fmt: skip
