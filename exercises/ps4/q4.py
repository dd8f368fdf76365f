# %% [markdown] lang="en"
# ## 4 A Function of your own (10 points, about 40 minutes)
#
# `torch.autograd.Function` teaches autograd a new operation. As soon as two shapes differ, the way
# back has to undo broadcasting.
#
# ### 4.1 Predict (2 points)
#
# Each program goes on after **start**. What does it print? Lists in the shape of `b`.

# %% [markdown] lang="zh"
# ## 4 自己的 Function（10 分，约 40 分钟）
#
# `torch.autograd.Function` 让你教会自动微分一个新运算。只要两个形状不同，反向时就必须撤销广播。
#
# ### 4.1 预测（2 分）
#
# 每个程序都接在 **start** 之后运行。它打印什么？写成与 `b` 形状相同的列表。

# %% [markdown]
# **start**
# ```python
# a = torch.ones(2, 3, requires_grad=True)
# ```
# **row**
# ```python
# b = torch.ones(3, requires_grad=True)
# (a * b).sum().backward()
# print(b.grad)
# ```
# **column**
# ```python
# b = torch.ones(2, 1, requires_grad=True)
# (a * b).sum().backward()
# print(b.grad)
# ```
# **number**
# ```python
# b = torch.tensor(1.0, requires_grad=True)
# (a * b).sum().backward()
# print(b.grad)
# ```
# **average**
# ```python
# b = torch.ones(3, requires_grad=True)
# (a * b).mean().backward()
# print(b.grad)
# ```

# %% nbgrader={"grade_id": "q4-prediction", "solution": true}
q4_prediction = {
    "row": None,
    "column": None,
    "number": None,
    "average": None,
}
### BEGIN SOLUTION
q4_prediction = {
    "row": [2.0, 2.0, 2.0],
    "column": [[3.0], [3.0]],
    "number": 6.0,
    "average": [1 / 3, 1 / 3, 1 / 3],
}
### END SOLUTION

# %% nbgrader={"grade_id": "q4-predict", "grade": true, "locked": true, "points": 2}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps4/q4-predict", globals())

# %% [markdown] lang="en"
# ### 4.2 Implement (5 points)
#
# - `undo_broadcast(grad, shape)` (2 points): an array of `shape` was broadcast, and the NumPy
#   array `grad` is the gradient of the result. Return the gradient of the array itself: in each
#   place the sum over its copies.
# - `ExpProduct` (3 points): a Function with the result $e^{ab}$. Write `forward` and `backward`;
#   let `backward` use the exponential that `forward` has computed. (You need not undo broadcasting
#   here: autograd adds up a gradient that comes back too large.)
#
# The locked cell below uses both. `summed([[1.0, 2.0], [3.0, 4.0]], [2])` gives the first a
# gradient and a shape. `through([1.0, 2.0], [0.5, 0.0], [1.0, 10.0])` returns the values of
# `ExpProduct`, then the gradients of its two arguments when the last list comes in as the gradient
# of the result.

# %% [markdown] lang="zh"
# ### 4.2 实现（5 分）
#
# - `undo_broadcast(grad, shape)`（2 分）：一个形状为 `shape` 的数组被广播过，NumPy 数组 `grad` 是结果的梯度。返回这个数组本身的梯度：每个位置上是它各个副本的梯度之和。
# - `ExpProduct`（3 分）：一个 Function，结果是 $e^{ab}$。写出 `forward` 和 `backward`；让 `backward` 用上 `forward` 已经算好的指数。（这里不需要撤销广播：返回的梯度过大时，自动微分会把它加起来。）
#
# 下面锁定的单元格会用到两者。`summed([[1.0, 2.0], [3.0, 4.0]], [2])` 把一个梯度和一个形状交给前者。`through([1.0, 2.0], [0.5, 0.0], [1.0, 10.0])` 先返回 `ExpProduct` 的值，再返回当最后那个列表作为结果的梯度传入时，两个参数的梯度。

