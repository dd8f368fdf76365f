# %% [markdown] lang="en"
# ## 2 Backward, again (10 points, about 30 minutes)
#
# *After running backward, run it again at once, and see what happens.*

# %% [markdown] lang="zh"
# ## 2 再次反向传播（10 分，约 30 分钟）
#
# *运行反向传播函数之后，立即再次运行它，看看会发生什么。*

# %% [markdown] lang="en"
# ### 2.1 Predict (3 points)
#
# Each program starts with `x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)`.
#
# **again**
# ```python
# y = (x * x).sum()
# y.backward()
# y.backward()
# ```
# **retained**
# ```python
# y = (x * x).sum()
# y.backward(retain_graph=True)
# y.backward()
# ```
# **zeroed**
# ```python
# y = (x * x).sum()
# y.backward(retain_graph=True)
# x.grad.zero_()
# y.backward()
# ```
# **fresh**
# ```python
# y = (x * x).sum()
# y.backward()
# y = (x * x).sum()
# y.backward()
# ```
# **nothing_saved**
# ```python
# y = (x + 2).sum()
# y.backward()
# y.backward()
# ```
# **two_losses**
# ```python
# h = x * x
# a = h.sum()
# b = (3 * h).sum()
# a.backward()
# b.backward()
# ```
#
# Before you run any of them: what does `x.grad` hold at the end? In place of `None`, write the
# three numbers as a list, or `"error"` if the program stops with an error.

# %% [markdown] lang="zh"
# ### 2.1 预测（3 分）
#
# 每个程序都以 `x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)` 开始。
#
# **again**
# ```python
# y = (x * x).sum()
# y.backward()
# y.backward()
# ```
# **retained**
# ```python
# y = (x * x).sum()
# y.backward(retain_graph=True)
# y.backward()
# ```
# **zeroed**
# ```python
# y = (x * x).sum()
# y.backward(retain_graph=True)
# x.grad.zero_()
# y.backward()
# ```
# **fresh**
# ```python
# y = (x * x).sum()
# y.backward()
# y = (x * x).sum()
# y.backward()
# ```
# **nothing_saved**
# ```python
# y = (x + 2).sum()
# y.backward()
# y.backward()
# ```
# **two_losses**
# ```python
# h = x * x
# a = h.sum()
# b = (3 * h).sum()
# a.backward()
# b.backward()
# ```
#
# 先不要运行：最后 `x.grad` 里是什么？把 `None` 换成由三个数组成的列表；如果程序会报错，就写 `"error"`。

# %% nbgrader={"grade_id": "q2-prediction", "solution": true}
q2_prediction = {
    "again": None,
    "retained": None,
    "zeroed": None,
    "fresh": None,
    "nothing_saved": None,
    "two_losses": None,
}
### BEGIN SOLUTION
q2_prediction = {
    "again": "error",
    "retained": [4.0, 8.0, 12.0],
    "zeroed": [2.0, 4.0, 6.0],
    "fresh": [4.0, 8.0, 12.0],
    "nothing_saved": [2.0, 2.0, 2.0],
    "two_losses": "error",
}
### END SOLUTION

# %% nbgrader={"grade_id": "q2-predict", "grade": true, "locked": true, "points": 3}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps1/q2-predict", globals())


# %% [markdown] lang="en"
# ### 2.2 Implement (4 points)
#
# Write two functions. `loss`, `trunk` and each of the `heads` are functions that take a tensor and
# return one; `values` is a list of numbers for the leaf `x`; the results are lists of numbers.
#
# - `accumulated(loss, values, n)`: build the graph of `loss(x)` **once**, run backward through it
#   `n` times without zeroing, and return what `x.grad` holds then.
# - `each_gradient(trunk, heads, values)`: compute `h = trunk(x)` **once**, and for each head return
#   the gradient of the loss `head(h)` with respect to `x`, on its own: a list of lists.

# %% [markdown] lang="zh"
# ### 2.2 实现（4 分）
#
# 写两个函数。`loss`、`trunk` 以及 `heads` 中的每一个都是接受一个张量、返回一个张量的函数；`values` 是叶子 `x` 的数值列表；结果是数的列表。
#
# - `accumulated(loss, values, n)`：**只构建一次** `loss(x)` 的计算图，在不清零的情况下对它运行 `n` 次反向传播，返回此时 `x.grad` 的内容。
# - `each_gradient(trunk, heads, values)`：**只计算一次** `h = trunk(x)`，对每个 head 返回损失 `head(h)` 单独对 `x` 的梯度，即列表的列表。

# %% nbgrader={"grade_id": "q2-functions", "solution": true}
def accumulated(loss, values, n):
    """Return x.grad after n backward passes through one graph of loss(x)."""
    ### BEGIN SOLUTION
    x = torch.tensor(values, requires_grad=True)
    y = loss(x)
    for _ in range(n):
        y.backward(retain_graph=True)
    return x.grad.tolist()
    ### END SOLUTION


def each_gradient(trunk, heads, values):
    """Return the gradient of head(trunk(x)) for each head, the trunk computed once."""
    ### BEGIN SOLUTION
    x = torch.tensor(values, requires_grad=True)
    h = trunk(x)
    gradients = []
    for head in heads:
        head(h).backward(retain_graph=True)
        gradients.append(x.grad.tolist())
        x.grad.zero_()
    return gradients
    ### END SOLUTION


# %% nbgrader={"grade_id": "q2-implement", "grade": true, "locked": true, "points": 4}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps1/q2-implement", globals())

# %% [markdown] lang="en"
# ### 2.3 Explain (3 points)
#
# In your own words, three or four sentences, one point each:
#
# 1. Why does **again** stop with an error? Say what the first call did, and to what.
# 2. Why does **nothing_saved** run, though it calls backward twice as well?
# 3. A friend repairs **again** with `retain_graph=True` and gets no error. What is in `x.grad`, why,
#    and what should the friend ask before keeping that change?

# %% [markdown] lang="zh"
# ### 2.3 解释（3 分）
#
# 用自己的话写三四句，每点 1 分：
#
# 1. 为什么 **again** 会报错？说明第一次调用做了什么，对什么做的。
# 2. **nothing_saved** 同样调用了两次 backward，为什么可以运行？
# 3. 一位朋友用 `retain_graph=True` 修好了 **again**，不再报错。此时 `x.grad` 里是什么？为什么？在保留这个改动之前，应该先问自己什么问题？

# %% [markdown] lang="en" nbgrader={"grade_id": "q2-explain", "grade": true, "solution": true, "points": 3}
# 1. The derivative of `x * x` needs the values of `x`, so the multiplication saved them. The first
#    backward pass used them and released them; the second finds them gone.
# 2. Neither `x + 2` nor `sum` needs any value for its derivative. Nothing was saved, so nothing is
#    missing, and the second pass adds its ones to the first.
# 3. `x.grad` holds 4x, twice the gradient, because backward adds. The question to ask: do I want the
#    sum of two passes? If not, zero in between, or build a new graph.

# %% [markdown] lang="zh"
# 1. `x * x` 的导数需要 `x` 的值，所以乘法保存了它们。第一次反向传播用完就释放了；第二次再也找不到。
# 2. `x + 2` 和 `sum` 的导数都不需要任何值。什么都没有保存，也就什么都不缺，第二次把全 1 的梯度加到第一次的结果上。
# 3. `x.grad` 是 4x，即梯度的两倍，因为 backward 会累积梯度。应该问的是：我真的想要两次之和吗？如果不是，就在两次之间清零，或者重新构建计算图。
