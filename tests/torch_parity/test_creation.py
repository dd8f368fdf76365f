"""New tensors against PyTorch: numbers, dtypes, layouts, errors, and random numbers."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

import autograd_lab

CALLS = """
torch.promote_types(torch.int32, torch.float32)
torch.promote_types(1, 2)
torch.result_type(torch.ones(2), 1.5)
torch.result_type(torch.ones(2).long(), 1.5)
torch.result_type(1, torch.ones(2))
torch.result_type(1, 2.5)
torch.result_type(torch.ones(2), 'a')
torch.can_cast(torch.float32, torch.int32)
torch.can_cast(torch.int32, torch.float32)
torch.finfo(torch.float32)
torch.finfo(torch.float64)
torch.finfo()
torch.finfo(torch.float64).eps
torch.finfo(torch.int8)
torch.iinfo(torch.int8)
torch.iinfo(torch.float32)
torch.ones(2)[torch.newaxis]
torch.is_complex(torch.ones(2))
torch.ones(2).is_signed()
(torch.ones(2) > 0).is_signed()
torch.is_same_size(torch.ones(2), torch.ones(3))
torch.ones(2).is_same_size(torch.zeros(2))
torch.is_same_size(torch.ones(2))
torch.ones(2).get_device()
(torch.ones(2).is_cpu, torch.ones(2).is_cuda, torch.ones(2).is_sparse, torch.ones(2).is_meta)
torch.is_inference(torch.ones(2))
torch.tensor([1, 2.5])
torch.tensor([1, True])
torch.tensor([True, False])
torch.tensor([[1, 2], [3, 4]])
torch.tensor([[1, 2], [3]])
torch.tensor([[1, 2], 3])
torch.tensor([1, [2]])
torch.tensor([1.0, [2]])
torch.tensor('a')
torch.tensor(['a'])
torch.tensor(None)
torch.tensor([None])
torch.tensor({})
torch.tensor({1, 2})
torch.tensor([torch.tensor(1.0), torch.tensor(2)])
torch.tensor([torch.tensor([1.0, 2.0])])
torch.tensor([torch.tensor([1.0]), torch.tensor([2.0])])
torch.tensor([])
torch.tensor([[]])
torch.tensor([[], []])
torch.tensor(3)
torch.tensor(3.5)
torch.tensor(True)
torch.tensor(3, dtype=torch.bool)
torch.tensor(2**70)
torch.tensor(2**63)
torch.tensor([1.5, -1.5], dtype=torch.int64)
torch.tensor(np.float64(3))
torch.tensor(np.float32(3))
torch.tensor([np.float64(3)])
torch.tensor([np.float32(3)])
torch.tensor([np.int32(3)])
torch.tensor([1, np.float64(3)])
torch.tensor([np.ones(2)])
torch.tensor([np.ones(2, 'float32'), np.zeros(2, 'float32')])
torch.tensor([1, 2], requires_grad=True)
torch.tensor([1.0, 2.0], requires_grad=True)
torch.tensor(1.0, device='cuda')
torch.tensor(1.0, device='cpu')
torch.tensor(1.0, device=0)
torch.ones(2).to(3)
torch.ones(2).to(-1)
torch.tensor(1, dtype=float)
torch.tensor(1.0, dtype=int)
torch.tensor(1.0, dtype='float32')
torch.tensor(range(3))
torch.tensor((1, 2))
torch.tensor(np.arange(6).reshape(2, 3))
torch.as_tensor([1, 2])
torch.as_tensor(np.ones(2), dtype=torch.float32)
torch.as_tensor(torch.ones(2), dtype=torch.float64)
torch.asarray([1, 2.0])
torch.asarray(3)
torch.from_numpy([1, 2])
torch.from_numpy(np.ones(3)[::-1])
torch.from_numpy(np.ones(3, dtype='>f4'))
torch.from_numpy(np.array(1.0))
torch.from_numpy(np.ones((3, 2)).T)
torch.zeros(2, 3)
torch.zeros((2, 3))
torch.zeros([2, 3])
torch.zeros(())
torch.zeros()
torch.zeros(-1)
torch.zeros(2.5)
torch.zeros('a')
torch.zeros(2, dtype=torch.int64)
torch.zeros(2, dtype=torch.int64, requires_grad=True)
torch.zeros(size=(2,))
torch.zeros(torch.tensor(2))
torch.ones(0, 3)
torch.ones(2, device='cuda')
torch.ones(2, requires_grad=True)
torch.full((2,), 3)
torch.full((2,), True)
torch.full((2,), 3.0)
torch.full((2,), torch.tensor(3.0))
torch.full(2, 3)
torch.full((2,), 3, dtype=torch.float64)
torch.empty(2, 3).shape
torch.eye(3)
torch.eye(2, 3)
torch.eye(-1)
torch.eye(2, -1)
torch.eye(2, dtype=torch.int64)
torch.arange(5)
torch.arange(1, 5)
torch.arange(1, 5, 2)
torch.arange(0, 1, 0.25)
torch.arange(5.0)
torch.arange(5, 0, -1)
torch.arange(0, 5, -1)
torch.arange(0, 5, 0)
torch.arange(5, 0)
torch.arange(0, float('inf'))
torch.arange(0, float('nan'))
torch.arange(3, dtype=torch.float64)
torch.arange(3, requires_grad=True)
torch.arange(3.0, requires_grad=True)
torch.arange(torch.tensor(3))
torch.arange(torch.tensor(3.0))
torch.arange(0.5, 3)
torch.arange(2, dtype=torch.bool)
torch.arange(start=1, end=3)
torch.arange(end=3)
torch.arange(0)
torch.linspace(0, 1, 5)
torch.linspace(0, 1, 1)
torch.linspace(0, 1, 0)
torch.linspace(0, 1, -1)
torch.linspace(0, 10, 4, dtype=torch.int64)
torch.linspace(-3, 3, 7)
torch.linspace(1, 5, 3, requires_grad=True)
torch.logspace(0, 2, 3)
torch.logspace(0, 3, 4, base=2)
torch.zeros_like(torch.ones(2, 3))
torch.zeros_like(torch.ones(2), dtype=torch.int64)
torch.zeros_like(torch.ones(2), requires_grad=True)
torch.ones_like(torch.ones(2, 3).t()).stride()
torch.full_like(torch.ones(2), 3)
torch.full_like(torch.ones(2, dtype=torch.int64), 3.5)
torch.empty_like(torch.ones(2, 3)).shape
torch.zeros_like([1])
torch.zeros_like(input=torch.ones(2))
torch.ones(2).new_tensor([1, 2])
torch.ones(2).new_zeros(2, 3)
torch.ones(2).new_zeros((2, 3), dtype=torch.int64)
torch.ones(2, dtype=torch.int64).new_ones(2)
torch.ones(2).new_full((2,), 1)
torch.ones(2).new_empty(3).shape
torch.tril_indices(3, 3)
torch.tril_indices(3, 4, -1)
torch.triu_indices(3, 4, 1)
torch.rand(2, dtype=torch.int64)
torch.randn(2, dtype=torch.int64)
torch.rand(-1)
torch.randint(5, 0, (3,))
torch.randint(0, 300, (3,), dtype=torch.uint8)
torch.randint(5, 3)
torch.randint(3, (2,), requires_grad=True)
torch.randperm(-1)
torch.normal(0.0, -1.0, (3,))
torch.normal(torch.zeros(3), -torch.ones(3))
torch.normal(torch.zeros(3), torch.ones(2))
torch.bernoulli(torch.tensor([0.0, 1.5]))
torch.bernoulli(torch.tensor([1]))
torch.ones(2).bernoulli_(1.5)
torch.ones(2).uniform_(1, 0)
torch.ones(2).normal_(0, -1)
torch.ones(2).random_(5, 5)
torch.ones(2, requires_grad=True).uniform_()
(torch.ones(2, requires_grad=True) * 1).uniform_().grad_fn.name()
(torch.ones(2, requires_grad=True) * 1).normal_().grad_fn.name()
(torch.ones(2, requires_grad=True) * 1).bernoulli_().grad_fn.name()
torch.Tensor([1, 2])
torch.Tensor(2, 3).shape
torch.Tensor()
torch.Tensor(3).shape
torch.Tensor(torch.Size([2])).shape
torch.Tensor([[1, 2], [3]])
torch.Tensor(torch.ones(2, dtype=torch.int64))
torch.Tensor(torch.ones(2, requires_grad=True)).grad_fn.name()
torch.Tensor(3.5)
torch.Tensor('a')
torch.Tensor(np.ones(2))
torch.cuda.is_available()
torch.ones(2).layout, torch.strided, torch.contiguous_format
torch.ones(2, 3).t().clone(memory_format=torch.contiguous_format).stride()
torch.pi, torch.e, torch.inf, torch.nan
torch.device('cpu')
torch.device('cpu:0')
torch.device(1)
torch.device(-1)
torch.device('cuda', 1)
torch.device('foo')
str(torch.device('cpu'))
torch.device('cpu') == torch.Tensor([1, 2])
torch.Tensor(2, 3).shape
torch.Tensor()
torch.Tensor(3).shape
torch.Tensor(torch.Size([2])).shape
torch.Tensor([[1, 2], [3]])
torch.Tensor(torch.ones(2, dtype=torch.int64))
torch.Tensor(torch.ones(2, requires_grad=True)).grad_fn.name()
torch.Tensor(3.5)
torch.Tensor('a')
torch.Tensor(np.ones(2))
torch.cuda.is_available()
torch.ones(2).layout, torch.strided, torch.contiguous_format
torch.ones(2, 3).t().clone(memory_format=torch.contiguous_format).stride()
torch.pi, torch.e, torch.inf, torch.nan
torch.device('cpu')
torch.ones(2).device
torch.ones(2).to('cuda')
torch.ones(2).cuda()
torch.ones(2).to('foo')
torch.manual_seed(3).initial_seed()
torch.manual_seed(-1).initial_seed()
torch.Generator().manual_seed(7).initial_seed()
torch.meshgrid(torch.arange(2), torch.arange(3), indexing='ij')
""".strip().splitlines()


def outcome(code: str, torch: ModuleType) -> Any:
    """Return what the call gives: its repr and layout, or its error."""
    try:
        value = eval(code, {"torch": torch, "np": np})
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    layout = value.stride() if hasattr(value, "stride") else None
    dtype = str(getattr(value, "dtype", ""))
    return repr(value), dtype, layout


@pytest.mark.needs_torch
@pytest.mark.parametrize("code", CALLS)
def test_creates_what_pytorch_creates(code: str) -> None:
    """A call gives the same tensor, or the same error."""
    torch = pytest.importorskip("torch")
    assert outcome(code, autograd_lab) == outcome(code, torch)


DRAWS = """
torch.rand(n)
torch.rand(n, dtype=torch.float64)
torch.randn(n)
torch.randn(n, dtype=torch.float64)
torch.rand_like(torch.zeros(n, dtype=torch.float64))
torch.randn_like(torch.zeros(n))
torch.randint(10, (n,))
torch.randint(-5, 10, (n,), dtype=torch.int32)
torch.randint(0, 2**40, (n,))
torch.randint(3, (n,), dtype=torch.float32)
torch.randperm(n)
torch.normal(2.0, 3.0, (n,))
torch.normal(torch.zeros(n), torch.full((n,), 2.0))
torch.normal(torch.arange(n) * 1.0, 0.5)
torch.normal(1.0, torch.ones(n, dtype=torch.float64))
torch.bernoulli(torch.full((n,), 0.3))
torch.bernoulli(torch.full((n,), 0.3, dtype=torch.float64))
torch.bernoulli(torch.zeros(n), 0.7)
torch.zeros(n).bernoulli_(0.3)
torch.zeros(n).bernoulli_(torch.full((n,), 0.6))
torch.zeros(n).uniform_(-2, 3)
torch.zeros(n, dtype=torch.float64).uniform_(-2, 3)
torch.zeros(n).normal_(1, 2)
torch.zeros(n, dtype=torch.float64).normal_(1, 2)
torch.zeros(n).random_(10)
torch.zeros(n).random_(3, 10)
torch.zeros(n).random_()
torch.zeros(n, dtype=torch.float64).random_()
torch.zeros(n, dtype=torch.int64).random_()
torch.zeros(n, dtype=torch.int32).random_()
torch.zeros(n, dtype=torch.uint8).random_()
torch.zeros(n, dtype=torch.bool).random_()
torch.nn.functional.dropout(torch.ones(n), 0.4)
""".strip().splitlines()


@pytest.mark.needs_torch
@pytest.mark.parametrize("code", DRAWS)
def test_draws_the_numbers_of_pytorch(code: str) -> None:
    """From one seed come the same numbers, and the generator is left in the same place."""
    torch = pytest.importorskip("torch")
    for seed in (0, 1, 2**40 + 7):
        for n in (0, 1, 3, 15, 16, 17, 100):
            drawn = []
            for library in (autograd_lab, torch):
                library.manual_seed(seed)
                value = eval(code, {"torch": library, "n": n})
                drawn.append((str(value.dtype), value.tolist(), library.rand(3).tolist()))
            ours, theirs = drawn
            assert ours[0] == theirs[0]
            np.testing.assert_allclose(ours[1], theirs[1], rtol=5e-7, atol=5e-7)
            assert ours[2] == theirs[2], n


@pytest.mark.parametrize("name", ["complex64", "bfloat16", "sparse_coo_tensor"])
def test_what_is_not_here_says_so(name: str) -> None:
    """Asking for complex numbers, bfloat16 or sparse tensors gives one clear error."""
    with pytest.raises(AttributeError, match="real numbers in dense tensors on the CPU only"):
        getattr(autograd_lab, name)


@pytest.mark.needs_torch
def test_a_generator_of_its_own_leaves_the_default_alone() -> None:
    """Numbers drawn from a generator are torch's, and do not advance the default one."""
    torch = pytest.importorskip("torch")
    results = []
    for library in (autograd_lab, torch):
        library.manual_seed(1)
        own = library.Generator().manual_seed(5)
        drawn = library.randn(4, generator=own).tolist()
        results.append((drawn, library.rand(2).tolist()))
    assert results[0] == results[1]
