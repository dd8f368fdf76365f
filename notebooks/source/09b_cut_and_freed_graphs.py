# %% [markdown] lang="en"
# # The mistakes everyone makes: cut and freed graphs
#
# The second of three parts. Fifteen minutes. Afterwards you will be able to
#
# - find the line that cut a graph, which is seldom the line that raises the error,
# - say when a graph is freed, and what to do instead of keeping it,
# - put the lines of a training loop in the right order.
#
# As before: read the cell, **decide what will happen**, run it. Below the cell stands what was found in it.

# %% [markdown] lang="zh"
# # 人人都会犯的错：被切断、被释放的计算图
#
# 三课中的第二课。本课用时十五分钟。学完之后，你将能够
#
# - 找出切断计算图的那一行，而它往往不是报错的那一行；
# - 说清计算图什么时候被释放，以及除了硬留着它还能怎么办；
# - 把训练循环里的几行代码排成正确的顺序。
#
# 和上一课一样：先读单元格，**判断会发生什么**，再运行。单元格下方会写出从中发现了什么。

# %%
# %load_ext autograd_lab
# %xmode Minimal
import autograd_lab as torch
from autograd_lab.widgets import GraphGrowthLab, predict

# %% [markdown] lang="en"
# ## 1. Cut without a sound
#
# By hand, $(3w + b)^2$ at $w = 2$, $b = 1$ has the gradients 42 and 14. What will be printed: (a) both, (b) `None` and
# 14, (c) there is an error?

# %% [markdown] lang="zh"
# ## 1. 悄无声息的切断
#
# 用笔算，$(3w + b)^2$ 在 $w = 2$、$b = 1$ 处的梯度是 42 和 14。会印出什么：(a) 两个都有；(b) `None` 和 14；(c) 报错？

# %% finding=["cut-branch"]
# %%autograd
w = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(1.0, requires_grad=True)
scaled = torch.tensor((3 * w).item())
loss = (scaled + b) ** 2
loss.backward()
print(w.grad, b.grad)

# %% [markdown] lang="en"
# The loss is right, and half of the gradient is missing. `.tolist()`, `.numpy()`, `argmax` and a cast to
# integers cut in the same way. Repair: go on with the tensor. Take numbers out only to look at them.

# %% [markdown] lang="zh"
# 损失是对的，梯度却少了一半。`.tolist()`、`.numpy()`、`argmax` 和转换成整数也会这样切断计算图。改法：一直用张量算下去；只在想看一看的时候才把数取出来。

# %%
b.grad = None
loss = (3 * w + b) ** 2
loss.backward()
print(w.grad, b.grad)

# %% [markdown] lang="en"
# ## 2. A result for NumPy
#
# To plot `y` you want an array. What happens: (a) an array, (b) an array that carries the gradient along,
# (c) an error?

# %% [markdown] lang="zh"
# ## 2. 交给 NumPy 的结果
#
# 想画出 `y`，需要一个数组。会发生什么：(a) 得到数组；(b) 得到一个带着梯度的数组；(c) 报错？

# %% tags=["raises-exception"] finding=["numpy-of-a-tracked-tensor"]
# %%autograd
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x**2
y.numpy()

# %% [markdown] lang="en"
# Here the cut would be silent, so it has to be asked for by name: `detach()`. For a single number
# `.item()` is enough, and needs no `detach()` before it.

# %% [markdown] lang="zh"
# 在这里切断计算图不会留下任何痕迹，所以必须指名道姓地要求：`detach()`。如果只要一个数，`.item()` 就够了，前面不需要 `detach()`。

# %%
print(y.detach().numpy(), y.sum().item())

# %% [markdown] lang="en"
# ## 3. Nothing was recorded
#
# Which line will raise the error, and which line is the cause?

# %% [markdown] lang="zh"
# ## 3. 什么也没有记录
#
# 哪一行会报错？错又出在哪一行？

# %% tags=["raises-exception"] finding=["switched-off"]
# %%autograd
x = torch.tensor(3.0, requires_grad=True)
with torch.no_grad():
    y = x**2
y.backward()

# %% [markdown] lang="en"
# Do not write `y.requires_grad = True` now. The error goes away, and so does every hope of a gradient: `y`
# becomes a new leaf, and nothing leads from it to `x`. Repair: compute outside of `no_grad`. To hold one
# parameter still, freeze that one; gradients still flow *through* it.

# %% [markdown] lang="zh"
# 这时不要去写 `y.requires_grad = True`。错误会消失，梯度也永远不会来了：`y` 变成一个新的叶子张量，从它出发没有路通向 `x`。改法：把计算移到 `no_grad` 外面。如果只想让某一个参数保持不变，就冻结这一个；梯度仍然会**穿过**它继续往回传。

