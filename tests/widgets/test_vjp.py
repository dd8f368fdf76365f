"""vᵀJ against what backward(v) leaves."""

import numpy as np
import pytest

from autograd_lab.engine.creation import tensor
from autograd_lab.engine.filled import ones
from autograd_lab.engine.function import Function
from autograd_lab.widgets.vjp import VJP, VJPLab


@pytest.fixture
def vjp():
    """Return x·sum(x) at 1, 2, 3, whose Jacobian is sum(x) on the diagonal plus xᵢ along row i."""
    return VJPLab().vjp


def test_the_jacobian_has_a_row_per_result_and_a_column_per_input(vjp):
    """By hand: ∂(xᵢ·s)/∂xⱼ = s·[i=j] + xᵢ, with s = 6."""
    x = np.array([1.0, 2.0, 3.0])
    assert np.array_equal(vjp.jacobian, 6 * np.eye(3) + x[:, None])


def test_ones_are_the_sum(vjp):
    """The document's open question: what torch.ones(len(x)) is for."""
    assert vjp.answer == (
        "vᵀJ is [12, 12, 12], and backward(v) leaves the same in x.grad. All of v is 1: that is "
        "sum().backward(), too."
    )
    assert vjp.of_sum().tolist() == vjp.backward().tolist() == [12, 12, 12]


def test_a_unit_vector_picks_a_row(vjp):
    """Row 1 of the Jacobian, and one pass back for it."""
    vjp.row(1)
    assert vjp.answer == (
        "vᵀJ is [2, 8, 2], and backward(v) leaves the same in x.grad: v picks row 1 of J."
    )


def test_any_v_weights_the_rows(vjp):
    """Two times the first row minus half the last."""
    for i, weight in enumerate((2.0, 0.0, -0.5)):
        vjp.set(i, weight)
    assert vjp.backward().tolist() == [12.5, 0.5, -2.5]
    assert vjp.answer == "vᵀJ is [12.5, 0.5, -2.5], and backward(v) leaves the same in x.grad."


def test_a_backward_that_is_wrong_is_caught():
    """What backward(v) leaves is not computed from the Jacobian that is shown."""

    class Moody(Function):
        calls = 0

        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            Moody.calls += 1
            return grad * (2 if Moody.calls < 3 else 5)

    vjp = VJP(Moody.apply, ones(2))
    assert vjp.answer == "vᵀJ is [2, 2], but backward(v) leaves [5, 5]."


def test_shapes_are_flattened():
    """A matrix in, a number out: one row of four columns."""
    vjp = VJP(lambda x: (x * x).sum(), tensor([[1.0, 2.0], [3.0, 4.0]]))
    assert vjp.jacobian.tolist() == [[2, 4, 6, 8]]
    assert vjp.backward().tolist() == [2, 4, 6, 8]


def test_not_a_number_does_not_disturb():
    """NaN agrees with NaN, and the heat map is drawn."""
    lab = VJPLab(lambda x: x * x, tensor([1.0, float("nan")]))
    assert "leaves the same" in lab.answer
    assert "autograd-lab-plot" in lab.snapshot()


def test_a_matrix_of_zeros_is_drawn():
    """There is no largest entry to scale the colours by."""
    lab = VJPLab(lambda x: x.round() * 1.0, tensor([1.2]))
    assert lab.vjp.jacobian.tolist() == [[0]]
    assert "autograd-lab-plot" in lab.snapshot()


def test_x_stays_as_it_was():
    """Neither its gradient nor its flag is touched."""
    x = tensor([1.0, 2.0], requires_grad=True)
    VJPLab(lambda x: x * x, x).snapshot()
    assert x.grad is None
    assert x.requires_grad


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"function": 3}, TypeError, "function takes a tensor"),
        ({"function": lambda x: 3.0}, ValueError, "tensor of 1 to 8 numbers that depends on x"),
        ({"function": lambda x: x.detach()}, ValueError, "tensor of 1 to 8 numbers that depends"),
        ({"function": lambda x: x.repeat(5)}, ValueError, "tensor of 1 to 8 numbers"),
        ({"x": [1.0, 2.0]}, ValueError, "float tensor of 1 to 8 numbers"),
        ({"x": tensor([1, 2])}, ValueError, "float tensor of 1 to 8 numbers"),
        ({"x": ones(9)}, ValueError, "float tensor of 1 to 8 numbers"),
        ({"x": ones(0)}, ValueError, "float tensor of 1 to 8 numbers"),
    ],
)
def test_bad_arguments_are_told_what_would_fit(arguments, error, message):
    """Each is refused when the lab is made."""
    with pytest.raises(error, match=message):
        VJPLab(**arguments)


def test_sliders_and_buttons_move_v_together():
    """A button moves the sliders, a slider only its entry."""
    lab = VJPLab()
    *sliders, buttons = lab.widget.children[1].children[0].children
    assert [button.description for button in buttons.children] == [
        "ones(len(y))", "row 0", "row 1", "row 2",
    ]  # fmt: skip
    buttons.children[2].click()
    assert [slider.value for slider in sliders] == [0, 1, 0]
    sliders[0].value = -1.5
    assert lab.vjp.v.tolist() == [-1.5, 1, 0]
    assert lab.widget.children[-1].value == lab.snapshot()


@pytest.mark.needs_torch
def test_pytorch_tensors_do_as_well():
    """The Jacobian, too, is PyTorch's."""
    torch = pytest.importorskip("torch")
    lab = VJPLab(lambda x: x * x, torch.tensor([1.0, 2.0]))
    lab.vjp.row(1)
    assert lab.answer.startswith("vᵀJ is [0, 4], and backward(v) leaves the same")
