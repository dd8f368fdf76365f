# %% [markdown] lang="en"
# # The first gradient
#
# Fifteen minutes. Afterwards you will be able to
#
# - say what `requires_grad`, `grad_fn`, `backward()` and `.grad` have to do with each other,
# - follow a gradient backwards through a graph, one operation at a time,
# - derive the same numbers by hand, and notice when one is four times too large.
#
# You will often be asked for a guess. A wrong one costs nothing, and teaches more than none.

# %% [markdown] lang="zh"
# # 第一个梯度
#
# 本课用时十五分钟。学完之后，你将能够
#
# - 说清 `requires_grad`、`grad_fn`、`backward()` 和 `.grad` 之间的关系；
# - 沿着计算图，一个运算一个运算地跟踪梯度是怎样往回传的；
# - 亲手推导出同样的数，并在结果大了四倍时一眼看出来。
#
# 课上会常常请你先猜一猜。猜错没有任何损失，却比不猜学到的更多。

# %%
# %load_ext autograd_lab
import autograd_lab as torch
from autograd_lab.widgets import predict

# %% [markdown] lang="en"
# ## 1. Predict
#
# Four small steps lead from a table `x` of four ones to a single number `out`:
#
# $$y_i = x_i + 2 \qquad z_i = 3\,y_i^2 \qquad \mathrm{out} = \tfrac14\,(z_1 + z_2 + z_3 + z_4)$$
#
# Now let one entry of `x` grow by a tiny amount. By how many times that amount does `out` grow? This
# factor is one entry of the **gradient**; it will be stored in `x.grad`.
#
# Put your number in place of `...` and run the cell.

# %% [markdown] lang="zh"
# ## 1. 先猜
#
# 从四个 1 组成的表 `x` 出发，经过几步简单的计算，得到一个数 `out`：
#
# $$y_i = x_i + 2 \qquad z_i = 3\,y_i^2 \qquad \mathrm{out} = \tfrac14\,(z_1 + z_2 + z_3 + z_4)$$
#
# 现在让 `x` 的某一个元素增大一点点。`out` 的增量是这一点点的几倍？这个倍数就是**梯度**的一个元素，之后会放在 `x.grad` 里。
#
# 把你猜的数写在 `...` 的位置，然后运行。

# %%
guess = ...
predict("x.grad", guess)

# %% [markdown] lang="en"
# ## 2. Run
#
# First only forwards, without a gradient.

# %% [markdown] lang="zh"
# ## 2. 运行
#
# 先只做前向计算，不求梯度。

# %% covers=["003/in9/ones", "003/in10/add", "003/in11/mul-mean", "004/in1/ones", "004/in2/add", "004/in4/mul-mean"]
x = torch.ones(2, 2, requires_grad=True)
y = x + 2
z = y * y * 3
out = z.mean()
print(x)
print(y)
print(z)
print(out)

# %% [markdown] lang="en" covers=["000/2.5.1/requires-grad", "000/2.5.1/tracks-operations", "000/2.5.4/grad-fn", "001/dag/record", "003/tensor/requires-grad", "003/function/acyclic-graph", "003/function/grad-fn", "004/intro/requires-grad"]
# The numbers are no surprise: 1, then 3, then 27, and a mean of 27. New is what is written beside them.
#
# - We asked for `requires_grad=True` on `x` alone. From then on, each operation that uses `x`, directly
#   or not, is recorded.
# - Each result remembers the operation that made it: its `grad_fn`. The name says `Backward` because
#   this object will do that operation's part of the way back.
# - `x` was made by us, not by an operation. It has no `grad_fn`; it is a **leaf**.
#
# Tensors and operations together form the **computational graph**. It is directed and has no cycles, for a result
# always comes after what it was made of. No gradient exists yet: `x.grad` is
# `None`, which means "none yet", not zero.

# %% [markdown] lang="zh"
# 数值都在意料之中：先是 1，再是 3，然后是 27，均值也是 27。新鲜的是写在数值旁边的内容。
#
# - 我们只对 `x` 设置了 `requires_grad=True`。从这时起，凡是直接或间接用到 `x` 的运算都会被记录下来。
# - 每个结果都记得自己是由哪个运算得到的，这就是它的 `grad_fn`。名字里带有 `Backward`，是因为往回走的时候，这个运算的那一段就由它负责。
# - `x` 是我们自己创建的，不是运算的结果，所以没有 `grad_fn`。这样的张量叫做**叶子张量**。
#
# 张量和运算合在一起，就是**计算图**。它是一个有向无环图，因为结果总是在它的来源之后才出现。此时还没有梯度：`x.grad` 是 `None`，意思是“尚无”，而不是零。

