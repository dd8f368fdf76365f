# %% [markdown] lang="en"
# ## 5 Forward against reverse (10 points, about 40 minutes)
#
# A dual number carries a value and a derivative: $(v, d)$. Whoever computes with such pairs gets
# the derivative along one direction together with the value, and needs no graph.
#
# ### 5.1 Predict (2 points)
#
# Work out by hand; each result is a pair, written as a list of two numbers:
#
# - `total`: $(2, 1) + (3, 10)$
# - `product`: $(2, 1) \cdot (3, 10)$
# - `square`: $(3, 1) \cdot (3, 1)$
# - `constant`: $(5, 0) \cdot (3, 1)$

# %% [markdown] lang="zh"
# ## 5 前向对反向（10 分，约 40 分钟）
#
# 对偶数带着一个值和一个导数：$(v, d)$。用这样的数对来计算，就能在得到值的同时得到沿一个方向的导数，而且不需要计算图。
#
# ### 5.1 预测（2 分）
#
# 手算，每个结果都是一对数，写成两个数的列表：
#
# - `total`：$(2, 1) + (3, 10)$
# - `product`：$(2, 1) \cdot (3, 10)$
# - `square`：$(3, 1) \cdot (3, 1)$
# - `constant`：$(5, 0) \cdot (3, 1)$

# %% nbgrader={"grade_id": "q5-prediction", "solution": true}
q5_prediction = {
    "total": None,
    "product": None,
    "square": None,
    "constant": None,
}
### BEGIN SOLUTION
q5_prediction = {
    "total": [5, 11],
    "product": [6, 23],
    "square": [9, 6],
    "constant": [15, 5],
}
### END SOLUTION

# %% nbgrader={"grade_id": "q5-predict", "grade": true, "locked": true, "points": 2}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps4/q5-predict", globals())

# %% [markdown] lang="en"
# ### 5.2 Implement (5 points)
#
# - `Dual` (3 points): a class with `+` and `*`. `Dual(value, slope)` has just these two
#   attributes.
# - `gradient(f, values)` (2 points): the gradient of `f` at `values`, a list of numbers, by way of
#   your dual numbers. `f` takes as many arguments as there are values, and only adds and
#   multiplies them.
#
# The locked cell below uses the class: `along("a*b+a", {"a": 2, "b": 3}, {"a": 1, "b": 10})`
# returns the value, and the derivative in the direction (1, 10).

# %% [markdown] lang="zh"
# ### 5.2 实现（5 分）
#
# - `Dual`（3 分）：一个有 `+` 和 `*` 的类。`Dual(value, slope)` 只有这两个属性。
# - `gradient(f, values)`（2 分）：通过你的对偶数求 `f` 在 `values`（数的列表）处的梯度。有几个值，`f` 就接受几个参数，对它们只做加法和乘法。
#
# 下面锁定的单元格会用到这个类：`along("a*b+a", {"a": 2, "b": 3}, {"a": 1, "b": 10})` 返回值，以及沿方向 (1, 10) 的导数。

# %% nbgrader={"grade_id": "q5-functions", "solution": true}
class Dual:
    """A value and its derivative along one direction."""

    def __init__(self, value, slope):
        self.value = value
        self.slope = slope

    def __add__(self, other):
        """Return the sum as a Dual."""
        ### BEGIN SOLUTION
        return Dual(self.value + other.value, self.slope + other.slope)
        ### END SOLUTION

    def __mul__(self, other):
        """Return the product as a Dual."""
        ### BEGIN SOLUTION
        slope = self.slope * other.value + self.value * other.slope
        return Dual(self.value * other.value, slope)
        ### END SOLUTION


def gradient(f, values):
    """Return the gradient of f, with one run of f for each of the values."""
    ### BEGIN SOLUTION
    slopes = []
    for i in range(len(values)):
        duals = [Dual(value, 1.0 if i == j else 0.0) for j, value in enumerate(values)]
        slopes.append(f(*duals).slope)
    return slopes
    ### END SOLUTION

# %% nbgrader={"grade_id": "q5-driver", "locked": true}
def along(expression, values, direction):
    """Return an expression's value, and its derivative along a direction."""
    duals = {name: Dual(float(values[name]), float(direction[name])) for name in values}
    result = eval(expression, duals)
    return result if result is None else [result.value, result.slope]

# %% nbgrader={"grade_id": "q5-implement", "grade": true, "locked": true, "points": 5}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps4/q5-implement", globals())

# %% [markdown] lang="en"
# ### 5.3 Explain (3 points)
#
# 1. `Value` of question 2 needs a graph and an order of visiting; `Dual` needs neither. Why not?
# 2. With n values, how often does `gradient` run `f`, and how often would `Value` have to? From
#    which n on would you change over?
# 3. Name one task for which dual numbers are the better choice, and say why.
#
# *One point each; half without the reason.*

# %% [markdown] lang="zh"
# ### 5.3 解释（3 分）
#
# 1. 第 2 题的 `Value` 需要计算图和访问次序，`Dual` 两者都不需要。为什么？
# 2. 有 n 个值时，`gradient` 运行 `f` 多少次？用 `Value` 要运行多少次？从多大的 n 开始你会换用另一种？
# 3. 说出一个更适合用对偶数的任务，并说明理由。
#
# *每点 1 分；没有理由得一半。*

# %% [markdown] lang="en" nbgrader={"grade_id": "q5-explain", "grade": true, "solution": true, "points": 3}
# 1. The derivative goes the same way as the computation: what an operation needs is there at that
#    moment. Value goes the opposite way, so it must keep what happened, and visit it in a right
#    order later.
# 2. n runs against one run and one pass back, which costs about as much as a few runs. From a
#    handful of values on, reverse mode is ahead.
# 3. One input and many results, such as the speed of all points of a curve in time: one run gives
#    all derivatives, and nothing has to be kept. (Or the product of a Jacobian with a single
#    direction.)

# %% [markdown] lang="zh"
# 1. 导数与计算走的方向相同：每个运算需要的东西当时就在手边。Value 走相反的方向，所以必须保存发生过的事，之后按正确的次序访问。
# 2. n 次，对一次运行加一趟返回，而返回一趟大约相当于几次运行。从几个值起，反向模式就领先了。
# 3. 一个输入、许多结果，例如曲线上所有点随时间的速度：运行一次就得到全部导数，什么也不必保存。（或者雅可比矩阵与单个方向的乘积。）