# %% nbgrader={"grade_id": "q4-functions", "solution": true}
def undo_broadcast(grad, shape):
    """Return the sums of a gradient over what was broadcast, as an array of this shape."""
    ### BEGIN SOLUTION
    grad = grad.sum(axis=tuple(range(grad.ndim - len(shape))))
    stretched = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return grad.sum(axis=stretched, keepdims=True)
    ### END SOLUTION


class ExpProduct(torch.autograd.Function):
    """The exponential of a product."""

    @staticmethod
    def forward(ctx, a, b):
        """Return exp(a * b), and save what backward needs."""
        ### BEGIN SOLUTION
        result = torch.exp(a * b)
        ctx.save_for_backward(a, b, result)
        return result
        ### END SOLUTION

    @staticmethod
    def backward(ctx, grad):
        """Return the gradients with respect to a and b."""
        ### BEGIN SOLUTION
        a, b, result = ctx.saved_tensors
        return grad * result * b, grad * result * a
        ### END SOLUTION

# %% nbgrader={"grade_id": "q4-driver", "locked": true}
import numpy as np


def summed(grad, shape):
    """Return what undo_broadcast makes of a gradient, as a nested list."""
    result = undo_broadcast(np.array(grad), tuple(shape))
    return result if result is None else np.asarray(result).tolist()


def through(a, b, grad):
    """Return exp(a * b), and the gradients of a and b for a gradient of the result."""
    a, b = torch.tensor(a, requires_grad=True), torch.tensor(b, requires_grad=True)
    result = ExpProduct.apply(a, b)
    if not hasattr(result, "backward"):
        return None
    result.backward(torch.tensor(grad))
    return [result.tolist(), a.grad.tolist(), b.grad.tolist()]

# %% nbgrader={"grade_id": "q4-implement", "grade": true, "locked": true, "points": 5}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps4/q4-implement", globals())

# %% [markdown] lang="en"
# ### 4.3 Explain (3 points)
#
# 1. Broadcasting copies a number. Why does undoing it add, and not average?
# 2. Which tensors did you save, and why is saving the result better than computing the exponential
#    again?
# 3. A friend keeps `ctx.a = a` instead of using `save_for_backward`, and it works. What does the
#    friend lose?
#
# *One point each; half without the reason.*

# %% [markdown] lang="zh"
# ### 4.3 解释（3 分）
#
# 1. 广播复制一个数。为什么撤销广播时要相加，而不是取平均？
# 2. 你保存了哪些张量？为什么保存结果比重算指数函数好？
# 3. 一位朋友不用 `save_for_backward`，而写 `ctx.a = a`，也能运行。这位朋友失去了什么？
#
# *每点 1 分；没有理由得一半。*

# %% [markdown] lang="en" nbgrader={"grade_id": "q4-explain", "grade": true, "solution": true, "points": 3}
# 1. Each copy is a use of the same number. A small change of it changes all copies at once, and
#    their effects on the result add up, as with any number that is used several times.
# 2. a, b and the result. The derivative of exp is its result, which exists anyway; computing it
#    again costs time and gives the same numbers.
# 3. The check of versions: if a is changed in place before backward, save_for_backward raises an
#    error, while ctx.a silently gives a wrong gradient. (And the memory is not freed together with
#    the graph.)

# %% [markdown] lang="zh"
# 1. 每个副本都是同一个数的一次使用。它的微小变化会同时改变所有副本，它们对结果的影响相加，正如任何被多次使用的数。
# 2. a、b 和结果。exp 的导数就是它的结果，而结果本来就有；重算既费时间，得到的又是同样的数。
# 3. 版本检查：如果 a 在 backward 之前被原地修改，save_for_backward 会报错，而 ctx.a 会悄悄给出错误的梯度。（而且内存不会随计算图一起释放。）