# %% covers=["004/in3/grad-fn"]
print(x.grad_fn, y.grad_fn.name(), z.grad_fn.name(), out.grad_fn.name())
print(x.is_leaf, y.is_leaf)
print(x.grad)

# %% [markdown] lang="en" covers=["000/2.5.1/backward-fills-grad", "003/tensor/backward", "004/intro/backward", "004/intro/grad", "001/intro/any-graph"]
# Now forwards and back again. `out.backward()` walks through the graph from `out` to the leaf `x`,
# and would do so with any other graph; `%%autograd` on the first line shows the walk.

# %% [markdown] lang="zh"
# 现在走一个来回。`out.backward()` 从 `out` 出发，沿计算图走回叶子张量 `x`，这就是**反向传播**，换成别的计算图也是一样；第一行的 `%%autograd` 会把这一路画出来。

# %% covers=["003/in12/backward", "004/in6/backward", "003/derivatives/scalar"]
# %%autograd
x = torch.ones(2, 2, requires_grad=True)
y = x + 2
z = y * y * 3
out = z.mean()
out.backward()

# %% covers=["003/in13/four-and-a-half", "004/in7/four-and-a-half", "003/gradients/backward-then-grad"]
predict("x.grad", guess)
x.grad

# %% [markdown] lang="en"
# ## 3. Step
#
# Click the figure above and press <kbd>→</kbd> until you have arrived at `x`. Each node multiplies what
# comes in by its own local derivative and passes the product on:
#
# | node | comes in | what it does | goes out |
# |---|---|---|---|
# | `out`, `MeanBackward0` | 1 | each of the four entries counts a quarter | 0.25 |
# | `z`, `MulBackward0` | 0.25 | times 3 | 0.75 |
# | `y * y`, `MulBackward0` | 0.75 | times the *other* factor, 3, once for each `y` | 2.25 and 2.25 |
# | `y`, `AddBackward0` | 2.25 + 2.25 = 4.5 | adding 2 changes no slope | 4.5 |
# | `x`, the leaf | 4.5 | adds it into `x.grad` | |
#
# `y` was used twice, so two shares come back to it, and they are **added**.

# %% [markdown] lang="zh"
# ## 3. 一步一步走
#
# 点一下上面的图，不断按 <kbd>→</kbd>，直到抵达 `x`。每个节点都把传进来的数乘上自己的局部导数，再把乘积传下去：
#
# | 节点 | 传入 | 做什么 | 传出 |
# |---|---|---|---|
# | `out`，`MeanBackward0` | 1 | 四个元素各占四分之一 | 0.25 |
# | `z`，`MulBackward0` | 0.25 | 乘以 3 | 0.75 |
# | `y * y`，`MulBackward0` | 0.75 | 乘以**另一个**因数 3，两个 `y` 各算一次 | 2.25 和 2.25 |
# | `y`，`AddBackward0` | 2.25 + 2.25 = 4.5 | 加 2 不改变变化的快慢 | 4.5 |
# | `x`，叶子张量 | 4.5 | 累积到 `x.grad` 中 | |
#
# `y` 被用了两次，所以有两份梯度传回来，它们要**相加**。

# %% [markdown] lang="en" covers=["004/math/derivation"]
# ## 4. Explain
#
# The same with pencil and paper. The mean gives each $z_i$ the weight one quarter, and the power rule gives the
# slope of $z_i$:
#
# $$\frac{\partial\,\mathrm{out}}{\partial z_i} = \frac14 \qquad
# \frac{\partial z_i}{\partial x_i} = 6\,(x_i + 2) \qquad
# \frac{\partial\,\mathrm{out}}{\partial x_i} = \frac14 \cdot 6\,(x_i + 2)$$
#
# At $x_i = 1$ this is $\frac14 \cdot 18 = 4.5$.
#
# - **Why the same number four times?** All entries of `x` are 1, and each $z_i$ depends on its own $x_i$ only.
# - **Why not 18?** 18 is the slope of one $z_i$. Only a quarter of $z_i$ reaches `out`, so only a quarter of
#   its slope does.
#
# And without any rule at all: make one entry a little larger and measure.

