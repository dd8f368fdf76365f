# %% [markdown] lang="en"
# # One layer, trained
#
# Fifteen minutes. Afterwards you will be able to
#
# - read the graph of a one-layer network and name its nodes,
# - compute the gradients of its loss by hand,
# - write a training loop, without and with an optimizer, and freeze a parameter.

# %% [markdown] lang="zh"
# # 训练一层网络
#
# 本课用时十五分钟。学完之后，你将能够
#
# - 看懂一层网络的计算图，并说出其中的节点；
# - 亲手算出损失的梯度；
# - 写出训练循环，先不用优化器，再用优化器，还会冻结一个参数。

# %%
# %load_ext autograd_lab
import autograd_lab as torch
from autograd_lab.optim import SGD
from autograd_lab.widgets import ChainLab, GraphGrowthLab, predict

# %% [markdown] lang="en" covers=["001/intro/backpropagation"]
# ## 1. Predict
#
# Networks are trained by **backpropagation**: compute the gradient of a loss, change the parameters by it, repeat.
# The smallest network: five inputs `x`, three outputs `z`, the **parameters** `w` and `b`, and a loss that is
# small when `z` fits the wanted outputs `y`.
#
# $$z_j = \sum_i x_i\,w_{ij} + b_j \qquad
# \mathrm{loss} = -\frac13 \sum_j \bigl(y_j \ln \sigma(z_j) + (1 - y_j) \ln (1 - \sigma(z_j))\bigr)$$
#
# with $\sigma(z) = 1 / (1 + e^{-z})$, a number between 0 and 1. All five inputs are 1. Will the five rows of
# `w.grad` be the same? Write `True` or `False`.

# %% [markdown] lang="zh"
# ## 1. 先猜
#
# 神经网络是靠**反向传播**训练的：求出损失的梯度，按照它调整参数，如此反复。下面是最小的网络：五个输入 `x`，三个输出 `z`，**参数** `w` 和 `b`，还有一个损失；`z` 与期望的输出 `y` 越吻合，损失越小。
#
# $$z_j = \sum_i x_i\,w_{ij} + b_j \qquad
# \mathrm{loss} = -\frac13 \sum_j \bigl(y_j \ln \sigma(z_j) + (1 - y_j) \ln (1 - \sigma(z_j))\bigr)$$
#
# 其中 $\sigma(z) = 1 / (1 + e^{-z})$ 介于 0 和 1 之间。五个输入都是 1。`w.grad` 的五行会相同吗？填 `True` 或 `False`。

# %%
guess = ...
predict("rows_alike", guess)

# %% [markdown] lang="en" covers=["001/graph/parameters", "001/gradients/derivatives-wanted", "001/graph/flag-now-or-later"]
# ## 2. Run
#
# We want the gradients of the loss with respect to `w` and `b`, so these two get `requires_grad=True`. (One
# may also set it later: `w.requires_grad_(True)`.) `x` and `y` are given and need none.

# %% [markdown] lang="zh"
# ## 2. 运行
#
# 我们要的是损失关于 `w` 和 `b` 的梯度，所以给这两个设置 `requires_grad=True`。（也可以以后再设：`w.requires_grad_(True)`。）`x` 和 `y` 是给定的，不需要梯度。

# %% covers=["001/in2/one-layer", "001/graph/picture"]
# %%autograd
torch.manual_seed(0)
x = torch.ones(5)
y = torch.zeros(3)
w = torch.randn(5, 3, requires_grad=True)
b = torch.randn(3, requires_grad=True)
z = torch.matmul(x, w) + b
loss = torch.nn.functional.binary_cross_entropy_with_logits(z, y)
loss.backward()

# %% covers=["001/in4/loss-backward"]
rows_alike = bool((w.grad == w.grad[0]).all())
predict("rows_alike", guess)
print(loss)
print(w.grad)
print(b.grad)

# %% [markdown] lang="en" covers=["001/graph/function-object", "001/graph/grad-fn", "003/function/grad-fn"]
# ## 3. Step
#
# Press <kbd>→</kbd> in the figure. Each operation in it is an object that knows how to compute its result and, on
# the way back, its derivative; a tensor keeps it in `grad_fn`. Its `next_functions` say where the gradient goes next:

# %% [markdown] lang="zh"
# ## 3. 一步一步走
#
# 在图上按 <kbd>→</kbd>。图里的每个运算都是一个对象，它既会算出结果，也会在往回走的时候求出这一步的导数；张量用 `grad_fn` 记住它。它的 `next_functions` 则说明梯度接下来传到哪里：

