# %% [markdown] lang="en"
# ## 2 A step that is not recorded (10 points, about 30 minutes)
#
# A step of gradient descent changes the weights. It is not part of the loss, so the graph must not
# know of it.
#
# ### 2.1 Predict (3 points)
#
# Each program goes on after **start**. What does it print? A list of numbers, `True`, `False` or
# `"error"`.

# %% [markdown] lang="zh"
# ## 2 不被记录的一步（10 分，约 30 分钟）
#
# 梯度下降的一步会改变权重。它不是损失的一部分，所以计算图不应该知道它。
#
# ### 2.1 预测（3 分）
#
# 每个程序都接在 **start** 之后运行。它打印什么？写成数的列表、`True`、`False` 或 `"error"`。

# %% [markdown]
# **start**
# ```python
# w = torch.tensor([3.0], requires_grad=True)
# (w * w).sum().backward()
# ```
# **bare**
# ```python
# w -= 0.5 * w.grad
# print(w.detach())
# ```
# **in_place**
# ```python
# with torch.no_grad():
#     w -= 0.5 * w.grad
# print(w.requires_grad)
# ```
# **anew**
# ```python
# with torch.no_grad():
#     w = w - 0.5 * w.grad
# print(w.requires_grad)
# ```
# **after**
# ```python
# with torch.no_grad():
#     w -= 0.5 * w.grad
# print((w * w).requires_grad)
# ```
# **shared**
# ```python
# model = [w]
# with torch.no_grad():
#     w -= 0.5 * w.grad
# print(model[0].detach())
# ```
# **left_behind**
# ```python
# model = [w]
# with torch.no_grad():
#     w = w - 0.5 * w.grad
# print(model[0].detach())
# ```

# %% nbgrader={"grade_id": "q2-prediction", "solution": true}
q2_prediction = {
    "bare": None,
    "in_place": None,
    "anew": None,
    "after": None,
    "shared": None,
    "left_behind": None,
}
### BEGIN SOLUTION
q2_prediction = {
    "bare": "error",
    "in_place": True,
    "anew": False,
    "after": True,
    "shared": [0.0],
    "left_behind": [3.0],
}
### END SOLUTION

# %% nbgrader={"grade_id": "q2-predict", "grade": true, "locked": true, "points": 3}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps3/q2-predict", globals())

# %% [markdown] lang="en"
# ### 2.2 Implement (4 points)
#
# `params` is a list of leaf tensors, whose `.grad` a backward pass has just filled. A model holds
# the same tensors, so they must be changed themselves. Both functions return nothing.
#
# - `step(params, lr)`: move each of them by `lr` times its gradient, downhill.
# - `momentum_step(params, velocity, lr, mu)`: `velocity` holds a tensor for each of them, all
#   zeros at first. Every time $v \leftarrow \mu v + g$, then $w \leftarrow w - \text{lr}\,v$,
#   where $g$ is the gradient. The velocities must last to the next step, too.
#
# The locked cell below runs both downhill on $\sum (w - t)^2$: `descend([[3.0]], [[0.0]], 0.5,
# 1)`.

# %% [markdown] lang="zh"
# ### 2.2 实现（4 分）
#
# `params` 是叶子张量的列表，反向传播刚刚填好它们的 `.grad`。模型持有的也是这些张量，所以必须改变它们本身。两个函数都不返回值。
#
# - `step(params, lr)`：让每个张量沿下降方向移动 `lr` 乘以它的梯度。
# - `momentum_step(params, velocity, lr, mu)`：`velocity` 里为每个张量存着一个张量，开始时全是 0。每次先 $v \leftarrow \mu v + g$，再 $w \leftarrow w - \text{lr}\,v$，其中 $g$ 是梯度。速度也要保留到下一步。
#
# 下面锁定的单元格让两者在 $\sum (w - t)^2$ 上下降：`descend([[3.0]], [[0.0]], 0.5, 1)`。

# %% nbgrader={"grade_id": "q2-functions", "solution": true}
def step(params, lr):
    """Move each leaf by lr times its gradient, downhill, without recording it."""
    ### BEGIN SOLUTION
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad
    ### END SOLUTION


def momentum_step(params, velocity, lr, mu):
    """Update each velocity, then move its leaf by lr times the velocity, downhill."""
    ### BEGIN SOLUTION
    with torch.no_grad():
        for param, v in zip(params, velocity):
            v.mul_(mu).add_(param.grad)
            param -= lr * v
    ### END SOLUTION

# %% nbgrader={"grade_id": "q2-driver", "locked": true}
def descend(starts, targets, lr, steps, mu=None):
    """Return where the steps lead from the starts; with mu, those of momentum_step."""
    params = [torch.tensor(start, requires_grad=True) for start in starts]
    velocity = [torch.zeros_like(param) for param in params]
    held = list(params)
    for _ in range(steps):
        for param in params:
            param.grad = None
        sum(((p - torch.tensor(t)) ** 2).sum() for p, t in zip(params, targets)).backward()
        if mu is None:
            step(params, lr)
        else:
            momentum_step(params, velocity, lr, mu)
    return [param.tolist() for param in held]

# %% nbgrader={"grade_id": "q2-implement", "grade": true, "locked": true, "points": 4}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps3/q2-implement", globals())

# %% [markdown] lang="en"
# ### 2.3 Explain (3 points)
#
# 1. **bare** is refused, although the number it would compute is right. What would become of the
#    graph, and of the leaf, if it were allowed?
# 2. **anew** runs without complaint, and training still ends there. What is wrong with the new
#    `w`?
# 3. A friend writes `loss.backward()` inside `with torch.no_grad():`, and it works. The same
#    friend computes the loss in there, and backward stops. Why does the one matter and the other
#    not?
#
# *One point each; half for the rule without its reason.*

# %% [markdown] lang="zh"
# ### 2.3 解释（3 分）
#
# 1. **bare** 会被拒绝，尽管它要算的数是对的。如果允许这样做，计算图和叶子会变成什么样？
# 2. **anew** 运行时没有任何抱怨，但训练到此为止。新的 `w` 有什么问题？
# 3. 一位朋友把 `loss.backward()` 写在 `with torch.no_grad():` 里面，可以运行。这位朋友又把损失的计算放到里面，backward 就报错了。为什么一个有影响，另一个没有？
#
# *每点 1 分；只说规则没有理由，得一半。*

# %% [markdown] lang="en" nbgrader={"grade_id": "q2-explain", "grade": true, "solution": true, "points": 3}
# 1. The step would be recorded as an operation on w. After it w would be a result with a history,
#    no longer a leaf, and its gradient would be wanted with respect to a value that has been
#    overwritten.
# 2. It is a new tensor that does not require grad: nothing computed from it is recorded, so the
#    next loss has no graph, and the model still holds the old one.
# 3. no_grad switches the recording of operations off. backward only walks over what is recorded
#    already; a loss computed without recording leaves nothing to walk over.

# %% [markdown] lang="zh"
# 1. 这一步会被记录成对 w 的一次运算。之后 w 成了有历史的结果，不再是叶子，而所要的梯度却是关于一个已被覆盖的值的。
# 2. 它是一个不需要梯度的新张量：由它算出的东西都不会被记录，下一个损失没有计算图，而模型持有的还是原来的张量。
# 3. no_grad 关闭的是运算的记录。backward 只是走过已经记录下来的东西；没有记录就算出的损失，没有东西可走。