# %% [markdown] lang="zh"
# ## 4. 说明道理
#
# 再用纸笔算一遍。求均值时，每个 $z_i$ 的权重是四分之一；$z_i$ 的导数则由幂函数的求导法则得到：
#
# $$\frac{\partial\,\mathrm{out}}{\partial z_i} = \frac14 \qquad
# \frac{\partial z_i}{\partial x_i} = 6\,(x_i + 2) \qquad
# \frac{\partial\,\mathrm{out}}{\partial x_i} = \frac14 \cdot 6\,(x_i + 2)$$
#
# 在 $x_i = 1$ 处，结果是 $\frac14 \cdot 18 = 4.5$。
#
# - **为什么四个数都一样？** 因为 `x` 的元素全是 1，而且每个 $z_i$ 只依赖于自己的 $x_i$。
# - **为什么不是 18？** 18 是单个 $z_i$ 的导数。$z_i$ 只有四分之一进入 `out`，它的导数也就只有四分之一传得过去。
#
# 还可以什么法则都不用：把其中一个元素增大一点点，直接量一量。

# %%
h = 0.001
entries = [1 + h, 1, 1, 1]
nudged = sum(3 * (entry + 2) ** 2 for entry in entries) / 4
round((nudged - 27) / h, 3)

# %% [markdown] lang="en"
# Very nearly 4.5, and the smaller `h` is, the nearer.
#
# ## 5. Change one thing, and predict again
#
# Replace `mean()` by `sum()`; everything else stays. What will the gradient be now?

# %% [markdown] lang="zh"
# 非常接近 4.5；`h` 越小就越接近。
#
# ## 5. 只改一处，再猜一次
#
# 把 `mean()` 换成 `sum()`，其余不变。现在梯度会是多少？

# %%
guess = ...
predict("w.grad", guess)

# %%
# %%autograd
w = torch.ones(2, 2, requires_grad=True)
y = w + 2
z = y * y * 3
total = z.sum()
total.backward()

# %%
predict("w.grad", guess)
w.grad

# %% [markdown] lang="en"
# A sum lets every $z_i$ through whole: the first node now passes on 1 instead of 0.25, and every number after
# it is four times as large. The rest of the graph did not change.
#
# ## Three checks
#
# Fill in your answer for `...` and run the cell.
#
# **1.** All entries are 2 now, and it is the mean again. What is the gradient?

# %% [markdown] lang="zh"
# 求和让每个 $z_i$ 原样通过：第一个节点传出的是 1，不再是 0.25，之后的每个数也都变成原来的四倍。计算图的其余部分没有任何变化。
#
# ## 三道检查题
#
# 把答案写在 `...` 的位置，然后运行。
#
# **1.** 现在所有元素都是 2，仍然求均值。梯度是多少？

# %%
a = torch.tensor([[2.0, 2.0], [2.0, 2.0]], requires_grad=True)
(3 * (a + 2) ** 2).mean().backward()
predict("a.grad", ...)

# %% [markdown] lang="en"
# **2.** `y` came out of an addition. Is it a leaf, `True` or `False`?

# %% [markdown] lang="zh"
# **2.** `y` 是加法运算的结果。它是叶子张量吗？填 `True` 或 `False`。

# %%
predict("y.is_leaf", ...)

# %% [markdown] lang="en"
# **3.** The mean once more, but computed and sent back twice in a row. What does `b.grad` hold in the end?

# %% [markdown] lang="zh"
# **3.** 还是求均值，但前向计算和反向传播连做两遍。最后 `b.grad` 里是多少？

# %%
b = torch.ones(2, 2, requires_grad=True)
for turn in range(2):
    (3 * (b + 2) ** 2).mean().backward()
predict("b.grad", ...)

# %% [markdown] lang="en"
# If the third one surprised you: `backward()` *adds* to `.grad`, it does not replace what is there. That
# gradients **accumulate** is a story of its own.

# %% [markdown] lang="zh"
# 如果第三题出乎意料：`backward()` 是把梯度**加**进 `.grad`，而不是取代原来的值。这叫**梯度累积**，值得单独讲一课。
