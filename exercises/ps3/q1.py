# %% [markdown] lang="en"
# ## 1 Which edge to cut? (10 points, about 30 minutes)
#
# With $u = x^2$ and $z = ux$ the value of $z$ is $x^3$. The gradient depends on which ways from
# $z$ back to $x$ the graph still holds.
#
# ### 1.1 Predict (3 points)
#
# Each program goes on after **start**. What does it print? Two numbers as a list, or `"error"`.

# %% [markdown] lang="zh"
# ## 1 该剪断哪条边？（10 分，约 30 分钟）
#
# 设 $u = x^2$，$z = ux$，则 $z$ 的值是 $x^3$。梯度取决于图里还留着哪些从 $z$ 回到 $x$ 的路。
#
# ### 1.1 预测（3 分）
#
# 每个程序都接在 **start** 之后运行。它打印什么？写成两个数的列表，或 `"error"`。

# %% [markdown]
# **start**
# ```python
# x = torch.tensor([1.0, 2.0], requires_grad=True)
# ```
# **whole**
# ```python
# u = x * x
# z = u * x
# z.sum().backward()
# print(x.grad)
# ```
# **u_cut**
# ```python
# u = (x * x).detach()
# z = u * x
# z.sum().backward()
# print(x.grad)
# ```
# **x_cut**
# ```python
# u = x * x
# z = u * x.detach()
# z.sum().backward()
# print(x.grad)
# ```
# **half_cut**
# ```python
# u = x * x.detach()
# z = u * x
# z.sum().backward()
# print(x.grad)
# ```
# **numbers**
# ```python
# u = torch.tensor((x * x).tolist())
# z = u * x
# z.sum().backward()
# print(x.grad)
# ```
# **z_cut**
# ```python
# u = x * x
# z = (u * x).detach()
# z.sum().backward()
# print(x.grad)
# ```

# %% nbgrader={"grade_id": "q1-prediction", "solution": true}
q1_prediction = {
    "whole": None,
    "u_cut": None,
    "x_cut": None,
    "half_cut": None,
    "numbers": None,
    "z_cut": None,
}
### BEGIN SOLUTION
q1_prediction = {
    "whole": [3.0, 12.0],
    "u_cut": [1.0, 4.0],
    "x_cut": [2.0, 8.0],
    "half_cut": [2.0, 8.0],
    "numbers": [1.0, 4.0],
    "z_cut": "error",
}
### END SOLUTION

# %% nbgrader={"grade_id": "q1-predict", "grade": true, "locked": true, "points": 3}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps3/q1-predict", globals())

# %% [markdown] lang="en"
# ### 1.2 Implement (4 points)
#
# - `z_of(x, k)` (2 points): return a tensor with the value $x^3$, whose sum has the gradient
#   $kx^2$. `k` is 1, 2 or 3. The locked cell below calls it for you: `puzzle([1.0, 2.0], 3)`
#   returns the values of `z` and the gradient.
# - `chase(w, s, s_next, reward, discount)` (2 points). An agent values a situation $s$ at $w \cdot
#   s$. After a move it knows better: its target is $t = \text{reward} + \text{discount}\,(w \cdot
#   s_{next})$. It learns by the loss $(w \cdot s - t)^2$, in which **the target counts as a given
#   number**, although it was computed from `w`, too. Return the gradient of the loss with respect
#   to `w`, as a list. `w`, `s` and `s_next` are lists of numbers.

# %% [markdown] lang="zh"
# ### 1.2 实现（4 分）
#
# - `z_of(x, k)`（2 分）：返回一个值为 $x^3$ 的张量，它的和的梯度是 $kx^2$。`k` 是 1、2 或 3。下面锁定的单元格会替你调用它：`puzzle([1.0, 2.0], 3)` 返回 `z` 的值和梯度。
# - `chase(w, s, s_next, reward, discount)`（2 分）。一个智能体用 $w \cdot s$ 估计局面 $s$ 的价值。走一步之后它知道得更多：目标是 $t = \text{reward} + \text{discount}\,(w \cdot s_{next})$。它按损失 $(w \cdot s - t)^2$ 学习，其中**目标当作给定的数**，尽管它也是由 `w` 算出来的。返回损失关于 `w` 的梯度，写成列表。`w`、`s` 和 `s_next` 是数的列表。

