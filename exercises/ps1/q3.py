# %% [markdown] lang="en"
# ## 3 Control flow with a vector or a matrix (10 points, about 40 minutes)
#
# *In the control-flow example we differentiate d with respect to a. What happens if a is a random
# vector or a matrix? The result f(a) is then no longer a scalar. How can we analyse it?*
#
# ### 3.1 Predict (3 points)
#
# Each of these programs goes on after **start**. Before you run any of them: which two numbers does
# it print? Write them as a list, such as `[1.0, 2.0]`.

# %% [markdown] lang="zh"
# ## 3 自变量为向量或矩阵的控制流（10 分，约 40 分钟）
#
# *在控制流的例子中，我们计算 d 关于 a 的导数。如果把 a 换成随机向量或矩阵，会发生什么？此时 f(a) 不再是标量。结果会怎样？如何分析？*
#
# ### 3.1 预测（3 分）
#
# 下面每个程序都接在 **start** 之后运行。先不要运行：它打印哪两个数？写成列表，例如 `[1.0, 2.0]`。

# %% [markdown]
# **start**
# ```python
# def f(a):
#     b = a * 2
#     while b.norm() < 1000:
#         b = b * 2
#     if b.sum() > 0:
#         c = b
#     else:
#         c = 100 * b
#     return c
# ```
# **mixed**
# ```python
# a = torch.tensor([3.0, -4.0], requires_grad=True)
# f(a).sum().backward()
# print(a.grad)
# ```
# **norm**
# ```python
# a = torch.tensor([240.0, 320.0], requires_grad=True)
# f(a).sum().backward()
# print(a.grad)
# ```
# **mean**
# ```python
# a = torch.tensor([3.0, 4.0], requires_grad=True)
# f(a).mean().backward()
# print(a.grad)
# ```
# **zero_entry**
# ```python
# a = torch.tensor([0.0, 5.0], requires_grad=True)
# f(a).sum().backward()
# print(a.grad)
# ```
# **nan**
# ```python
# a = torch.tensor([float("nan"), 1.0], requires_grad=True)
# f(a).sum().backward()
# print(a.grad)
# ```

# %% [markdown] lang="en"
# One more: **zeros** is like **mixed**, with `a = torch.zeros(2, requires_grad=True)`. If you think
# that a program does not end, write `"never"`; if you think that an entry is not a number, write
# `"nan"` for it.

# %% [markdown] lang="zh"
# 还有一个：**zeros** 与 **mixed** 相同，只是 `a = torch.zeros(2, requires_grad=True)`。如果你认为程序不会结束，就写 `"never"`；如果你认为某个分量不是数，就用 `"nan"` 表示它。

# %% nbgrader={"grade_id": "q3-prediction", "solution": true}
q3_prediction = {
    "mixed": None,
    "norm": None,
    "mean": None,
    "zero_entry": None,
    "nan": None,
    "zeros": None,
}
### BEGIN SOLUTION
q3_prediction = {
    "mixed": [25600.0, 25600.0],
    "norm": [4.0, 4.0],
    "mean": [128.0, 128.0],
    "zero_entry": [256.0, 256.0],
    "nan": [200.0, 200.0],
    "zeros": "never",
}
### END SOLUTION

# %% nbgrader={"grade_id": "q3-predict", "grade": true, "locked": true, "points": 3}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps1/q3-predict", globals())

# %% [markdown] lang="en"
# ### 3.2 Implement (4 points)
#
# The next cell holds `f`. In what follows, `values` is a number, a list of numbers, or a list of rows.
#
# - `gradient(values)`: with `a` made of `values` and `d = f(a)`, return the gradient of `d.sum()` with
#   respect to `a`, in the shape of `values`.
# - `factor(values)`: for every `a` there is one number $k$ with $f(a) = k\,a$. Return it, without
#   calling backward: read it off `d` and `a`.
#
# Entries may be 0 or NaN (`factor` gets no NaN). Where `f(a)` would never end, both return `"never"`,
# without trying. If a cell hangs, *Kernel → Interrupt* ends it.

