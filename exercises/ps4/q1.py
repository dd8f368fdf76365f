# %% [markdown] lang="en"
# ## 1 The chain, from both ends (10 points, about 35 minutes)
#
# The programs of this question are chains: one number goes in, and each step takes the number of
# the step before. There are four kinds of steps:
#
# | step | value | derivative |
# |---|---|---|
# | `"square"` | $v^2$ | $2v$ |
# | `"double"` | $2v$ | $2$ |
# | `"reciprocal"` | $1/v$ | $-1/v^2$ |
# | `"exp"` | $e^v$ | $e^v$ |
#
# ### 1.1 Predict (2 points)
#
# Take $x = 2$ and the steps `["square", "double", "reciprocal"]`. Write down
#
# - `values`: the number after each step;
# - `slopes`: the derivative of each step, at the number that goes into it;
# - `derivative`: the derivative of the last number with respect to $x$;
# - `from_the_end`: the derivatives of the last number with respect to $x$, to the number after the
#   first step, and to the number after the second.

# %% [markdown] lang="zh"
# ## 1 链条，从两头走（10 分，约 35 分钟）
#
# 这道题里的程序都是链条：输入一个数，每一步接过前一步的数。步骤有四种：
#
# | 步骤 | 值 | 导数 |
# |---|---|---|
# | `"square"` | $v^2$ | $2v$ |
# | `"double"` | $2v$ | $2$ |
# | `"reciprocal"` | $1/v$ | $-1/v^2$ |
# | `"exp"` | $e^v$ | $e^v$ |
#
# ### 1.1 预测（2 分）
#
# 取 $x = 2$，步骤为 `["square", "double", "reciprocal"]`。写出
#
# - `values`：每一步之后的数；
# - `slopes`：每一步在其输入处的导数；
# - `derivative`：最后的数关于 $x$ 的导数；
# - `from_the_end`：最后的数分别关于 $x$、关于第一步之后的数、关于第二步之后的数的导数。

# %% nbgrader={"grade_id": "q1-prediction", "solution": true}
q1_prediction = {
    "values": None,
    "slopes": None,
    "derivative": None,
    "from_the_end": None,
}
### BEGIN SOLUTION
q1_prediction = {
    "values": [4.0, 8.0, 0.125],
    "slopes": [4.0, 2.0, -1 / 64],
    "derivative": -0.125,
    "from_the_end": [-0.125, -1 / 32, -1 / 64],
}
### END SOLUTION

# %% nbgrader={"grade_id": "q1-predict", "grade": true, "locked": true, "points": 2}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps4/q1-predict", globals())

# %% [markdown] lang="en"
# ### 1.2 Implement (5 points)
#
# Plain Python, for any chain of the four steps. The locked cell gives you `apply(step, v)`: the
# value of a step and its derivative, both at `v`.
#
# - `forward(x, steps)` (2 points): go from $x$ to the end, and carry the derivative along. Return
#   a list with a pair `[value, derivative]` for each step: the number after it, and its derivative
#   with respect to $x$.
# - `backward(x, steps)` (3 points): go to the end, then back. Return a list with the derivative of
#   the *last* number with respect to what goes into each step; so the first entry is the one with
#   respect to $x$.

# %% [markdown] lang="zh"
# ### 1.2 实现（5 分）
#
# 用普通 Python，适用于由这四种步骤组成的任意链条。锁定的单元格提供 `apply(step, v)`：一个步骤在 `v` 处的值和导数。
#
# - `forward(x, steps)`（2 分）：从 $x$ 走到末尾，一路带着导数。返回一个列表，每一步对应一对 `[value, derivative]`：这一步之后的数，以及它关于 $x$ 的导数。
# - `backward(x, steps)`（3 分）：先走到末尾，再走回来。返回一个列表，给出*最后*的数关于每一步的输入的导数；所以第一项是关于 $x$ 的导数。

# %% nbgrader={"grade_id": "q1-steps", "locked": true}
from math import exp


def apply(step, v):
    """Return the value of a step at v, and its derivative there."""
    if step == "square":
        return v * v, 2 * v
    if step == "double":
        return 2 * v, 2.0
    if step == "reciprocal":
        return 1 / v, -1 / (v * v)
    return exp(v), exp(v)

# %% nbgrader={"grade_id": "q1-functions", "solution": true}
def forward(x, steps):
    """Return the value after each step and its derivative with respect to x."""
    ### BEGIN SOLUTION
    value, derivative, pairs = x, 1.0, []
    for step in steps:
        value, slope = apply(step, value)
        derivative *= slope
        pairs.append([value, derivative])
    return pairs
    ### END SOLUTION


def backward(x, steps):
    """Return the derivative of the last value with respect to what goes into each step."""
    ### BEGIN SOLUTION
    value, slopes = x, []
    for step in steps:
        value, slope = apply(step, value)
        slopes.append(slope)
    gradient, gradients = 1.0, []
    for slope in reversed(slopes):
        gradient *= slope
        gradients.append(gradient)
    return gradients[::-1]
    ### END SOLUTION

# %% nbgrader={"grade_id": "q1-implement", "grade": true, "locked": true, "points": 5}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps4/q1-implement", globals())

# %% [markdown] lang="en"
# ### 1.3 Explain (3 points)
#
# 1. Both functions multiply the same slopes. In which order does each of them do it, and why is
#    the result the same?
# 2. What does `backward` have to remember that `forward` may forget? How much is that for a
#    million steps?
# 3. Your program has a thousand inputs and one result. Which of the two would you generalise, and
#    why?
#
# *One point each; half for the claim without its reason.*

# %% [markdown] lang="zh"
# ### 1.3 解释（3 分）
#
# 1. 两个函数相乘的是同样的斜率。各按什么顺序？为什么结果相同？
# 2. `backward` 必须记住什么，而 `forward` 可以忘掉？一百万步时有多少？
# 3. 你的程序有一千个输入、一个结果。你会推广哪一个？为什么？
#
# *每点 1 分；只有结论没有理由，得一半。*

# %% [markdown] lang="en" nbgrader={"grade_id": "q1-explain", "grade": true, "solution": true, "points": 3}
# 1. forward multiplies from the input on, backward from the result on. Multiplication is
#    associative (and for numbers even the order of the factors is free), so the product is the
#    same.
# 2. The slopes, or the values they are made from: one number per step, a million. forward needs
#    only the last value and derivative.
# 3. backward: one pass gives the derivatives with respect to all thousand inputs. forward would
#    have to be run once for each input.

# %% [markdown] lang="zh"
# 1. forward 从输入乘起，backward 从结果乘起。乘法满足结合律（对于数，连因子的次序也是任意的），所以乘积相同。
# 2. 各步的斜率，或者用来算斜率的值：每步一个数，共一百万个。forward 只需要最后的值和导数。
# 3. backward：一趟就得到关于所有一千个输入的导数。forward 则要对每个输入各运行一次。
