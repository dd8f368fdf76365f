# %% [markdown] lang="en"
# ## 5 A Jacobian, row by row and column by column (10 points, about 35 minutes)
#
# Reverse mode carries a gradient from the result to the inputs; that is `backward`. Forward mode
# carries a direction from the inputs to the result, while the result is being computed:
# `torch.func.jvp(f, (x,), (u,))` returns the pair $f(x)$ and $Ju$.
#
# ### 5.1 Predict (3 points)
#
# A pass means one backward call, or one call of `jvp`. No code is needed here.
#
# - `one_backward`, `one_forward`: with $v$ (or $u$) a single 1 among zeros, what does one pass give
#   of $J$: a `"row"` or a `"column"`?
# - `f` takes 3 numbers and returns 2. How many passes make the whole $J$: `passes_backward`,
#   `passes_forward`?
# - Which mode needs fewer passes, `"backward"` or `"forward"`: for a `loss` of 1000 weights, for a
#   `curve` that takes one time and returns 1000 positions?

# %% [markdown] lang="zh"
# ## 5 雅可比矩阵，逐行与逐列（10 分，约 35 分钟）
#
# 反向模式把梯度从结果带到输入，这就是 `backward`。前向模式在计算结果的同时，把一个方向从输入带到结果：`torch.func.jvp(f, (x,), (u,))` 返回一对值 $f(x)$ 和 $Ju$。
#
# ### 5.1 预测（3 分）
#
# “一趟”指调用一次 backward，或调用一次 `jvp`。这里不需要写代码。
#
# - `one_backward`、`one_forward`：当 $v$（或 $u$）只有一个 1、其余为 0 时，一趟得到 $J$ 的一行（`"row"`）还是一列（`"column"`）？
# - `f` 接受 3 个数，返回 2 个数。得到整个 $J$ 各需要几趟：`passes_backward`、`passes_forward`？
# - 哪种模式需要的趟数更少，`"backward"` 还是 `"forward"`：由 1000 个权重算出的损失（`loss`）；接受一个时刻、返回 1000 个位置的曲线（`curve`）？

# %% nbgrader={"grade_id": "q5-prediction", "solution": true}
q5_prediction = {
    "one_backward": None,
    "one_forward": None,
    "passes_backward": None,
    "passes_forward": None,
    "loss": None,
    "curve": None,
}
### BEGIN SOLUTION
q5_prediction = {
    "one_backward": "row",
    "one_forward": "column",
    "passes_backward": 2,
    "passes_forward": 3,
    "loss": "backward",
    "curve": "forward",
}
### END SOLUTION

# %% nbgrader={"grade_id": "q5-predict", "grade": true, "locked": true, "points": 3}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps2/q5-predict", globals())

# %% [markdown] lang="en"
# ### 5.2 Implement (4 points)
#
# Write the Jacobian of `f` at `values` as a list of rows, twice. `f` takes and returns tensors with
# one axis; it may have more outputs than inputs, or fewer.
#
# - `by_rows(f, values)`: with backward calls, on **one** graph.
# - `by_columns(f, values)`: with calls of `torch.func.jvp`.
#
# Leave `torch.autograd.functional.jacobian` for comparing at the end.

# %% [markdown] lang="zh"
# ### 5.2 实现（4 分）
#
# 把 `f` 在 `values` 处的雅可比矩阵写成由行组成的列表，用两种方法。`f` 接受并返回一维张量；输出可能比输入多，也可能比输入少。
#
# - `by_rows(f, values)`：用 backward 调用，只用**一个**计算图。
# - `by_columns(f, values)`：用 `torch.func.jvp` 调用。
#
# `torch.autograd.functional.jacobian` 请留到最后作比较用。

# %% nbgrader={"grade_id": "q5-functions", "solution": true}
def by_rows(f, values):
    """Return the Jacobian of f at values, one backward pass per row."""
    ### BEGIN SOLUTION
    x = torch.tensor(values, requires_grad=True)
    rows = []
    for output in f(x):
        x.grad = None
        output.backward(retain_graph=True)
        rows.append(x.grad.tolist())
    return rows
    ### END SOLUTION


def by_columns(f, values):
    """Return the Jacobian of f at values, one forward pass per column."""
    ### BEGIN SOLUTION
    x = torch.tensor(values)
    columns = [torch.func.jvp(f, (x,), (unit,))[1] for unit in torch.eye(len(values))]
    return torch.stack(columns, dim=1).tolist()
    ### END SOLUTION


# %% nbgrader={"grade_id": "q5-implement", "grade": true, "locked": true, "points": 4}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps2/q5-implement", globals())

# %% [markdown] lang="en"
# ### 5.3 Explain (3 points)
#
# 1. Training a network uses reverse mode. Give the reason in numbers: inputs, outputs, passes.
# 2. Forward mode has an advantage, too, which no count of passes shows. What does a backward pass
#    have to keep that a forward pass need not?
# 3. In `by_rows` something has to happen before each of the backward calls but the first, and each
#    but the last needs an argument. What would come out without the one, and what without the other?
#
# *One point each; half for naming without a reason or a number.*

# %% [markdown] lang="zh"
# ### 5.3 解释（3 分）
#
# 1. 训练网络用的是反向模式。用数字说明原因：输入、输出、趟数。
# 2. 前向模式也有一个优点，从趟数上看不出来。反向传播必须保存什么，而前向模式不必？
# 3. 在 `by_rows` 里，除第一次之外，每次 backward 调用之前都要做一件事；除最后一次之外，每次调用都需要一个参数。少了前者会得到什么？少了后者呢？
#
# *每点 1 分；只说名称，没有理由或数字，得一半。*

# %% [markdown] lang="en" nbgrader={"grade_id": "q5-explain", "grade": true, "solution": true, "points": 3}
# 1. A loss is one output of, say, a million weights: J is a single row, so one backward pass gives it.
#    Forward mode would need a million passes, one per column.
# 2. Backward runs from the end to the start, so what each operation needs for its derivative is kept
#    until then. Forward mode differentiates along with the computation and may forget at once.
# 3. Without emptying x.grad each row contains the sum of the rows before it. Without retain_graph=True
#    the second call stops with an error, because the first has freed what the graph had saved.

# %% [markdown] lang="zh"
# 1. 损失只有一个输出，权重比如有一百万个：J 只有一行，一趟反向传播就得到它。前向模式需要一百万趟，每列一趟。
# 2. 反向传播从末尾走到开头，所以每个运算求导所需的值都要保存到那时。前向模式随计算一起求导，可以马上忘掉。
# 3. 不清空 x.grad，每一行都含有前面各行之和。没有 retain_graph=True，第二次调用会报错，因为第一次已经释放了图中保存的值。
