# %% [markdown] lang="en"
# ## 3 Trust, but check (10 points, about 35 minutes)
#
# Whoever writes a derivative by hand makes mistakes. Differences find them, if one knows how far
# to trust a difference.
#
# ### 3.1 Predict (2 points)
#
# Take $f(x) = x^3$ at $x = 1$, where the derivative is 3. Work out
#
# - `one_sided`: $\dfrac{f(1.1) - f(1)}{0.1}$, and `central`: $\dfrac{f(1.1) - f(0.9)}{0.2}$, both
#   exactly;
# - `gain_one_sided` and `gain_central`: if the step becomes ten times smaller, how many times
#   smaller does the *error* become? Roughly, as a power of ten.

# %% [markdown] lang="zh"
# ## 3 信任，但要检查（10 分，约 35 分钟）
#
# 手写导数难免出错。差商能找出错误，前提是知道差商有多可信。
#
# ### 3.1 预测（2 分）
#
# 取 $f(x) = x^3$ 在 $x = 1$ 处，那里的导数是 3。算出
#
# - `one_sided`：$\dfrac{f(1.1) - f(1)}{0.1}$，以及 `central`：$\dfrac{f(1.1) - f(0.9)}{0.2}$，两者都要精确值；
# - `gain_one_sided` 和 `gain_central`：步长缩小到十分之一时，*误差*缩小到几分之一？写出大致的倍数，用 10 的幂。

# %% nbgrader={"grade_id": "q3-prediction", "solution": true}
q3_prediction = {
    "one_sided": None,
    "central": None,
    "gain_one_sided": None,
    "gain_central": None,
}
### BEGIN SOLUTION
q3_prediction = {
    "one_sided": 3.31,
    "central": 3.01,
    "gain_one_sided": 10,
    "gain_central": 100,
}
### END SOLUTION

# %% nbgrader={"grade_id": "q3-predict", "grade": true, "locked": true, "points": 2}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps4/q3-predict", globals())

# %% [markdown] lang="en"
# ### 3.2 Implement (5 points)
#
# `pairs` is a list of pairs `[f, df]`: a function of one number, and what somebody believes to be
# its derivative.
#
# - `slope(f, x)` (2 points): the derivative of `f` at `x` from differences, good to seven digits
#   for a smooth `f` with values around 1.
# - `faulty(pairs, xs)` (3 points): the list of the indices of those pairs whose `df` is wrong at
#   one of the numbers `xs`, or at several. `df` counts as right where it agrees with the
#   difference to four digits. Some derivatives are large, some small, and some faults show at one
#   of the `xs` only.

# %% [markdown] lang="zh"
# ### 3.2 实现（5 分）
#
# `pairs` 是由 `[f, df]` 组成的列表：一个单变量函数，以及某人认为的它的导数。
#
# - `slope(f, x)`（2 分）：用差商求 `f` 在 `x` 处的导数；对于值在 1 左右的光滑函数 `f`，要准确到七位数字。
# - `faulty(pairs, xs)`（3 分）：`df` 在 `xs` 中的某一个或几个数处有错的那些对，返回它们的序号组成的列表。`df` 与差商有四位数字一致就算对。有的导数很大，有的很小，有的错误只在 `xs` 的某一个数处才显现。

# %% nbgrader={"grade_id": "q3-functions", "solution": true}
def slope(f, x):
    """Return the derivative of f at x from differences."""
    ### BEGIN SOLUTION
    h = 1e-5
    return (f(x + h) - f(x - h)) / (2 * h)
    ### END SOLUTION


def faulty(pairs, xs):
    """Return the indices of the pairs [f, df] in which df is not the derivative of f."""
    ### BEGIN SOLUTION
    found = []
    for index, (f, df) in enumerate(pairs):
        if any(abs(df(x) - slope(f, x)) > 1e-4 * abs(slope(f, x)) for x in xs):
            found.append(index)
    return found
    ### END SOLUTION

# %% nbgrader={"grade_id": "q3-implement", "grade": true, "locked": true, "points": 5}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps4/q3-implement", globals())

# %% [markdown] lang="en"
# ### 3.3 Explain (3 points)
#
# 1. Why is a step of $10^{-12}$ worse than one of $10^{-5}$, although a smaller step is nearer to
#    the derivative?
# 2. In single precision (float32) the same check reports faults everywhere. What would you do?
# 3. Somebody checks the derivative of $|x|$ at 0 by central differences, and finds 0. What does
#    that show, and what not?
#
# *One point each; half without the reason.*

# %% [markdown] lang="zh"
# ### 3.3 解释（3 分）
#
# 1. 步长越小越接近导数，为什么 $10^{-12}$ 的步长反而不如 $10^{-5}$？
# 2. 在单精度（float32）下，同样的检查处处报错。你会怎么办？
# 3. 有人用中心差商检查 $|x|$ 在 0 处的导数，得到 0。这说明了什么，没有说明什么？
#
# *每点 1 分；没有理由得一半。*

# %% [markdown] lang="en" nbgrader={"grade_id": "q3-explain", "grade": true, "solution": true, "points": 3}
# 1. The two values agree in almost all their digits. Their difference keeps only the last few,
#    which are rounded, and dividing by the tiny step enlarges that rounding to about 10⁻⁴.
# 2. Check in double precision: seven digits are too few for a difference of values. (A larger step
#    and a looser tolerance help a little.)
# 3. The central difference at a kink is the mean of both slopes, here of 1 and −1. It shows that 0
#    lies between them; it does not show that there is a derivative.

# %% [markdown] lang="zh"
# 1. 两个值的几乎所有数字都相同。差里只剩下最后几位，而它们是舍入过的，再除以极小的步长，舍入误差就放大到约 10⁻⁴。
# 2. 用双精度检查：七位数字不够求差。（较大的步长和较宽的容差能有一点帮助。）
# 3. 在尖点处，中心差商是两侧斜率的平均，这里是 1 和 −1 的平均。它说明 0 在两者之间，并不说明那里有导数。
