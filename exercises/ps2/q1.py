# %% [markdown] lang="en"
# ## 1 What does it print? (10 points, about 25 minutes)
#
# The programs below are those that every introduction to autograd starts with.
#
# ### 1.1 Predict (4 points)
#
# What does each program print? Do not run it yet. Write numbers as a (nested) list, `True` or `False`
# as they are, `"None"` for None, any other word as a string, and `"error"` if the program stops with
# an error.

# %% [markdown] lang="zh"
# ## 1 会打印什么？（10 分，约 25 分钟）
#
# 下面是自动微分入门教程里最常见的程序。
#
# ### 1.1 预测（4 分）
#
# 每个程序会打印什么？先不要运行。数写成（嵌套的）列表，`True` 或 `False` 照写，None 写成 `"None"`，其他单词写成字符串；如果程序会报错，就写 `"error"`。

# %% [markdown]
# **before**
# ```python
# x = torch.arange(4.0, requires_grad=True)
# y = 2 * torch.dot(x, x)
# print(x.grad)
# ```
# **after**
# ```python
# x = torch.arange(4.0, requires_grad=True)
# y = 2 * torch.dot(x, x)
# y.backward()
# print(x.grad)
# ```
# **another**
# ```python
# x = torch.arange(4.0, requires_grad=True)
# y = 2 * torch.dot(x, x)
# y.backward()
# y = x.sum()
# y.backward()
# print(x.grad)
# ```
# **mean**
# ```python
# x = torch.ones(2, 2, requires_grad=True)
# y = x + 2
# out = (y * y * 3).mean()
# out.backward()
# print(x.grad)
# ```
# **between**
# ```python
# x = torch.ones(2, 2, requires_grad=True)
# y = x + 2
# out = (y * y * 3).mean()
# out.backward()
# print(y.grad)
# ```
# **node**
# ```python
# x = torch.ones(2, 2, requires_grad=True)
# y = x + 2
# z = y * y * 3
# print(z.grad_fn.name())
# ```
# **late**
# ```python
# a = torch.ones(2, 2)
# b = (a * a).sum()
# a.requires_grad_(True)
# print(b.requires_grad)
# ```
# **eye**
# ```python
# inp = torch.eye(5, requires_grad=True)
# out = (inp + 1).pow(2)
# out.backward(torch.ones_like(inp), retain_graph=True)
# out.backward(torch.ones_like(inp), retain_graph=True)
# print(inp.grad[0, :2])
# ```

# %% nbgrader={"grade_id": "q1-prediction", "solution": true}
q1_prediction = {
    "before": None,
    "after": None,
    "another": None,
    "mean": None,
    "between": None,
    "node": None,
    "late": None,
    "eye": None,
}
### BEGIN SOLUTION
q1_prediction = {
    "before": "None",
    "after": [0.0, 4.0, 8.0, 12.0],
    "another": [1.0, 5.0, 9.0, 13.0],
    "mean": [[4.5, 4.5], [4.5, 4.5]],
    "between": "None",
    "node": "MulBackward0",
    "late": False,
    "eye": [8.0, 4.0],
}
### END SOLUTION

# %% nbgrader={"grade_id": "q1-predict", "grade": true, "locked": true, "points": 4}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps2/q1-predict", globals())

# %% [markdown] lang="en"
# ### 1.2 Implement (3 points)
#
# Now the same for any numbers, and without tensors. Imagine this cell:
#
# ```python
# x = torch.tensor(values, requires_grad=True)
# out = (x + 1).pow(2)
# ```
#
# After it come steps, each of them one of
#
# - `"backward"`: `out.backward(torch.ones_like(x), retain_graph=True)`
# - `"zero"`: `x.grad.zero_()`
# - `"none"`: `x.grad = None`
#
# Write `history(values, steps)`: the list of what `x.grad` holds after each of the steps, each entry
# a list of numbers or `None`. Plain Python is enough. (No `"zero"` comes while there is no gradient.)

