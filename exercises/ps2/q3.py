# %% [markdown] lang="en"
# ## 3 A bug hunt (10 points, about 30 minutes)
#
# Backward adds. In a training loop that is a trap, and sometimes just what one wants.
#
# ### 3.1 Predict (2 points)
#
# Two steps downhill on $w^2$ from $w = 4$. What does each of these loops print? A number, or
# `"error"`.

# %% [markdown] lang="zh"
# ## 3 找错（10 分，约 30 分钟）
#
# backward 会累加。在训练循环里这是个陷阱，但有时正是我们想要的。
#
# ### 3.1 预测（2 分）
#
# 从 $w = 4$ 出发，在 $w^2$ 上往下走两步。下面每个循环打印什么？写一个数，或 `"error"`。

# %% [markdown]
# **emptied**
# ```python
# w = torch.tensor(4.0, requires_grad=True)
# for step in range(2):
#     w.grad = None
#     (w * w).backward()
#     with torch.no_grad():
#         w -= 0.25 * w.grad
# print(w.item())
# ```
# **forgotten**
# ```python
# w = torch.tensor(4.0, requires_grad=True)
# for step in range(2):
#     (w * w).backward()
#     with torch.no_grad():
#         w -= 0.25 * w.grad
# print(w.item())
# ```
# **too_early**
# ```python
# w = torch.tensor(4.0, requires_grad=True)
# for step in range(2):
#     (w * w).backward()
#     w.grad.zero_()
#     with torch.no_grad():
#         w -= 0.25 * w.grad
# print(w.item())
# ```
# **rebound**
# ```python
# w = torch.tensor(4.0, requires_grad=True)
# for step in range(2):
#     (w * w).backward()
#     w = w - 0.25 * w.grad
# print(w.item())
# ```

# %% nbgrader={"grade_id": "q3-prediction", "solution": true}
q3_prediction = {
    "emptied": None,
    "forgotten": None,
    "too_early": None,
    "rebound": None,
}
### BEGIN SOLUTION
q3_prediction = {
    "emptied": 1.0,
    "forgotten": -1.0,
    "too_early": 4.0,
    "rebound": "error",
}
### END SOLUTION

# %% nbgrader={"grade_id": "q3-predict", "grade": true, "locked": true, "points": 2}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps2/q3-predict", globals())

# %% [markdown] lang="en"
# ### 3.2 Repair (5 points)
#
# Both functions below are wrong, each in two ways. Repair them; change as little as you can.
#
# - `train(xs, ys, w, b, lr, steps)` (3 points) fits the line $wx + b$: `steps` steps of size `lr`
#   down the mean squared error over all points. It returns `[w, b]`.
# - `train_in_parts(parts, w, lr, steps)` (2 points) fits $wx$ to data too large for memory. `parts` is
#   a list of pairs `[xs, ys]`, all of one length. One step goes down the mean squared error over *all*
#   points; backward runs once per part. It returns `w`.
#
# The results are compared with a computation on paper, for data you have not seen.

# %% [markdown] lang="zh"
# ### 3.2 修复（5 分）
#
# 下面两个函数都有错，各有两处。把它们改对，改动越少越好。
#
# - `train(xs, ys, w, b, lr, steps)`（3 分）拟合直线 $wx + b$：沿所有点的均方误差下降 `steps` 步，步长为 `lr`。返回 `[w, b]`。
# - `train_in_parts(parts, w, lr, steps)`（2 分）用 $wx$ 拟合内存放不下的数据。`parts` 是由 `[xs, ys]` 组成的列表，各部分长度相同。每一步沿*全部*点的均方误差下降；每个部分运行一次 backward。返回 `w`。
#
# 结果会与纸上的计算比较，所用的数据你没有见过。

# %% nbgrader={"grade_id": "q3-functions", "solution": true}
def train(xs, ys, w, b, lr, steps):
    x, y = torch.tensor(xs), torch.tensor(ys)
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    for step in range(steps):
        loss = ((w * x + b - y) ** 2).mean()
        loss.backward()
        w = w - lr * w.grad
        b = b - lr * b.grad
    return [w.item(), b.item()]


def train_in_parts(parts, w, lr, steps):
    w = torch.tensor(w, requires_grad=True)
    for step in range(steps):
        for xs, ys in parts:
            w.grad = None
            loss = ((w * torch.tensor(xs) - torch.tensor(ys)) ** 2).mean()
            loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.item()


### BEGIN SOLUTION
def train(xs, ys, w, b, lr, steps):
    x, y = torch.tensor(xs), torch.tensor(ys)
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    for step in range(steps):
        w.grad = b.grad = None
        loss = ((w * x + b - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
            b -= lr * b.grad
    return [w.item(), b.item()]


def train_in_parts(parts, w, lr, steps):
    w = torch.tensor(w, requires_grad=True)
    for step in range(steps):
        w.grad = None
        for xs, ys in parts:
            loss = ((w * torch.tensor(xs) - torch.tensor(ys)) ** 2).mean()
            (loss / len(parts)).backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.item()
### END SOLUTION

# %% nbgrader={"grade_id": "q3-implement", "grade": true, "locked": true, "points": 5}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps2/q3-implement", globals())

# %% [markdown] lang="en"
# ### 3.3 Explain (3 points)
#
# 1. Name the two faults of `train`. Which of them stops with an error, and why only in the second step?
# 2. The other one raises nothing. What would you see of it in a plot of the loss?
# 3. In `train_in_parts` adding gradients up is wanted. Why does adding alone not give the gradient of
#    the mean over all points?
#
# *One point each; half where the fault is named and its reason is missing.*

# %% [markdown] lang="zh"
# ### 3.3 解释（3 分）
#
# 1. 说出 `train` 的两处错误。哪一处会报错？为什么到第二步才报错？
# 2. 另一处不会报错。在损失曲线上会看到什么？
# 3. 在 `train_in_parts` 里，把梯度加起来正是我们想要的。为什么只是相加还得不到全部点上均值的梯度？
#
# *每点 1 分；指出了错误但没有说明原因，得一半。*

# %% [markdown] lang="en" nbgrader={"grade_id": "q3-explain", "grade": true, "solution": true, "points": 3}
# 1. `w = w - …` makes a new tensor, the result of an operation, and gives it the name of the leaf. In the
#    first step `w` still is the leaf. In the second, backward fills the gradient of the old leaf, and
#    `w.grad` of the new tensor is None. The other fault: the gradients are never zeroed.
# 2. Each step also repeats all earlier gradients, like a ball with momentum and no friction: the loss
#    falls, shoots past the minimum and rises again, swinging or growing.
# 3. Adding gives the gradient of the sum of the means. With k equal parts the mean over all is that
#    sum divided by k; without the division each step is k times too long.

# %% [markdown] lang="zh"
# 1. `w = w - …` 得到一个新张量，它是运算的结果，却用了叶子的名字。第一步时 `w` 还是叶子；第二步时 backward 把梯度写进原来的叶子，而新张量的 `w.grad` 是 None。另一处错误：从不清零梯度。
# 2. 每一步都重复之前所有的梯度，像一个有动量而没有摩擦的球：损失先下降，冲过最小值，又上升，来回振荡甚至越来越大。
# 3. 相加得到的是各部分均值之和的梯度。分成 k 个等长的部分时，全部的均值是这个和除以 k；不除的话，每一步都长了 k 倍。
