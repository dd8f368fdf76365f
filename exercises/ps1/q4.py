# %% [markdown] lang="en"
# ## 4 A control-flow example of your own (10 points, about 60 minutes)
#
# *Design another example that computes the gradient of control flow. Run it and analyse the result.*
#
# A *switch* is a number where the code begins to go another way: another branch, or one more turn of a
# loop. Three things can happen there. **smooth**: neither the value nor the slope changes abruptly.
# **kink**: the values meet, the slopes do not. **jump**: the values themselves do not meet.
#
# ### 4.1 Predict (3 points)
#
# Each function in **start** has a switch: `loop` at 1, the others at 0. Is it `"smooth"`, a `"kink"` or
# a `"jump"`? And what does **at_the_switch**, which goes on after **start**, print: a number, or
# `"error"`? Do not run anything yet.

# %% [markdown] lang="zh"
# ## 4 自己设计控制流的例子（10 分，约 60 分钟）
#
# *重新设计一个求控制流梯度的例子，运行并分析结果。*
#
# *切换点*是这样的数：程序从那里开始走另一条路，即换一个分支，或者循环多执行一次。切换点处有三种可能。**smooth**（光滑）：值和斜率都不突变。**kink**（折点）：两侧的值相接，斜率不同。**jump**（跳跃）：两侧的值就接不上。
#
# ### 4.1 预测（3 分）
#
# **start** 中的每个函数都有一个切换点：`loop` 的在 1，其他函数的在 0。它是 `"smooth"`、`"kink"` 还是 `"jump"`？接在 **start** 之后运行的 **at_the_switch** 打印什么：一个数，还是 `"error"`？先不要运行。

# %% [markdown]
# **start**
# ```python
# def hinge(x):
#     return 3 * x if x > 0 else x
#
# def step(x):
#     return x + 1 if x > 0 else x
#
# def glued(x):
#     return x * x if x > 0 else 0 * x
#
# def same(x):
#     return 2 * x if x > 0 else x + x
#
# def loop(x):
#     while x < 1:
#         x = 2 * x
#     return x
# ```
# **at_the_switch**
# ```python
# x = torch.tensor(0.0, requires_grad=True)
# hinge(x).backward()
# print(x.grad)
# ```

# %% nbgrader={"grade_id": "q4-prediction", "solution": true}
q4_prediction = {
    "hinge": None,
    "step": None,
    "glued": None,
    "same": None,
    "loop": None,
    "at_the_switch": None,
}
### BEGIN SOLUTION
q4_prediction = {
    "hinge": "kink",
    "step": "jump",
    "glued": "smooth",
    "same": "smooth",
    "loop": "jump",
    "at_the_switch": 1.0,
}
### END SOLUTION

# %% nbgrader={"grade_id": "q4-predict", "grade": true, "locked": true, "points": 3}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps1/q4-predict", globals())

# %% [markdown] lang="en"
# ### 4.2 Implement (4 points)
#
# Design a function whose graph depends on its input, by an `if`, a loop or a recursion. A graph is
# known by its operations, not by the numbers in them: `2 * a` and `3 * a` have the same.
#
# - `q4_interval`: the two ends of the interval on which it is judged, such as `[0, 2]`. For every number
#   in it, `design` has to come to an end and return a number.
# - `design(a)`: takes a tensor with one number and returns such a tensor, by operations that autograd
#   sees.
# - `slope(x)`: its derivative, worked out by you: a number for a number, plain Python without autograd.
# - `q4_switches`: every switch inside the interval and its kind, as in `{1.0: "kink", 2**0.5: "jump"}`.
#   Give the places to five digits or as a formula. At least one has to be a kink or a jump.
#
# The cell after yours calls your function with plain numbers, as in `q4_value(0.5)`; you may use it, too.
# Points come from values at numbers that you do not know, from both sides of your switches, and for
# having more than one graph.

# %% [markdown] lang="zh"
# ### 4.2 实现（4 分）
#
# 设计一个函数，它的计算图取决于输入：用 `if`、循环或递归。计算图看的是运算，不是其中的数：`2 * a` 和 `3 * a` 的计算图相同。
#
# - `q4_interval`：评判时所用区间的两个端点，例如 `[0, 2]`。对区间里的每个数，`design` 都必须结束并返回一个数。
# - `design(a)`：接受含一个数的张量，返回同样的张量，其中的运算要让自动微分看得见。
# - `slope(x)`：你自己推导的导数：输入一个数，返回一个数，只用普通的 Python，不用自动微分。
# - `q4_switches`：区间内部的每一个切换点及其类型，例如 `{1.0: "kink", 2**0.5: "jump"}`。位置写到五位有效数字，或者写成算式。其中至少要有一个 kink 或 jump。
#
# 你的单元格之后的那个单元格用普通的数来调用你的函数，例如 `q4_value(0.5)`；你也可以使用它。得分取决于函数在一些你不知道的数上的值、各切换点两侧的值，以及计算图是否不止一种。

