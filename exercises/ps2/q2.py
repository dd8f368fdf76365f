# %% [markdown] lang="en"
# ## 2 The chain rule by hand (10 points, about 35 minutes)
#
# The squared distance between a prediction $Xw$ and a target $y$, in three small steps:
#
# $$a = Xw \qquad b = a - y \qquad z = \lVert b\rVert^2 = \sum_i b_i^2$$
#
# $$\frac{\partial z}{\partial w} = \frac{\partial z}{\partial b}\,\frac{\partial b}{\partial a}\,\frac{\partial a}{\partial w}$$
#
# Here you are the autograd: paper, pencil and plain Python.
#
# ### 2.1 Predict (3 points)
#
# Take these numbers:
#
# $$X=\begin{pmatrix}1&2\\0&1\\1&0\end{pmatrix}\qquad w=\begin{pmatrix}1\\-1\end{pmatrix}\qquad y=\begin{pmatrix}0\\0\\2\end{pmatrix}$$
#
# Work out by hand: the vector `b`, the number `z`, and each link of the chain. A derivative by a
# vector has one row per output and one column per input, so `shape_dz_db` is `[1, 3]`; give the two
# other shapes as `[rows, columns]`, too. Write `dz_db` and `dz_dw` as plain lists of numbers.

# %% [markdown] lang="zh"
# ## 2 手算链式法则（10 分，约 35 分钟）
#
# 预测 $Xw$ 与目标 $y$ 之间的距离平方，分成三小步：
#
# $$a = Xw \qquad b = a - y \qquad z = \lVert b\rVert^2 = \sum_i b_i^2$$
#
# $$\frac{\partial z}{\partial w} = \frac{\partial z}{\partial b}\,\frac{\partial b}{\partial a}\,\frac{\partial a}{\partial w}$$
#
# 这一题由你来当自动微分：纸、笔和普通 Python。
#
# ### 2.1 预测（3 分）
#
# 取下面这些数：
#
# $$X=\begin{pmatrix}1&2\\0&1\\1&0\end{pmatrix}\qquad w=\begin{pmatrix}1\\-1\end{pmatrix}\qquad y=\begin{pmatrix}0\\0\\2\end{pmatrix}$$
#
# 手算：向量 `b`、数 `z`，以及链条的每一环。对向量的导数，每个输出占一行，每个输入占一列，所以 `shape_dz_db` 是 `[1, 3]`；另外两个形状也写成 `[行数, 列数]`。`dz_db` 和 `dz_dw` 写成普通的数列表。

# %% nbgrader={"grade_id": "q2-prediction", "solution": true}
q2_prediction = {
    "b": None,
    "z": None,
    "dz_db": None,
    "shape_db_da": None,
    "shape_da_dw": None,
    "dz_dw": None,
}
### BEGIN SOLUTION
q2_prediction = {
    "b": [-1, -1, -1],
    "z": 3,
    "dz_db": [-2, -2, -2],
    "shape_db_da": [3, 3],
    "shape_da_dw": [3, 2],
    "dz_dw": [-4, -6],
}
### END SOLUTION

# %% nbgrader={"grade_id": "q2-predict", "grade": true, "locked": true, "points": 3}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps2/q2-predict", globals())

# %% [markdown] lang="en"
# ### 2.2 Implement (4 points)
#
# Write the gradients out, without tensors and without `backward`. `X` is a list of rows, `w` and `y`
# are lists of numbers; `X` may have more rows than columns, or fewer, or a single one.
#
# - `gradient_w(X, w, y)`: $\partial z/\partial w$, as long as `w`.
# - `gradient_X(X, w, y)`: $\partial z/\partial X$, rows and columns as in `X`.
#
# NumPy is allowed, and so is doing without. When you are done, compare with autograd; that is what it
# is for.

# %% [markdown] lang="zh"
# ### 2.2 实现（4 分）
#
# 直接写出梯度，不用张量，也不用 `backward`。`X` 是由行组成的列表，`w` 和 `y` 是数的列表；`X` 的行数可能比列数多，可能比列数少，也可能只有一行。
#
# - `gradient_w(X, w, y)`：$\partial z/\partial w$，与 `w` 一样长。
# - `gradient_X(X, w, y)`：$\partial z/\partial X$，行列与 `X` 相同。
#
# 可以用 NumPy，也可以不用。写完后与自动微分比较一下：它就是干这个的。

# %% nbgrader={"grade_id": "q2-functions", "solution": true}
def gradient_w(X, w, y):
    """Return the gradient of the squared distance between Xw and y with respect to w."""
    ### BEGIN SOLUTION
    b = [sum(x * v for x, v in zip(row, w)) - target for row, target in zip(X, y)]
    return [2 * sum(row[j] * b_i for row, b_i in zip(X, b)) for j in range(len(w))]
    ### END SOLUTION


def gradient_X(X, w, y):
    """Return the gradient of the squared distance between Xw and y with respect to X."""
    ### BEGIN SOLUTION
    b = [sum(x * v for x, v in zip(row, w)) - target for row, target in zip(X, y)]
    return [[2 * b_i * w_j for w_j in w] for b_i in b]
    ### END SOLUTION


# %% nbgrader={"grade_id": "q2-implement", "grade": true, "locked": true, "points": 4}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps2/q2-implement", globals())

# %% [markdown] lang="en"
# ### 2.3 Explain (3 points)
#
# Let `X` have 1000 rows and 1000 columns.
#
# 1. (2 points) The three links can be multiplied from the left, or from the right. Count the
#    multiplications of numbers both ways (up to a factor of 2). Which of the two does `backward` do?
# 2. (1 point) `backward` never writes down the matrix $\partial b/\partial a$. What does it do at
#    this link instead, and why is that enough?
#
# *Point 1: one point for the two counts with their reason, one for saying which is backward's and why.
# Point 2: half for the action alone, half for the reason.*

# %% [markdown] lang="zh"
# ### 2.3 解释（3 分）
#
# 设 `X` 有 1000 行 1000 列。
#
# 1. （2 分）三环可以从左往右乘，也可以从右往左乘。数一数两种方式各要做多少次数的乘法（相差 2 倍以内都算对）。`backward` 用的是哪一种？
# 2. （1 分）`backward` 从不写出矩阵 $\partial b/\partial a$。它在这一环做的是什么？为什么这就够了？
#
# *第 1 点：两个次数及理由 1 分，说出 backward 用哪一种及原因 1 分。第 2 点：只说做法得一半，说出理由得另一半。*

# %% [markdown] lang="en" nbgrader={"grade_id": "q2-explain", "grade": true, "solution": true, "points": 3}
# 1. From the left a row of 1000 numbers meets a 1000 × 1000 matrix twice: 2 · 10⁶ multiplications.
#    From the right two 1000 × 1000 matrices are multiplied first: 10⁹, and 10⁶ more. Backward goes from the
#    left: it starts at the result and only ever carries a row, the gradient.
# 2. b = a − y, so ∂b/∂a is the identity: backward passes the gradient on as it is. It needs only the
#    product of the row with the matrix, never the matrix.

# %% [markdown] lang="zh"
# 1. 从左往右：含 1000 个数的一行两次乘以 1000 × 1000 的矩阵，共 2 · 10⁶ 次乘法。从右往左：先把两个 1000 × 1000 的矩阵相乘，要 10⁹ 次，再加 10⁶ 次。backward 从左往右：它从结果出发，一路只带着一行，也就是梯度。
# 2. b = a − y，所以 ∂b/∂a 是单位矩阵：backward 把梯度原样传下去。它需要的只是这一行与矩阵的乘积，不需要矩阵本身。
