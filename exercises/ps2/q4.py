# %% [markdown] lang="en"
# ## 4 What to do with `gradient=` (10 points, about 30 minutes)
#
# A result with several numbers has no gradient; it has a Jacobian matrix $J$, with one row per output.
# `backward(gradient=v)` computes $v^\top J$.
#
# ### 4.1 Predict (3 points)
#
# First write down, as a list of rows, the Jacobian `J` of `y` with respect to `x` in the program
# **start**. Each of the other programs goes on after **start**. What does it print: a list of
# numbers, or `"error"`?

# %% [markdown] lang="zh"
# ## 4 `gradient=` 有什么用（10 分，约 30 分钟）
#
# 含有多个数的结果没有梯度，它有一个雅可比矩阵 $J$，每个输出占一行。`backward(gradient=v)` 计算 $v^\top J$。
#
# ### 4.1 预测（3 分）
#
# 先写出程序 **start** 中 `y` 关于 `x` 的雅可比矩阵 `J`，写成由行组成的列表。其余每个程序都接在 **start** 之后运行。它打印什么：数的列表，还是 `"error"`？

# %% [markdown]
# **start**
# ```python
# x = torch.tensor([2.0, 3.0], requires_grad=True)
# y = torch.stack([x[0] * x[1], x[0] + x[1], x[0] * x[0]])
# ```
# **alone**
# ```python
# y.backward()
# print(x.grad)
# ```
# **ones**
# ```python
# y.backward(gradient=torch.ones(3))
# print(x.grad)
# ```
# **picked**
# ```python
# y.backward(gradient=torch.tensor([0.0, 1.0, 0.0]))
# print(x.grad)
# ```
# **weighted**
# ```python
# y.backward(gradient=torch.tensor([1.0, 0.0, -2.0]))
# print(x.grad)
# ```
# **like_x**
# ```python
# y.backward(gradient=torch.ones_like(x))
# print(x.grad)
# ```

# %% nbgrader={"grade_id": "q4-prediction", "solution": true}
q4_prediction = {
    "J": None,
    "alone": None,
    "ones": None,
    "picked": None,
    "weighted": None,
    "like_x": None,
}
### BEGIN SOLUTION
q4_prediction = {
    "J": [[3.0, 2.0], [1.0, 1.0], [4.0, 0.0]],
    "alone": "error",
    "ones": [8.0, 3.0],
    "picked": [1.0, 1.0],
    "weighted": [-5.0, 2.0],
    "like_x": "error",
}
### END SOLUTION

# %% nbgrader={"grade_id": "q4-predict", "grade": true, "locked": true, "points": 3}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps2/q4-predict", globals())

# %% [markdown] lang="en"
# ### 4.2 Implement (4 points)
#
# `f` is a function from a tensor to a tensor, whose result may be a vector or a matrix; `values` are
# the numbers of its argument, a list. Return plain (nested) lists.
#
# - `vjp(f, values, v)`: $v^\top J$ of `f` at `values`. `v` is a nested list in the shape of the result.
# - `in_two_parts(f, values, target)`: imagine that the loss $l=\sum_i (y_i - t_i)^2$ of the result
#   $y=f(x)$ is computed on another machine, which knows no autograd. Work out $v = \partial l/\partial y$
#   by hand and let autograd do the rest: return `[v, g]` with $g = \partial l/\partial x$.

# %% [markdown] lang="zh"
# ### 4.2 实现（4 分）
#
# `f` 是从张量到张量的函数，结果可能是向量，也可能是矩阵；`values` 是其自变量的数值列表。请返回普通的（嵌套）列表。
#
# - `vjp(f, values, v)`：`f` 在 `values` 处的 $v^\top J$。`v` 是嵌套列表，形状与结果相同。
# - `in_two_parts(f, values, target)`：设想结果 $y=f(x)$ 的损失 $l=\sum_i (y_i - t_i)^2$ 是在另一台不懂自动微分的机器上计算的。手算 $v = \partial l/\partial y$，其余的交给自动微分：返回 `[v, g]`，其中 $g = \partial l/\partial x$。

# %% nbgrader={"grade_id": "q4-functions", "solution": true}
def vjp(f, values, v):
    """Return v times the Jacobian of f at values."""
    ### BEGIN SOLUTION
    x = torch.tensor(values, requires_grad=True)
    f(x).backward(gradient=torch.tensor(v))
    return x.grad.tolist()
    ### END SOLUTION


def in_two_parts(f, values, target):
    """Return the gradients of the squared distance of f(x) from target: by f(x), and by x."""
    ### BEGIN SOLUTION
    x = torch.tensor(values, requires_grad=True)
    y = f(x)
    v = 2 * (y.detach() - torch.tensor(target))
    y.backward(gradient=v)
    return [v.tolist(), x.grad.tolist()]
    ### END SOLUTION


# %% nbgrader={"grade_id": "q4-implement", "grade": true, "locked": true, "points": 4}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps2/q4-implement", globals())

# %% [markdown] lang="en"
# ### 4.3 Explain (3 points)
#
# 1. In a notebook somebody has written `y.backward(torch.ones(len(x)))`, where `y = x * x`, and a
#    question mark beside it. Answer it: why is the argument needed, and which loss does it stand for?
# 2. One textbook says that backward computes $v^\top J$, another one $J^\top v$. Who is right?
# 3. `f` maps a million numbers to a thousand. How large is $J$, and why does training never need it?
#
# *One point each; half for a right answer without its reason.*

# %% [markdown] lang="zh"
# ### 4.3 解释（3 分）
#
# 1. 有人在笔记本里写了 `y.backward(torch.ones(len(x)))`，其中 `y = x * x`，旁边打了一个问号。请回答这个问号：为什么需要这个参数？它相当于哪个损失？
# 2. 一本教材说 backward 计算 $v^\top J$，另一本说是 $J^\top v$。谁对？
# 3. `f` 把一百万个数映射成一千个数。$J$ 有多大？为什么训练从来不需要它？
#
# *每点 1 分；答案正确但没有理由，得一半。*

# %% [markdown] lang="en" nbgrader={"grade_id": "q4-explain", "grade": true, "solution": true, "points": 3}
# 1. `y` has several numbers, and backward must know how much each of them counts in the end. All ones
#    stand for the loss `y.sum()`.
# 2. Both: the same n numbers, once written as a row, once as a column; (vᵀJ)ᵀ = Jᵀv.
# 3. A thousand rows and a million columns, 10⁹ numbers. Training has one loss, so it needs one row vᵀJ:
#    v is the gradient of the loss with respect to y, and each operation multiplies it by its own J
#    without writing that down.

# %% [markdown] lang="zh"
# 1. `y` 含有多个数，backward 必须知道每个数最终占多大分量。全 1 相当于损失 `y.sum()`。
# 2. 都对：同样的 n 个数，一个写成行，一个写成列；(vᵀJ)ᵀ = Jᵀv。
# 3. 一千行、一百万列，共 10⁹ 个数。训练时只有一个损失，所以只需要一行 vᵀJ：v 是损失关于 y 的梯度，每个运算把它乘以自己的 J，而不必把 J 写出来。