# %% covers=["001/in3/grad-fn"]
node = loss.grad_fn
while node:
    following = [each for each, _ in node.next_functions if each]
    print(type(node).__name__, "->", [type(each).__name__ for each in following])
    node = following[0] if following else None

# %% [markdown] lang="en" covers=["001/dag/record", "001/dag/leaves-and-roots", "001/dag/forward", "001/dag/backward", "003/function/acyclic-graph"]
# `AccumulateGrad` stands before every leaf: there the gradient is added into `.grad`. `SqueezeBackward4`
# and `MmBackward0` belong to `matmul`, which makes a 1 × 5 matrix of the vector `x` and takes the extra
# dimension away afterwards. (Older versions print some names without the number at the end.)
#
# All these objects form one graph. It is directed and has no cycles; the loss is its **root**, `w` and `b` are its
# **leaves**.
#
# - *Forwards*, two things happen at once: the result is computed, and its `grad_fn` is put into the graph.
# - *Backwards*, each `grad_fn` computes its derivative, the chain rule passes it on, and at the leaves it is added into
#   `.grad`.
#
# Walk through it yourself, hop by hop:

# %% [markdown] lang="zh"
# 每个叶子张量前面都有一个 `AccumulateGrad`，梯度在那里累积到 `.grad` 中。`SqueezeBackward4` 和 `MmBackward0` 同属 `matmul`：它先把向量 `x` 变成 1 × 5 的矩阵，最后再去掉多出来的一维。（旧版本打印的某些名字末尾没有数字。）
#
# 所有这些对象连成一张图。它有方向，没有环；损失是它的**根**，`w` 和 `b` 是它的**叶子**。
#
# - **前向**时，两件事同时进行：算出结果，并把它的 `grad_fn` 放进图里。
# - **反向**时，每个 `grad_fn` 求出自己的导数，按链式法则往下传，到叶子处累积进 `.grad`。
#
# 请你自己一步一步地走一遍：

# %%
program = """
z = torch.matmul(x, w) + b
loss = torch.nn.functional.binary_cross_entropy_with_logits(z, y)
"""
ChainLab(program, x=x, y=y, w=w, b=b)

# %% [markdown] lang="en"
# ## 4. Explain
#
# The slope of the loss in one $z_j$ turns out short, because $\sigma' = \sigma\,(1 - \sigma)$ cancels what the logarithms
# bring. The rest is the chain rule:
#
# $$\frac{\partial\,\mathrm{loss}}{\partial z_j} = \frac{\sigma(z_j) - y_j}{3} \qquad
# \frac{\partial\,\mathrm{loss}}{\partial b_j} = \frac{\sigma(z_j) - y_j}{3} \qquad
# \frac{\partial\,\mathrm{loss}}{\partial w_{ij}} = x_i\,\frac{\sigma(z_j) - y_j}{3}$$
#
# In words: how much too large the output is, a third of it, and for `w` times the input. The third comes from the
# mean over three outputs. All inputs are 1, so all rows of `w.grad` are equal, and equal to `b.grad`.

# %% [markdown] lang="zh"
# ## 4. 说明道理
#
# 损失对单个 $z_j$ 的导数化简之后很短，因为 $\sigma' = \sigma\,(1 - \sigma)$ 正好与对数求导得到的分母约掉。其余的用链式法则：
#
# $$\frac{\partial\,\mathrm{loss}}{\partial z_j} = \frac{\sigma(z_j) - y_j}{3} \qquad
# \frac{\partial\,\mathrm{loss}}{\partial b_j} = \frac{\sigma(z_j) - y_j}{3} \qquad
# \frac{\partial\,\mathrm{loss}}{\partial w_{ij}} = x_i\,\frac{\sigma(z_j) - y_j}{3}$$
#
# 用话来说：输出比期望值大了多少，取它的三分之一；对 `w` 还要乘以输入。三分之一来自对三个输出求均值。输入全是 1，所以 `w.grad` 的每一行都相同，而且都等于 `b.grad`。

# %%
by_hand = (torch.sigmoid(z) - y).detach() / 3
print(by_hand)
print(torch.allclose(b.grad, by_hand), torch.allclose(w.grad, torch.outer(x, by_hand)))

