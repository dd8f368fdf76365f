# %% [markdown] lang="en"
# ## 5 A NaN that comes from nowhere (10 points, about 30 minutes)
#
# $\sqrt{x}$ has an infinite slope at 0. A `where` that keeps the value away does not keep the
# slope away.
#
# ### 5.1 Predict (3 points)
#
# Each program goes on after **start**. What does it print? Two entries as a list: numbers, `"inf"`
# or `"nan"`.

# %% [markdown] lang="zh"
# ## 5 凭空出现的 NaN（10 分，约 30 分钟）
#
# $\sqrt{x}$ 在 0 处的斜率是无穷大。`where` 能挡住它的值，却挡不住它的斜率。
#
# ### 5.1 预测（3 分）
#
# 每个程序都接在 **start** 之后运行。它打印什么？写成两项的列表：数、`"inf"` 或 `"nan"`。

# %% [markdown]
# **start**
# ```python
# x = torch.tensor([0.0, 4.0], requires_grad=True)
# ```
# **bare**
# ```python
# x.sqrt().sum().backward()
# print(x.grad)
# ```
# **value**
# ```python
# y = torch.where(x > 0, x.sqrt(), 0.0)
# print(y.detach())
# ```
# **gradient**
# ```python
# y = torch.where(x > 0, x.sqrt(), 0.0)
# y.sum().backward()
# print(x.grad)
# ```
# **masked**
# ```python
# y = x.sqrt() * (x > 0)
# y.sum().backward()
# print(x.grad)
# ```
# **picked**
# ```python
# y = x[x > 0].sqrt()
# y.sum().backward()
# print(x.grad)
# ```
# **twice**
# ```python
# inside = torch.where(x > 0, x, 1.0)
# y = torch.where(x > 0, inside.sqrt(), 0.0)
# y.sum().backward()
# print(x.grad)
# ```

# %% nbgrader={"grade_id": "q5-prediction", "solution": true}
q5_prediction = {
    "bare": None,
    "value": None,
    "gradient": None,
    "masked": None,
    "picked": None,
    "twice": None,
}
### BEGIN SOLUTION
q5_prediction = {
    "bare": ["inf", 0.25],
    "value": [0.0, 2.0],
    "gradient": ["nan", 0.25],
    "masked": ["nan", 0.25],
    "picked": [0.0, 0.25],
    "twice": [0.0, 0.25],
}
### END SOLUTION

# %% nbgrader={"grade_id": "q5-predict", "grade": true, "locked": true, "points": 3}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps3/q5-predict", globals())

# %% [markdown] lang="en"
# ### 5.2 Implement (4 points)
#
# - `roots(values, scale)`: $y_i = \sqrt{\text{scale}\cdot v_i}$ where $v_i > 0$, else 0. Return
#   `[y, g]`, with the derivative $g$ of $\sum y_i$ with respect to the number `scale`. Some values
#   are 0, some are negative; those add nothing to $g$.
# - `sinc(values)`: $y_i = \sin(v_i)/v_i$, and 1 where $v_i = 0$; the curve is smooth there, with
#   slope 0. Return `[y, g]`, with the gradient $g$ of $\sum y_i$ with respect to the values.
#
# Let autograd differentiate; everything returned is a number or a list of numbers.

# %% [markdown] lang="zh"
# ### 5.2 实现（4 分）
#
# - `roots(values, scale)`：当 $v_i > 0$ 时 $y_i = \sqrt{\text{scale}\cdot v_i}$，否则为 0。返回 `[y, g]`，其中 $g$ 是 $\sum y_i$ 关于数 `scale` 的导数。有些值是 0，有些是负的；它们对 $g$ 没有贡献。
# - `sinc(values)`：$y_i = \sin(v_i)/v_i$，当 $v_i = 0$ 时为 1；曲线在那里是光滑的，斜率为 0。返回 `[y, g]`，其中 $g$ 是 $\sum y_i$ 关于这些值的梯度。
#
# 让自动微分来求导；返回的都是数或数的列表。

# %% nbgrader={"grade_id": "q5-functions", "solution": true}
def roots(values, scale):
    """Return the roots of scale times the values, 0 where there is none, and their sum's slope."""
    ### BEGIN SOLUTION
    scale = torch.tensor(scale, requires_grad=True)
    x = scale * torch.tensor(values)
    inside = torch.where(x > 0, x, 1.0)
    y = torch.where(x > 0, inside.sqrt(), 0.0)
    y.sum().backward()
    return [y.tolist(), scale.grad.item()]
    ### END SOLUTION


def sinc(values):
    """Return sin(v)/v, 1 where v is 0, and the gradient of the sum."""
    ### BEGIN SOLUTION
    x = torch.tensor(values, requires_grad=True)
    inside = torch.where(x == 0, 1.0, x)
    y = torch.where(x == 0, 1.0, inside.sin() / inside)
    y.sum().backward()
    return [y.tolist(), x.grad.tolist()]
    ### END SOLUTION

# %% nbgrader={"grade_id": "q5-implement", "grade": true, "locked": true, "points": 4}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps3/q5-implement", globals())

# %% [markdown] lang="en"
# ### 5.3 Explain (3 points)
#
# 1. Follow the backward pass of **gradient** at $x = 0$, with numbers: what comes out of the
#    `where` towards the root, what is the root's own derivative, and what is their product?
# 2. Why does the inner `where` of **twice** help, although the outer one takes the same branch?
# 3. A friend replaces each NaN in the gradient by 0. Why does that give a wrong answer in `roots`,
#    though it would have worked in **gradient**?
#
# *One point each; half where the numbers or the reason is missing.*

# %% [markdown] lang="zh"
# ### 5.3 解释（3 分）
#
# 1. 用数字跟踪 **gradient** 在 $x = 0$ 处的反向传播：从 `where` 流向开方的是什么？开方自身的导数是什么？它们的乘积是什么？
# 2. 为什么 **twice** 里面的那个 `where` 有用，尽管外面的 `where` 选的是同一个分支？
# 3. 一位朋友把梯度里的每个 NaN 换成 0。为什么在 `roots` 里会得到错误的答案，而在 **gradient** 里却行得通？
#
# *每点 1 分；缺数字或缺理由，得一半。*

# %% [markdown] lang="en" nbgrader={"grade_id": "q5-explain", "grade": true, "solution": true, "points": 3}
# 1. The where sends 0 to the branch that was not taken. The root's derivative at 0 is 1/(2·0) =
#    inf. The product 0 · inf is NaN, not 0.
# 2. It changes what goes into the root: 1 instead of 0. The root's derivative is finite there, and
#    0 times a finite number is 0.
# 3. In roots all values flow into one number, scale; a single NaN makes the whole sum NaN, and
#    with it the right contributions are lost. In gradient each element has an entry of its own.

# %% [markdown] lang="zh"
# 1. where 向没有选中的分支送去 0。开方在 0 处的导数是 1/(2·0) = inf。乘积 0 · inf 是 NaN，不是 0。
# 2. 它改变了送进开方的数：是 1 而不是 0。那里开方的导数是有限的，0 乘以有限的数等于 0。
# 3. 在 roots 里，所有的值都汇到一个数 scale；只要有一个 NaN，整个和就是 NaN，正确的贡献也随之丢失。在 gradient 里，每个元素有自己的一项。
