"""Wrong calls of the functions that learners use most: the same error, in the same words."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from types import FunctionType, ModuleType

import pytest

from tests.torch_parity.calls import called

RIGHT = (
    "add(x, x)", "sub(x, x)", "mul(x, x)", "div(x, x)", "pow(x, 2)", "matmul(x, x)", "mm(x, x)",
    "bmm(b, b)", "dot(v, v)", "mv(x, v)", "sin(x)", "exp(x)", "log(x)", "sqrt(x)", "tanh(x)",
    "sigmoid(x)", "relu(x)", "abs(x)", "square(x)", "sum(x)", "sum(x, 1)", "mean(x)", "mean(x, 1)",
    "prod(x)", "max(x, 1)", "argmax(x)", "std(x)", "cumsum(x, 0)", "softmax(x, 0)",
    "logsumexp(x, 0)", "sort(x)", "topk(x, 1)", "reshape(x, (4,))", "transpose(x, 0, 1)",
    "permute(x, (1, 0))", "unsqueeze(x, 0)", "flatten(x)", "cat([x, x])", "stack([x, x])",
    "chunk(x, 2)", "gather(x, 0, i)", "index_select(x, 0, k)", "where(x > 0, x, x)",
    "masked_fill(x, x > 0, 1.0)", "clamp(x, 0, 1)", "tril(x)", "flip(x, (0,))", "outer(v, v)",
    "eq(x, x)", "maximum(x, x)", "clone(x)", "diag(x)", "numel(x)", "lerp(x, x, 0.5)",
    "addmm(x, x, x)", "zeros(2)", "ones(2)", "full((2,), 1.0)", "rand(2)", "randn(2)",
    "randint(0, 3, (2,))", "zeros_like(x)", "ones_like(x)", "tensor(1.0)", "linalg.solve(x, v)", "trace(x)",
    "nn.functional.linear(x, x)", "nn.functional.softplus(x)", "nn.functional.one_hot(k)",
    "nn.functional.cross_entropy(x, k)", "nn.functional.nll_loss(x, k)", "nn.functional.gelu(x)",
    "x.add(x)", "x.sum(1)", "x.mean(0)", "x.view(4)", "x.reshape(4)", "x.detach()", "x.item()",
    "x.numpy()", "x.tolist()", "x.pow(2)", "x.max(0)", "x.expand(2, 2)", "x.t()", "x.dim()",
    "x.double()", "x.clone()", "x.zero_()", "x.add_(1)", "x.mul_(2)", "x.fill_(1)",
    "x.permute(1, 0)", "x.transpose(0, 1)", "x.squeeze()", "x.exp()", "x.mm(x)", "x.matmul(x)",
    "x.repeat(2, 2)", "x.masked_fill(x > 0, 1)", "x.gather(0, i)", "x.scatter_(0, i, 1.0)",
    "x.retain_grad()", "x.view_as(x)", "x.normal_()", "x.detach_()", "x.index_select(0, k)",
)  # fmt: skip
WRONG = ("'a'", "None", "[1.5]", "x", "2.5", "{}")
LENIENT = re.compile(
    r"max\((x, )?((1|0), |None)|full\(\(2,\), |logsumexp\(x, 0, |scatter_\(0, i, |randint\(.*2\.5|"
    r"(clamp|lerp|pow|where|masked_fill)\(x.*(None|\[1.5\]|2.5|x|\{\})|fill_\(\[|squeeze\((None|1, 2)|"
    r"tril\(x, 2.5|one_hot\(k, 2.5|softplus\(x, (\[|x)|normal_\(\[|prod\(x, None|add_\(1, (x|\[)"
)
"""Calls that go through here, or that PyTorch answers from deeper inside than its arguments."""


def wrong_calls() -> Iterator[str]:
    """Yield calls with nothing, too much, an unknown keyword, and a wrong value at each place."""
    for right in RIGHT:
        call = ast.parse(right, mode="eval").body
        assert isinstance(call, ast.Call)
        name = ast.unparse(call.func)
        given = [ast.unparse(arg) for arg in call.args]
        yield f"{name}()" if given else f"{name}({', '.join(['x'] * 9)})"
        yield f"{name}({', '.join([*given, '1', '2', '3', '4', '5', '6', '7'])})"
        yield f"{name}({', '.join([*given, 'foo=1'])})"
        yield f"{name}({', '.join([*given, 'foo=1', 'bar=x'])})"
        for place in range(len(given) + 1):
            for wrong in WRONG:
                yield f"{name}({', '.join([*given[:place], wrong, *given[place + 1 :]])})"


def outcome(code: str, torch: ModuleType) -> str:
    """Run a call and return its error, or that there was none."""
    try:
        called(code, torch)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "no error"


CALLS = [code for code in dict.fromkeys(wrong_calls()) if not LENIENT.search(code)]
KEEPING = (
    *("sum", "mean", "nansum", "nanmean", "prod", "std", "var", "std_mean", "var_mean", "amax", "amin"),
    *("max", "min", "argmax", "argmin", "median", "nanmedian", "mode", "logsumexp", "any", "all"),
)  # fmt: skip
OTHER_BOOLS = (
    *(f"x.{name}(1, keepdim={no})" for name in KEEPING for no in ("0", "1", "None", "np.True_")),
    *(f"{name}(x, 1, keepdim={no})" for name in KEEPING for no in ("2", "'a'", "x")),
    *(f"x.{name}(0, 1)" for name in KEEPING if not name.startswith(("std", "var"))),
    *(f"x.{name}(keepdim=0)" for name in ("sum", "mean", "nansum", "argmax", "argmin", "mode")),
    *("aminmax(x, dim=1, keepdim=1)", "x.kthvalue(1, 1, 1)", "kthvalue(x, 1, keepdim=1)"),
    *("x.quantile(0.5, 1, 1)", "nanquantile(x, 0.5, keepdim=1)", "x.sum(0, True)", "x.any(0, False)"),
    *("x.norm(2, 1, keepdim=1)", "linalg.vector_norm(x, 2, 1, 0)", "x.std(0, keepdim=True)"),
)  # fmt: skip
"""A bool is True or False, and no number: `x.sum(0, 1)` does not sum over both dimensions."""
CONVERSIONS = tuple(
    f"x.to({given})"
    for given in (
        *("torch.float64, foo=1", "foo=1", "x, foo=1", "'cpu', foo=1", "torch.float64, copy=1"),
        *("dtype=torch.float64, foo=1", "torch.float64, torch.float32", "torch.float64, x", "x, x"),
        *("torch.float64, non_blocking=None", "torch.float64, False, True, True", "other=x", "x, 1"),
        *("'cpu', torch.float64, True", "torch.float64, False, True", "None", "dtype=None", "'cpu', x"),
        *("tensor=x", "memory_format=torch.preserve_format", "device='cpu', dtype=torch.float64", "{}"),
        *("", "torch.float64, dtype=torch.float64", "'cpu', 'cpu'", "dtype=x", "torch.device('cpu')"),
        *("None, torch.float64", "'cpu', None", "'cpu', True", "x, copy=True", "[1.5]"),
        *("float", "dtype=int"),
    )
)  # fmt: skip

FOR_FUNCTIONS = (
    *(f"x.{name}(out=None)" for name in ("exp", "round", "sum", "relu", "sqrt", "abs", "square")),
    *(
        f"x.{name}(2, out=None)"
        for name in ("mul", "lt", "clamp", "div", "fmod", "pow", "unsqueeze")
    ),
    *("x.cumsum(0, out=None)", "x.matmul(x, out=x)", "x.clip(0, 1, out=None)", "x.sort(out=None)"),
)
"""Methods have no `out`, by which NumPy notices that `np.round(x)` must ask for the numbers."""
WITHOUT_GRAD = (
    *("norm(None)", "linalg.norm(None)", "where(x > 0, None, x)", "where(x > 0, x, None)"),
    *("zeros_like(None)", "stack([None])", "isnan(None)", "allclose(None, x)", "x.add_(None)"),
    *("x.copy_(None)", "x.dot(None)", "maximum(None, x)", "sqrt(None)"),
)
"""What a `.grad` that is None yet is given to."""


BY_FUNCTION: dict[str, list[str]] = {}
for _code in (*CALLS, *OTHER_BOOLS, *CONVERSIONS, *FOR_FUNCTIONS, *WITHOUT_GRAD):
    BY_FUNCTION.setdefault(_code.partition("(")[0], []).append(_code)


@pytest.mark.needs_torch
@pytest.mark.parametrize("function", BY_FUNCTION)
def test_wrong_calls_are_refused_in_the_same_words(function: str) -> None:
    """Class and text of the error are PyTorch's."""
    torch = pytest.importorskip("torch")
    import autograd_lab

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for code in BY_FUNCTION[function]:
            assert outcome(code, autograd_lab) == outcome(code, torch), code


MADE = ("__add__", "__radd__", "__lt__", "__iadd__", "__and__", "__matmul__")
"""Operators whose functions the engine makes."""


@pytest.mark.needs_torch
def test_functions_and_methods_say_whose_they_are() -> None:
    """What a forgotten pair of parentheses prints: `<function Tensor.split at …>`."""
    torch = pytest.importorskip("torch")
    import autograd_lab

    for name in set(dir(autograd_lab.Tensor)) & set(dir(torch.Tensor)):
        method, theirs = getattr(autograd_lab.Tensor, name), getattr(torch.Tensor, name)
        if isinstance(method, FunctionType) and (name[0] != "_" or name in MADE):
            assert method.__name__ == theirs.__name__ == name
            assert method.__qualname__ == theirs.__qualname__.replace("TensorBase", "Tensor")
    for name in set(dir(autograd_lab)) & set(dir(torch)):
        function = getattr(autograd_lab, name)
        if isinstance(function, FunctionType) and name[0] != "_":
            assert function.__name__ == function.__qualname__ == name
            assert getattr(torch, name).__name__ == name


def test_the_lenient_calls_are_few() -> None:
    """What is left out above stays a small part."""
    assert len(CALLS) > 0.9 * len(set(wrong_calls()))