# %% nbgrader={"grade_id": "q1-functions", "solution": true}
def z_of(x, k):
    """Return x³ as a tensor whose sum has the gradient k x²."""
    ### BEGIN SOLUTION
    u = x * x
    if k == 1:
        return u.detach() * x
    if k == 2:
        return u * x.detach()
    return u * x
    ### END SOLUTION


def chase(w, s, s_next, reward, discount):
    """Return the gradient of the loss with respect to w; the target is a given number."""
    ### BEGIN SOLUTION
    w, s, s_next = torch.tensor(w, requires_grad=True), torch.tensor(s), torch.tensor(s_next)
    target = (reward + discount * torch.dot(w, s_next)).detach()
    ((torch.dot(w, s) - target) ** 2).backward()
    return w.grad.tolist()
    ### END SOLUTION

# %% nbgrader={"grade_id": "q1-driver", "locked": true}
def puzzle(values, k):
    """Return what z_of makes of these values, and the gradient of its sum."""
    x = torch.tensor(values, requires_grad=True)
    z = z_of(x, k)
    if z is None:
        return None
    z.sum().backward()
    return [z.tolist(), x.grad.tolist()]

# %% nbgrader={"grade_id": "q1-implement", "grade": true, "locked": true, "points": 4}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps3/q1-implement", globals())

# %% [markdown] lang="en"
# ### 1.3 Explain (3 points)
#
# 1. **x_cut** and **half_cut** print the same. Draw both graphs (words are enough): which ways
#    from `z` to `x` are left in each?
# 2. **z_cut** stops, and **u_cut** does not. What is missing there that backward needs?
# 3. In `chase`, somebody forgets the `detach`. The loss has the same value; what goes wrong with
#    what the agent learns?
#
# *One point each. Half of it for naming the edge alone, without what flows along it.*

# %% [markdown] lang="zh"
# ### 1.3 解释（3 分）
#
# 1. **x_cut** 和 **half_cut** 打印的结果相同。画出两个图（用文字说明也可以）：各自还剩下哪些从 `z` 到 `x` 的路？
# 2. **z_cut** 会报错，**u_cut** 不会。那里缺少了 backward 需要的什么？
# 3. 有人在 `chase` 里忘了 `detach`。损失的值不变；智能体学到的东西会出什么问题？
#
# *每点 1 分。只说出是哪条边，没有说沿着它流过什么，得一半。*

# %% [markdown] lang="en" nbgrader={"grade_id": "q1-explain", "grade": true, "solution": true, "points": 3}
# 1. x_cut keeps the two ways through u, one for each factor of x · x; each brings x · x = x².
#    half_cut keeps one way through u and the direct one; both bring x² as well. So 2x² both times.
# 2. The detached z has no grad_fn: there is no graph to start in. In u_cut the direct edge from z
#    to x is left.
# 3. The gradient then also moves the target: it pulls the later estimate towards the earlier one
#    instead of only the earlier towards the later. The target runs away from the one that chases
#    it.

# %% [markdown] lang="zh"
# 1. x_cut 保留经过 u 的两条路，x · x 的每个因子一条；每条带来 x · x = x²。half_cut 保留经过 u 的一条路和直接的那条，两条带来的也都是 x²。所以两次都是 2x²。
# 2. 分离后的 z 没有 grad_fn：没有可以出发的图。在 u_cut 里，从 z 到 x 的直接的边还在。
# 3. 这样梯度也会移动目标：不仅让前面的估计靠近后面的，还把后面的估计拉向前面的。目标在躲开追它的人。