# %% [markdown] lang="zh"
# ### 3.2 实现（4 分）
#
# 下一个单元格中有 `f`。下文的 `values` 是一个数、数的列表，或由行组成的列表。
#
# - `gradient(values)`：由 `values` 得到 `a`，令 `d = f(a)`，返回 `d.sum()` 关于 `a` 的梯度，形状与 `values` 相同。
# - `factor(values)`：对每个 `a` 都有一个数 $k$ 使得 $f(a) = k\,a$。返回这个数，不要调用 backward：从 `d` 和 `a` 中读出来。
#
# 分量可以是 0 或 NaN（`factor` 不会遇到 NaN）。如果 `f(a)` 永远不会结束，两个函数都返回 `"never"`，不要去尝试。单元格卡住时，用 *Kernel → Interrupt* 中断。

# %% nbgrader={"grade_id": "q3-driver", "locked": true}
def f(a):
    """Double a until its norm reaches 1000; times 100 unless the sum is positive."""
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    if b.sum() > 0:
        c = b
    else:
        c = 100 * b
    return c


# %% nbgrader={"grade_id": "q3-functions", "solution": true}
def gradient(values):
    """Return the gradient of f(a).sum() at values, or "never"."""
    ### BEGIN SOLUTION
    a = torch.tensor(values, requires_grad=True)
    if a.norm() == 0:
        return "never"
    f(a).sum().backward()
    return a.grad.tolist()
    ### END SOLUTION


def factor(values):
    """Return the number k of f(a) = k a at values, or "never"."""
    ### BEGIN SOLUTION
    a = torch.tensor(values).flatten()
    if a.norm() == 0:
        return "never"
    largest = a.abs().argmax()
    return (f(a)[largest] / a[largest]).item()
    ### END SOLUTION


# %% nbgrader={"grade_id": "q3-implement", "grade": true, "locked": true, "points": 4}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps1/q3-implement", globals())

# %% [markdown] lang="en"
# ### 3.3 Explain (3 points)
#
# In your own words, in a few sentences:
#
# 1. For a vector `a`, what does the Jacobian of $f$ look like, and why, although there is a loop and an
#    if? Say what the entries of `a` have a say in, and what they have not.
# 2. For a scalar, the textbook checks `a.grad == d / a`. Why does that hold there, and why is it not a
#    good check for every vector?
# 3. What do `d.sum().backward()`, `d.mean().backward()` and `d.backward(d)` each leave in `a.grad`, in
#    terms of $k$, the number of entries $n$ and `a`?
#
# *One point each; half for a right answer without its reason.*

# %% [markdown] lang="zh"
# ### 3.3 解释（3 分）
#
# 用自己的话写几句：
#
# 1. 当 `a` 是向量时，$f$ 的雅可比矩阵是什么样的？既然有循环和 if，为什么还是这样？说明 `a` 的分量能决定什么，不能决定什么。
# 2. 对标量，教材用 `a.grad == d / a` 来检验。为什么它在那里成立？为什么不能用它检验每一个向量？
# 3. `d.sum().backward()`、`d.mean().backward()` 和 `d.backward(d)` 分别在 `a.grad` 中留下什么？用 $k$、分量个数 $n$ 和 `a` 表示。
#
# *每点 1 分；答案正确但没有理由，得一半。*

# %% [markdown] lang="en" nbgrader={"grade_id": "q3-explain", "grade": true, "solution": true, "points": 3}
# 1. $J = kI$. The entries decide together, through the norm and the sum, how often b is doubled and
#    whether it is multiplied by 100. What is done is then done to all entries alike, and none is
#    mixed with another. A small change of `a` leaves $k$ as it is, except next to a switch.
# 2. $d = k\,a$, so $d/a = k$, which is the derivative. An entry that is 0 gives 0/0 = NaN and one that
#    is NaN gives NaN, while the gradient is $k$ there, too.
# 3. $k$ in every entry; $k/n$ in every entry; $k^2 a$, because the weights are $d = k\,a$ and the pass
#    multiplies them by $k$.

# %% [markdown] lang="zh"
# 1. $J = kI$。各分量通过范数与总和共同决定 b 加倍多少次、要不要乘以 100；之后对所有分量做同样的事，任何分量都不与其他分量混合。除了在切换点附近，`a` 的微小变化不会改变 $k$。
# 2. $d = k\,a$，所以 $d/a = k$，正好是导数。为 0 的分量得到 0/0 = NaN，为 NaN 的分量也得到 NaN，而那里的梯度同样是 $k$。
# 3. 每个分量都是 $k$；每个分量都是 $k/n$；$k^2 a$，因为权重是 $d = k\,a$，反向传播再乘以 $k$。