# %% [markdown] lang="en" covers=["001/gradients/leaves-only", "001/gradients/once", "001/gradients/retain-graph"]
# Three rules from the tutorial, in a sentence each.
#
# - `.grad` is filled for **leaves** that require grad. For a result such as `z`, ask before the backward pass:
#   `z.retain_grad()`.
# - A graph can be walked **once**; after that, what it had kept for the way back is freed. `retain_graph=True`
#   keeps it for one more walk.
# - The graph is made anew in each forward pass. A training loop therefore computes the loss again in each turn.

# %% [markdown] lang="zh"
# 教程里还有三条规则，各用一句话说明。
#
# - 只有需要梯度的**叶子张量**，`.grad` 才会被填上。想看 `z` 这样的运算结果的梯度，要在反向传播之前写 `z.retain_grad()`。
# - 一张计算图只能走**一次**，之后它为反向传播保存的东西就释放了。`retain_graph=True` 会把它们留着，以便再走一次。
# - 每次前向计算都会重新建立计算图，所以训练循环每一轮都要重新计算损失。

# %%
z = torch.matmul(x, w) + b
z.retain_grad()
loss = torch.nn.functional.binary_cross_entropy_with_logits(z, y)
loss.backward()
print(torch.allclose(z.grad, by_hand))
try:
    loss.backward()
except RuntimeError as error:
    print(error)

# %% [markdown] lang="en"
# ## 5. Change one thing, and predict again
#
# The first input becomes 0, the others stay 1. What will `first_row`, the first row of the new gradient, be?

# %% [markdown] lang="zh"
# ## 5. 只改一处，再猜一次
#
# 第一个输入改成 0，其余仍是 1。新的梯度的第一行 `first_row` 会是什么？

# %%
guess = ...
predict("first_row", guess)

# %%
x = torch.tensor([0.0, 1.0, 1.0, 1.0, 1.0])
w.grad = b.grad = None
z = torch.matmul(x, w) + b
loss = torch.nn.functional.binary_cross_entropy_with_logits(z, y)
loss.backward()
first_row = w.grad[0]
predict("first_row", guess)

# %%
print(first_row)
print(w.grad[1])

# %% [markdown] lang="en"
# An input of 0 multiplies its row of weights by 0. Whatever these weights are, the loss does not notice,
# so their gradient is 0.
#
# ## 6. Train by hand
#
# The gradient points to where the loss grows; training takes small steps the other way. Four things are repeated:
# compute the loss, go backwards, change the parameters, empty the gradients. Changing parameters is not
# part of the computation, therefore it stands under `no_grad`.

# %% [markdown] lang="zh"
# 输入是 0，它那一行权重就被乘上了 0。这些权重取什么值，损失都不会变，所以它们的梯度是 0。
#
# ## 6. 手写训练循环
#
# 梯度指向损失增大的方向，训练就是朝相反的方向一小步一小步地走。循环里反复做四件事：计算损失、反向传播、更新参数、清空梯度。更新参数不属于网络的计算，所以放在 `no_grad` 里。

# %%
x = torch.ones(5)

def make_parameters():
    torch.manual_seed(0)
    return torch.randn(5, 3, requires_grad=True), torch.randn(3, requires_grad=True)

def loss_of(w, b):
    z = torch.matmul(x, w) + b
    return torch.nn.functional.binary_cross_entropy_with_logits(z, y)

w, b = make_parameters()
for turn in range(50):
    loss = loss_of(w, b)
    loss.backward()
    with torch.no_grad():
        w -= 0.5 * w.grad
        b -= 0.5 * b.grad
    w.grad.zero_()
    b.grad.zero_()
    if turn % 10 == 0:
        print(turn, round(loss.item(), 4))

# %% [markdown] lang="en"
# Two lines are easily got wrong.
#
# - `w -= …` changes the leaf. `w = w - …` would make a new tensor and call *that* `w`: it would not require grad,
#   and its `.grad` would be `None` for good.
# - Without `zero_()` each gradient would be added to all those before it.
#
# For the log, `loss.item()` takes the number alone. Whoever collects `loss` itself keeps every graph of
# every turn alive; in the lab you can watch them pile up.

# %% [markdown] lang="zh"
# 有两行很容易写错。
#
# - `w -= …` 改的是叶子张量本身。`w = w - …` 则会造出一个新张量，再把 `w` 这个名字给**它**；这个新张量不需要梯度，它的 `.grad` 也就一直是 `None`。
# - 没有 `zero_()`，每次的梯度都会加到以前所有的梯度上。
#
# 记录损失时，`loss.item()` 只取出数值。如果把 `loss` 本身收集起来，每一轮的计算图就都释放不掉；在下面的实验里可以看着它们越堆越多。