# %%
frozen = torch.tensor(5.0)  # does not require grad
y = frozen * x**2
y.backward()
print(x.grad)

# %% [markdown] lang="en"
# ## 4. The target that moves along
#
# `value` should come closer to `target`, and the target is taken as given. The slope of (`value` − `target`)²
# with respect to `value` is 2 · (4 − 3) = 2, and `value` is `p`. What will `p.grad` be?

# %% [markdown] lang="zh"
# ## 4. 跟着跑的目标
#
# 要让 `value` 向 `target` 靠近，而目标是给定的。(`value` − `target`)² 关于 `value` 的导数是 2 · (4 − 3) = 2，而 `value` 就是 `p`。`p.grad` 会是多少？

# %%
guess = ...
predict("p.grad", guess)

# %% finding=["target-requires-grad"]
# %%autograd
p = torch.tensor(4.0, requires_grad=True)
value = 1.0 * p
target = 1.0 + 0.5 * p
loss = (value - target) ** 2
loss.backward()

# %% [markdown] lang="en"
# This is the reverse of the first mistake: here a cut is *missing*. Repair: `detach()` says that the target is
# given.

# %% [markdown] lang="zh"
# 这与第一个错误正好相反：这里**少了**一刀。改法：用 `detach()` 说明目标是给定的。

# %%
predict("p.grad", guess)
print("leaking: ", p.grad)
q = torch.tensor(4.0, requires_grad=True)
((1.0 * q - (1.0 + 0.5 * q).detach()) ** 2).backward()
print("detached:", q.grad)

# %% [markdown] lang="en" covers=["000/2.5.6/q2-backward-twice", "001/gradients/once"]
# ## 5. Backward twice
#
# The same backward pass, once more. What happens: (a) the gradient is doubled, (b) nothing changes, (c) an
# error?

# %% [markdown] lang="zh"
# ## 5. 反向传播两次
#
# 同样的反向传播，再来一次。会发生什么：(a) 梯度翻倍；(b) 没有变化；(c) 报错？

# %% tags=["raises-exception"] finding=["second-backward"]
# %%autograd
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = (x * x).sum()
y.backward()
y.backward()

# %% [markdown] lang="en" covers=["001/gradients/retain-graph"]
# `retain_graph=True` in the first call keeps the graph: the error is gone, and the gradient is counted twice.
# That is right only if twice is what you want. Repair: compute the result anew, or add two losses and call
# `backward()` once.

# %% [markdown] lang="zh"
# 在第一次调用时写上 `retain_graph=True`，计算图就会留下：错误没有了，梯度却算了两遍。只有当你真的要两遍时，这才是对的。改法：重新计算结果；或者把两个损失加起来，只调用一次 `backward()`。

# %%
x.grad = None
squares = (x * x).sum()
cubes = (x * x * x).sum()
(squares + cubes).backward()
print(x.grad)

# %% [markdown] lang="en"
# ## 6. Gradients that add up
#
# The slope of $(m - 3)^2$ is $2(m - 3)$: −4 at $m = 1$. The step leads to $m = 2$, where it is −2. What will `m.grad`
# be after two turns?

# %% [markdown] lang="zh"
# ## 6. 越加越多的梯度
#
# $(m - 3)^2$ 的导数是 $2(m - 3)$，在 $m = 1$ 处等于 −4。走一步到 $m = 2$，那里的导数是 −2。两圈之后 `m.grad` 是多少？

# %%
guess = ...
predict("m.grad", guess)

# %% finding=["accumulated-grad"]
# %%autograd
m = torch.tensor(1.0, requires_grad=True)
for turn in range(2):
    loss = (m - 3) ** 2
    loss.backward()
    with torch.no_grad():
        m -= 0.25 * m.grad

# %% [markdown] lang="en"
# The second step went too far, to 3.5. Repair: empty `.grad` in each turn.

# %% [markdown] lang="zh"
# 第二步走过了头，到了 3.5。改法：每一圈都清空 `.grad`。

# %%
predict("m.grad", guess)
print(m.grad, m)
n = torch.tensor(1.0, requires_grad=True)
for turn in range(2):
    n.grad = None
    loss = (n - 3) ** 2
    loss.backward()
    with torch.no_grad():
        n -= 0.25 * n.grad
print(n.grad, n)

# %% [markdown] lang="en"
# ## 7. A derivative that is only a number
#
# The slope of $x^3$, and then its slope. The graph is kept. What happens: (a) the second derivative, 12, (b)
# 0, (c) an error?

# %% [markdown] lang="zh"
# ## 7. 只是一个数的导数
#
# 先求 $x^3$ 的斜率，再求斜率的斜率，而且计算图已经保留。会发生什么：(a) 得到二阶导数 12；(b) 得到 0；(c) 报错？