# %% [markdown] lang="zh"
# ### 1.2 实现（3 分）
#
# 现在对任意的数做同样的事，而且不用张量。设想有这样一个单元格：
#
# ```python
# x = torch.tensor(values, requires_grad=True)
# out = (x + 1).pow(2)
# ```
#
# 之后是若干步骤，每一步是下列之一：
#
# - `"backward"`：`out.backward(torch.ones_like(x), retain_graph=True)`
# - `"zero"`：`x.grad.zero_()`
# - `"none"`：`x.grad = None`
#
# 写函数 `history(values, steps)`：返回一个列表，依次给出每一步之后 `x.grad` 的内容，每一项是数的列表或 `None`。用普通 Python 就够了。（还没有梯度时不会出现 `"zero"`。）

# %% nbgrader={"grade_id": "q1-functions", "solution": true}
def history(values, steps):
    """Return what x.grad holds after each of the steps."""
    ### BEGIN SOLUTION
    gradient = [2 * (value + 1) for value in values]
    held = None
    seen = []
    for step in steps:
        if step == "zero":
            held = [0.0] * len(values)
        elif step == "none":
            held = None
        else:
            before = held or [0.0] * len(values)
            held = [old + new for old, new in zip(before, gradient)]
        seen.append(held)
    return seen
    ### END SOLUTION


# %% nbgrader={"grade_id": "q1-implement", "grade": true, "locked": true, "points": 3}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps2/q1-implement", globals())

# %% [markdown] lang="en"
# ### 1.3 Explain (3 points)
#
# In your own words, a sentence or two for each point:
#
# 1. **eye**: almost all numbers of `inp` are 0. Why is their gradient not 0?
# 2. **another**: which numbers would you call *the gradient of* `x.sum()`, and why are they not what is
#    printed?
# 3. **late**: what would have to change for the answer to be different, and why does the flag come
#    too late here?
#
# *Full marks for a point: the right reason, not only the right number. Half: the number, or a rule
# without its reason.*

# %% [markdown] lang="zh"
# ### 1.3 解释（3 分）
#
# 用自己的话，每点一两句：
#
# 1. **eye**：`inp` 的元素几乎都是 0，为什么它们的梯度不是 0？
# 2. **another**：你会把哪些数叫做 `x.sum()` *的梯度*？为什么打印出来的不是它们？
# 3. **late**：要改动什么，答案才会不同？为什么这里设置标志太晚了？
#
# *每点满分：说出正确的原因，而不只是正确的数。一半：只有数，或只有规则而没有原因。*

# %% [markdown] lang="en" nbgrader={"grade_id": "q1-explain", "grade": true, "solution": true, "points": 3}
# 1. The gradient of (a + 1)² is 2(a + 1): it depends on a + 1, which is 1 where a is 0. A derivative
#    says how the result changes with a number, not how large that number is. (2, and 4 after two calls.)
# 2. [1, 1, 1, 1]: each number goes into the sum once. Printed is what was in `x.grad` before, 4x,
#    plus these ones, because backward adds.
# 3. `a` would have to require grad before `b` is computed. The graph is recorded while the operations
#    run; when b was computed there was nothing to record, and a flag set later does not bring it back.

# %% [markdown] lang="zh"
# 1. (a + 1)² 的导数是 2(a + 1)，取决于 a + 1，而 a 为 0 时 a + 1 是 1。导数说的是结果随这个数怎样变化，而不是这个数有多大。（一次是 2，两次之后是 4。）
# 2. [1, 1, 1, 1]：每个数在和里出现一次。打印出来的是 `x.grad` 里原有的 4x 加上这些 1，因为 backward 会累加。
# 3. 必须在计算 `b` 之前让 `a` 需要梯度。计算图是在运算执行时记录的；计算 b 时没有什么可记录，事后再设标志也补不回来。