# %% nbgrader={"grade_id": "q4-functions", "solution": true}
q4_interval = None
q4_switches = {}


def design(a):
    """Return a tensor computed from a, in a way that depends on a."""
    ### BEGIN SOLUTION
    if a < 0:
        y = -a
    elif a < 1:
        y = a * a
    else:
        y = 2 * a - 1
    while y > 4:
        y = y - 3
    return y
    ### END SOLUTION


def slope(x):
    """Return the derivative of design at the number x."""
    ### BEGIN SOLUTION
    return -1 if x < 0 else 2 * min(x, 1)
    ### END SOLUTION


### BEGIN SOLUTION
q4_interval = [-2, 3.5]
q4_switches = {0: "kink", 1: "smooth", 2.5: "jump"}
### END SOLUTION

# %% nbgrader={"grade_id": "q4-driver", "locked": true}
def q4_value(x):
    """Return design at the number x, as a number."""
    return float(design(torch.tensor(float(x), dtype=torch.float64)))


def q4_leaf(x):
    """Return the number x as a tensor whose gradient is wanted."""
    return torch.tensor(float(x), dtype=torch.float64, requires_grad=True)


def q4_gradient(x):
    """Return what autograd says about the slope of design at x."""
    a = q4_leaf(x)
    design(a).backward()
    return float(a.grad)


def q4_nodes(x):
    """Return the names of the nodes in the graph of design at x, from the result back."""
    names, nodes = [], [design(q4_leaf(x)).grad_fn]
    while nodes:
        node = nodes.pop()
        if node is not None and node.name() != "torch::autograd::AccumulateGrad":
            names.append(node.name())
            nodes.extend(before for before, _index in node.next_functions)
    return names


# %% nbgrader={"grade_id": "q4-implement", "grade": true, "locked": true, "points": 4}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps1/q4-implement", globals())

# %% [markdown] lang="en"
# ### 4.3 Explain (3 points)
#
# In your own words, in a few sentences:
#
# 1. What decides which way your code goes, and what does that do to the graph? Print `q4_nodes` on both
#    sides of a switch. What does your example show that the textbook's does not?
# 2. Take a switch of yours that is a kink or a jump. Which gradient does autograd give exactly there, and
#    why that one?
# 3. Somebody minimises your function by gradient descent. At which of your switches can the gradient
#    mislead, and how?
#
# *One point each; half for a right answer without its reason. The first point is for an example of your
# own: the textbook's with other names and constants gets none.*

# %% [markdown] lang="zh"
# ### 4.3 解释（3 分）
#
# 用自己的话写几句：
#
# 1. 是什么决定你的程序走哪条路？这对计算图有什么影响？在某个切换点两侧打印 `q4_nodes`。你的例子展示了教材的例子没有展示的什么？
# 2. 取你的一个折点或跳跃。自动微分恰好在那一点给出哪个梯度？为什么是它？
# 3. 有人用梯度下降来最小化你的函数。在你的哪些切换点上，梯度会误导人？怎样误导？
#
# *每点 1 分；答案正确但没有理由，得一半。第 1 点的分给你自己的例子：只是给教材的例子换了名字和常数，不得分。*

# %% [markdown] lang="en" nbgrader={"grade_id": "q4-explain", "grade": true, "solution": true, "points": 3}
# 1. The sign of `a`, whether it is below 1, and whether the value exceeds 4. On both sides of 2.5 the nodes
#    are `SubBackward0, MulBackward0` and `SubBackward0, SubBackward0, MulBackward0`: one turn of the loop
#    more. The textbook's example only has jumps; this one has a kink and a smooth switch, too.
# 2. At 0 the condition `a < 0` is false, so `a * a` was computed, and the gradient is its slope 0. Autograd
#    differentiates the operations that ran. It does not know that the slope is −1 on the other side.
# 3. At the jump at 2.5 the gradient is 2 on both sides and says "go left", while the value just on the
#    right is 1 and on the left 4: crossing the jump to the left makes the value larger. At the kink the
#    gradient changes abruptly from −1 to 0.

# %% [markdown] lang="zh"
# 1. `a` 的正负、`a` 是否小于 1，以及值是否超过 4。在 2.5 两侧，节点分别是 `SubBackward0, MulBackward0` 和 `SubBackward0, SubBackward0, MulBackward0`：循环多执行了一次。教材的例子只有跳跃，这个例子还有一个折点和一个光滑的切换点。
# 2. 在 0 处，条件 `a < 0` 为假，所以执行的是 `a * a`，梯度就是它的斜率 0。自动微分对执行过的运算求导，并不知道另一侧的斜率是 −1。
# 3. 在 2.5 处的跳跃两侧，梯度都是 2，意思是“往左走”；可是右侧紧邻处的值是 1，左侧是 4：向左越过跳跃，值反而变大。在折点处，梯度从 −1 突变为 0。