# %% tags=["raises-exception"] finding=["derivative-without-graph"]
# %%autograd
x = torch.tensor(2.0, requires_grad=True)
y = x**3
(slope,) = torch.autograd.grad(y, x, retain_graph=True)
torch.autograd.grad(slope, x)

# %% [markdown] lang="en"
# `retain_graph` keeps the graph of `y`. `create_graph` makes one of the slope. Repair:

# %% [markdown] lang="zh"
# `retain_graph` 保留的是 `y` 的计算图；`create_graph` 才会为斜率建立计算图。改法：

# %%
(slope,) = torch.autograd.grad(y, x, create_graph=True)
print(torch.autograd.grad(slope, x))

# %% [markdown] lang="en"
# ## 8. A sum that remembers everything
#
# The losses are added up for the log. What is `total` in the end: (a) a Python number, (b) a tensor, (c) a
# tensor with five graphs behind it?

# %% [markdown] lang="zh"
# ## 8. 什么都记得的总和
#
# 把每一步的损失加起来，好写进日志。最后 `total` 是什么：(a) 一个 Python 数；(b) 一个张量；(c) 一个背后拖着五张计算图的张量？

# %% finding=["running-sum-keeps-graphs"]
# %%autograd
w = torch.tensor(1.0, requires_grad=True)
total = 0
for step in range(5):
    loss = (w - step) ** 2
    total += loss
print(total)

# %% [markdown] lang="en"
# With five small losses nobody notices. With a large network the memory runs full after some hours. Repair:

# %% [markdown] lang="zh"
# 五个小小的损失，谁也不会察觉；换成大网络，几个小时之后内存就满了。改法：

# %%
total = 0
for step in range(5):
    loss = (w - step) ** 2
    total += loss.item()
print(total)

# %% [markdown] lang="en"
# Here is such a loop to play with. Move the slider: how many nodes stay alive for ten steps, and how many
# for twenty? Then add `loss.item()` instead, and move it again.

# %% [markdown] lang="zh"
# 下面这个循环可以动手试。移动滑块：十步之后有多少个节点还活着，二十步之后呢？再改成加 `loss.item()`，重新移动一遍。

# %%
GraphGrowthLab()

# %% [markdown] lang="en"
# ## 9. The right lines in the wrong order
#
# `w` should go from 1 to 2. After three turns it is (a) nearer to 2, (b) farther from 2, (c) still 1?

# %% [markdown] lang="zh"
# ## 9. 行都对，顺序不对
#
# `w` 应该从 1 走到 2。三圈之后它 (a) 离 2 更近；(b) 离 2 更远；(c) 还是 1？

# %% finding=["zeroed-before-step"]
# %%autograd
w = torch.tensor(1.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.25)
for turn in range(3):
    loss = (w - 2) ** 2
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
print(w)

# %% [markdown] lang="en"
# Repair: `zero_grad`, `backward`, `step`, in this order. Clipping, where it is used, stands between the last two.

# %% [markdown] lang="zh"
# 改法：依次是 `zero_grad`、`backward`、`step`。如果要裁剪梯度，就放在后两者之间。

# %%
for turn in range(3):
    optimizer.zero_grad()
    loss = (w - 2) ** 2
    loss.backward()
    optimizer.step()
print(w)

# %% [markdown] lang="en"
# ## Three checks
#
# Fill in your answer for `...` and run the cell.
#
# **1.** One of two factors is detached. What is the gradient?

# %% [markdown] lang="zh"
# ## 三道检查题
#
# 把答案写在 `...` 的位置，然后运行。
#
# **1.** 两个因数中有一个做了 `detach()`。梯度是多少？

# %%
c = torch.tensor(3.0, requires_grad=True)
(c.detach() * c).backward()
predict("c.grad", ...)

# %% [markdown] lang="en"
# **2.** The graph is kept, and the pass runs twice. What is the gradient?

# %% [markdown] lang="zh"
# **2.** 保留计算图，反向传播两次。梯度是多少？

# %%
d = torch.tensor(3.0, requires_grad=True)
square = d * d
square.backward(retain_graph=True)
square.backward()
predict("d.grad", ...)

# %% [markdown] lang="en"
# **3.** The head is frozen. What gradient does the body get?

# %% [markdown] lang="zh"
# **3.** 头部（`head`）被冻结了。主体（`body`）得到的梯度是多少？

# %%
body = torch.tensor(2.0, requires_grad=True)
head = torch.tensor(7.0, requires_grad=True)
head.requires_grad_(False)
(head * body).backward()
predict("body.grad", ...)

# %% [markdown] lang="en"
# Next: [writing in place, and numbers](09c_in_place_and_numbers.ipynb).

# %% [markdown] lang="zh"
# 下一课：[原地操作与数值](09c_in_place_and_numbers.ipynb)。
