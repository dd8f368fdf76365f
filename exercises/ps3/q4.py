# %% [markdown] lang="en"
# ## 4 Leaf or not? (10 points, about 30 minutes)
#
# Backward fills `.grad` of leaves. A weight that is no leaf does not learn.
#
# ### 4.1 Predict (3 points)
#
# What does each program print: `True` or `False`?

# %% [markdown] lang="zh"
# ## 4 是不是叶子？（10 分，约 30 分钟）
#
# backward 填写的是叶子的 `.grad`。不是叶子的权重学不到东西。
#
# ### 4.1 预测（3 分）
#
# 每个程序打印 `True` 还是 `False`？

# %% [markdown]
# **plain**
# ```python
# w = torch.ones(3)
# print(w.is_leaf)
# ```
# **scaled**
# ```python
# w = 0.1 * torch.ones(3, requires_grad=True)
# print(w.is_leaf)
# ```
# **scaled_first**
# ```python
# w = (0.1 * torch.ones(3)).requires_grad_()
# print(w.is_leaf)
# ```
# **doubled**
# ```python
# w = torch.ones(3, requires_grad=True).double()
# print(w.is_leaf)
# ```
# **unrecorded**
# ```python
# x = torch.ones(3, requires_grad=True)
# with torch.no_grad():
#     w = 2 * x
# print(w.is_leaf)
# ```
# **parameter**
# ```python
# x = torch.ones(3, requires_grad=True)
# w = torch.nn.Parameter(2 * x)
# print(w.is_leaf)
# ```

# %% nbgrader={"grade_id": "q4-prediction", "solution": true}
q4_prediction = {
    "plain": None,
    "scaled": None,
    "scaled_first": None,
    "doubled": None,
    "unrecorded": None,
    "parameter": None,
}
### BEGIN SOLUTION
q4_prediction = {
    "plain": True,
    "scaled": False,
    "scaled_first": True,
    "doubled": False,
    "unrecorded": True,
    "parameter": True,
}
### END SOLUTION

# %% nbgrader={"grade_id": "q4-predict", "grade": true, "locked": true, "points": 3}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps3/q4-predict", globals())

# %% [markdown] lang="en"
# ### 4.2 Implement (4 points)
#
# Make leaves of the right kind, all of them requiring grad.
#
# - `scaled(values, factor)` (1 point): a leaf that holds `factor` times each of the values.
# - `precise(values)` (1 point): a leaf that holds the values in double precision
#   (`torch.float64`).
# - `restart(w)` (2 points): a leaf with the values of the tensor `w`, to train on from there. `w`
#   itself, its gradient, and whatever it came from must notice nothing of it.
#
# The locked cell below puts each of them to the test: `try_scaled([1.0, 2.0], 0.5)`,
# `try_precise([1.0])`, `try_restart([1.0, 2.0])`.

# %% [markdown] lang="zh"
# ### 4.2 实现（4 分）
#
# 创建合适的叶子，它们都需要梯度。
#
# - `scaled(values, factor)`（1 分）：一个叶子，内容是每个值乘以 `factor`。
# - `precise(values)`（1 分）：一个叶子，以双精度（`torch.float64`）保存这些值。
# - `restart(w)`（2 分）：一个叶子，内容是张量 `w` 的值，以便从那里继续训练。`w` 本身、它的梯度以及它的来源都不应受到任何影响。
#
# 下面锁定的单元格会逐一试用它们：`try_scaled([1.0, 2.0], 0.5)`、`try_precise([1.0])`、`try_restart([1.0, 2.0])`。

# %% nbgrader={"grade_id": "q4-functions", "solution": true}
def scaled(values, factor):
    """Return a leaf that holds factor times the values."""
    ### BEGIN SOLUTION
    return (factor * torch.tensor(values)).requires_grad_()
    ### END SOLUTION


def precise(values):
    """Return a leaf that holds the values in double precision."""
    ### BEGIN SOLUTION
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)
    ### END SOLUTION


def restart(w):
    """Return a leaf that starts from the values of w and has nothing else to do with it."""
    ### BEGIN SOLUTION
    return w.detach().clone().requires_grad_()
    ### END SOLUTION

# %% nbgrader={"grade_id": "q4-driver", "locked": true}
def try_scaled(values, factor):
    """Return the leaf's values, and its gradient of the sum of w³."""
    w = scaled(values, factor)
    if w is None:
        return None
    (w**3).sum().backward()
    return [w.tolist(), w.grad.tolist()]


def try_precise(values):
    """Return how far the leaf's values are from 1, in billionths, and its gradient of that."""
    w = precise(values)
    if w is None:
        return None
    far = (w - 1) * 1e9
    far.sum().backward()
    return [far.tolist(), w.grad.tolist()]


def try_restart(values):
    """Return new and old values, new and old gradient, after a step of the new leaf."""
    old = torch.tensor(values, requires_grad=True)
    w = old * 1
    w.retain_grad()
    (w * w).sum().backward(retain_graph=True)
    new = restart(w)
    if new is None:
        return None
    (new**3).sum().backward()
    with torch.no_grad():
        new -= new.grad
    return [new.tolist(), w.tolist(), new.grad.tolist(), old.grad.tolist()]

# %% nbgrader={"grade_id": "q4-implement", "grade": true, "locked": true, "points": 4}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps3/q4-implement", globals())

# %% [markdown] lang="en"
# ### 4.3 Explain (3 points)
#
# 1. Put into one sentence what makes a tensor a leaf; it should cover **plain**, **scaled** and
#    **unrecorded**.
# 2. With **scaled**, a training loop runs and the loss never changes. Which tensor gets the
#    gradient, and why does nobody see it?
# 3. In `restart`, what would happen with `w.clone()` alone, and what with `w.detach()` alone?
#
# *One point each; half for a rule that covers some of the programs only, or for one of the two
# cases.*

# %% [markdown] lang="zh"
# ### 4.3 解释（3 分）
#
# 1. 用一句话说出什么样的张量是叶子；这句话应当涵盖 **plain**、**scaled** 和 **unrecorded**。
# 2. 用 **scaled** 那样的权重，训练循环能运行，损失却从不改变。得到梯度的是哪个张量？为什么没有人看见它？
# 3. 在 `restart` 里，只用 `w.clone()` 会怎样？只用 `w.detach()` 呢？
#
# *每点 1 分；规则只涵盖部分程序，或只答出两种情形之一，得一半。*

# %% [markdown] lang="en" nbgrader={"grade_id": "q4-explain", "grade": true, "solution": true, "points": 3}
# 1. A tensor is a leaf if no recorded operation made it, that is, if it has no grad_fn; whether it
#    requires grad is another matter.
# 2. The leaf is the tensor of ones, which lost its name at once. Its .grad is filled; w.grad stays
#    None, and so w never moves.
# 3. clone alone is recorded: the result is no leaf, and gradients flow on into w. detach alone
#    shares the memory of w: a step in place changes w as well.

# %% [markdown] lang="zh"
# 1. 如果一个张量不是由被记录的运算产生的，也就是没有 grad_fn，它就是叶子；需不需要梯度是另一回事。
# 2. 叶子是那个全 1 的张量，它一出现就没有了名字。它的 .grad 被填上；w.grad 一直是 None，所以 w 从不移动。
# 3. 只用 clone 会被记录：结果不是叶子，梯度会继续流向 w。只用 detach 则与 w 共享内存：原地走一步也会改变 w。
