# %% [markdown] lang="en"
# ## 3 Changed in place (10 points, about 35 minutes)
#
# An operation saves what its derivative will need. Whoever changes a tensor in place may change
# just that.
#
# ### 3.1 Predict (3 points)
#
# Each program goes on after **start**. What does it print? Two numbers as a list, or `"error"`.

# %% [markdown] lang="zh"
# ## 3 原地修改（10 分，约 35 分钟）
#
# 每个运算会保存求导时要用的东西。原地修改一个张量，改掉的可能正是它。
#
# ### 3.1 预测（3 分）
#
# 每个程序都接在 **start** 之后运行。它打印什么？写成两个数的列表，或 `"error"`。

# %% [markdown]
# **start**
# ```python
# x = torch.tensor([1.0, 2.0], requires_grad=True)
# ```
# **leaf**
# ```python
# x += 1
# print(x.detach())
# ```
# **square**
# ```python
# y = x**2
# y += 1
# y.sum().backward()
# print(x.grad)
# ```
# **exponential**
# ```python
# y = x.exp()
# y += 1
# y.sum().backward()
# print(x.grad)
# ```
# **times_ten**
# ```python
# y = 10 * x
# y *= 2
# y.sum().backward()
# print(x.grad)
# ```
# **factor**
# ```python
# u = x + 1
# y = u * u
# u += 1
# y.sum().backward()
# print(x.grad)
# ```
# **behind_its_back**
# ```python
# y = x * x
# x.detach().add_(1)
# y.sum().backward()
# print(x.grad)
# ```

# %% nbgrader={"grade_id": "q3-prediction", "solution": true}
q3_prediction = {
    "leaf": None,
    "square": None,
    "exponential": None,
    "times_ten": None,
    "factor": None,
    "behind_its_back": None,
}
### BEGIN SOLUTION
q3_prediction = {
    "leaf": "error",
    "square": [2.0, 4.0],
    "exponential": "error",
    "times_ten": [20.0, 20.0],
    "factor": "error",
    "behind_its_back": "error",
}
### END SOLUTION

# %% nbgrader={"grade_id": "q3-predict", "grade": true, "locked": true, "points": 3}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps3/q3-predict", globals())

# %% [markdown] lang="en"
# ### 3.2 Repair (4 points)
#
# Each of these functions stops with an error. Repair them so that they return what their first
# line promises. An error that has gone is not enough: the numbers are checked.
#
# - `exp_plus_one` (1 point): the gradient of $\sum (e^x + 1)^2$.
# - `negatives_to_one` (1 point): each negative value counts as 1, whatever it is; so a small
#   change of it changes nothing. The gradient of $\sum y^3$, where $y$ are the values after that.
# - `running_products` (2 points): $p_0 = x_0$, and $p_i = p_{i-1} x_i$. Return `[p, g]`, with the
#   gradient $g$ of $\sum p_i$.

# %% [markdown] lang="zh"
# ### 3.2 修复（4 分）
#
# 下面每个函数都会报错。把它们修好，使返回的结果与第一行的承诺一致。错误消失还不够：会检查数值。
#
# - `exp_plus_one`（1 分）：$\sum (e^x + 1)^2$ 的梯度。
# - `negatives_to_one`（1 分）：每个负值都算作 1，不管它是多少；所以它的微小变化不会改变任何东西。设替换之后的值为 $y$，返回 $\sum y^3$ 的梯度。
# - `running_products`（2 分）：$p_0 = x_0$，$p_i = p_{i-1} x_i$。返回 `[p, g]`，其中 $g$ 是 $\sum p_i$ 的梯度。

# %% nbgrader={"grade_id": "q3-functions", "solution": true}
def exp_plus_one(values):
    """Return the gradient of the sum of (exp(x) + 1)²."""
    x = torch.tensor(values, requires_grad=True)
    y = x.exp()
    y += 1
    (y * y).sum().backward()
    return x.grad.tolist()


def negatives_to_one(values):
    """Return the gradient of the sum of y³; y is x with 1 for each negative value."""
    x = torch.tensor(values, requires_grad=True)
    x[x < 0] = 1.0
    (x**3).sum().backward()
    return x.grad.tolist()


def running_products(values):
    """Return the products of the first 1, 2, 3 … values, and the gradient of their sum."""
    x = torch.tensor(values, requires_grad=True)
    p = torch.ones(len(values))
    p[0] = x[0]
    for i in range(1, len(values)):
        p[i] = p[i - 1] * x[i]
    p.sum().backward()
    return [p.tolist(), x.grad.tolist()]


### BEGIN SOLUTION
def exp_plus_one(values):
    x = torch.tensor(values, requires_grad=True)
    y = x.exp() + 1
    (y * y).sum().backward()
    return x.grad.tolist()


def negatives_to_one(values):
    x = torch.tensor(values, requires_grad=True)
    y = x.clone()
    y[x < 0] = 1.0
    (y**3).sum().backward()
    return x.grad.tolist()


def running_products(values):
    x = torch.tensor(values, requires_grad=True)
    products = [x[0]]
    for i in range(1, len(values)):
        products.append(products[-1] * x[i])
    p = torch.stack(products)
    p.sum().backward()
    return [p.tolist(), x.grad.tolist()]
### END SOLUTION

# %% nbgrader={"grade_id": "q3-implement", "grade": true, "locked": true, "points": 4}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps3/q3-implement", globals())

# %% [markdown] lang="en"
# ### 3.3 Explain (3 points)
#
# 1. **square** and **exponential** look alike, and only one of them fails. What does each of the
#    two operations save?
# 2. In **exponential**, which line is the cause, and which line raises the error? How does
#    backward notice?
# 3. For `negatives_to_one` somebody proposes to put the assignment under `torch.no_grad()`. The
#    error is gone. Which gradient comes out, and what question does it answer?
#
# *One point each; half where the what is right and the why is missing.*

# %% [markdown] lang="zh"
# ### 3.3 解释（3 分）
#
# 1. **square** 和 **exponential** 看起来一样，却只有一个会失败。这两个运算各保存了什么？
# 2. 在 **exponential** 里，原因在哪一行，报错的是哪一行？backward 是怎么发现的？
# 3. 对于 `negatives_to_one`，有人建议把赋值放到 `torch.no_grad()` 里。错误消失了。得到的是什么梯度？它回答的是什么问题？
#
# *每点 1 分；说对了是什么但没有说为什么，得一半。*

# %% [markdown] lang="en" nbgrader={"grade_id": "q3-explain", "grade": true, "solution": true, "points": 3}
# 1. The square saves its input x, which nobody touches. exp saves its result, because that is its
#    derivative, and y += 1 changes just that tensor.
# 2. The cause is y += 1; backward() raises. Each tensor counts its in-place changes; the saved one
#    is found with a higher count than when it was saved.
# 3. At the negative places it is 3 · 1² = 3: the gradient with respect to the values after the
#    replacement, as if somebody could still turn the 1. Asked was for the values before it, and
#    those have no influence: 0.

# %% [markdown] lang="zh"
# 1. 平方保存的是输入 x，没有人动它。exp 保存的是自己的结果，因为那就是它的导数，而 y += 1 改的正是这个张量。
# 2. 原因是 y += 1；报错的是 backward()。每个张量都记着自己被原地修改的次数；保存下来的那个，次数比保存时多了。
# 3. 在负值的位置上是 3 · 1² = 3：这是关于替换之后的值的梯度，好像还能再调节那个 1。而问的是关于替换之前的值，它们没有影响：0。