# %%
GraphGrowthLab()

# %% [markdown] lang="en" covers=["001/in7/optimizers"]
# ## 7. Train with an optimizer
#
# An **optimizer** does the last two things for all parameters it was given: `step()` changes them, `zero_grad()`
# empties their gradients (it sets them to `None`).

# %% [markdown] lang="zh"
# ## 7. 用优化器训练
#
# **优化器**替我们做后两件事，对交给它的所有参数都做：`step()` 更新参数，`zero_grad()` 清空梯度（把它们设为 `None`）。

# %%
w2, b2 = make_parameters()
optimizer = SGD([w2, b2], lr=0.5)
for turn in range(50):
    optimizer.zero_grad()
    loss = loss_of(w2, b2)
    loss.backward()
    optimizer.step()
print(round(loss.item(), 4))
print(torch.equal(w, w2), torch.equal(b, b2))

# %% [markdown] lang="en" covers=["001/no-grad/frozen"]
# The same numbers to the last bit: the plain `SGD` *is* the loop from above.
#
# ## 8. Freeze a parameter
#
# Whoever fine-tunes a trained network often leaves most of it as it is. `requires_grad_(False)` freezes `w`.
# Two guesses, `True` or `False`: does the loss still fall, and is `w` still what it was?

# %% [markdown] lang="zh"
# 结果一位不差：最朴素的 `SGD` **就是**上面那个循环。
#
# ## 8. 冻结参数
#
# 微调一个训练好的网络时，往往让其中大部分保持不变。`requires_grad_(False)` 把 `w` 冻结起来。请猜两件事，填 `True` 或 `False`：损失还会下降吗？`w` 还是原来的值吗？

# %%
falls, stays = ..., ...
w, b = make_parameters()
w.requires_grad_(False)
before, first = w.clone(), loss_of(w, b).item()
optimizer = SGD([w, b], lr=0.5)
for turn in range(50):
    optimizer.zero_grad()
    loss = loss_of(w, b)
    loss.backward()
    optimizer.step()
loss_fell = loss.item() < first
w_unchanged = torch.equal(w, before)
predict("loss_fell", falls)
predict("w_unchanged", stays)

# %%
print(round(first, 4), "->", round(loss.item(), 4))
print(w.grad, b.grad)

# %% [markdown] lang="en"
# `b` alone learned, and that was enough to lower the loss. `w` was used in each forward pass, but its gradient
# was never computed, and `step()` passes over parameters without one.
#
# ## Three checks
#
# **1.** All parameters are 0, the wanted outputs are 0. What is each entry of `b.grad`?

# %% [markdown] lang="zh"
# 只有 `b` 在学习，但已足以让损失下降。`w` 每次前向计算都用到了，只是从来没有算过它的梯度，而 `step()` 会跳过没有梯度的参数。
#
# ## 三道检查题
#
# **1.** 所有参数都是 0，期望的输出也是 0。`b.grad` 的每个元素是多少？

# %%
w = torch.zeros(5, 3, requires_grad=True)
b = torch.zeros(3, requires_grad=True)
loss_of(w, b).backward()
predict("b.grad", ...)

# %% [markdown] lang="en"
# **2.** One step with learning rate 0.6 from there. What is each entry of `b`?

# %% [markdown] lang="zh"
# **2.** 从那里出发，用学习率 0.6 走一步。`b` 的每个元素变成多少？

# %%
SGD([w, b], lr=0.6).step()
predict("b", ...)

# %% [markdown] lang="en"
# **3.** `z` is a result. Is it a leaf, `True` or `False`?

# %% [markdown] lang="zh"
# **3.** `z` 是运算结果。它是叶子张量吗？填 `True` 或 `False`。

# %%
z = torch.matmul(x, w) + b
predict("z.is_leaf", ...)

# %% [markdown] lang="en"
# If the second one went wrong, look at the sign: `b` moves *against* its gradient. $0 - 0.6 \cdot \frac16 = -0.1$.

# %% [markdown] lang="zh"
# 如果第二题错了，请看看符号：`b` 是**逆着**梯度走的。$0 - 0.6 \cdot \frac16 = -0.1$。
