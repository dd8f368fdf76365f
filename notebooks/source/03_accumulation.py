# %% [markdown] lang="en"
# # Gradients accumulate
#
# Fifteen minutes. Afterwards you will be able to
#
# - say what `.grad` holds after the second and the third `backward()`,
# - clear it at the right place, by hand or with an optimizer,
# - tell why a second backward pass through the same graph fails, and what to do instead.

# %% [markdown] lang="zh"
# # 梯度累积
#
# 本课用时十五分钟。学完之后，你将能够
#
# - 说出第二次、第三次 `backward()` 之后 `.grad` 里是什么；
# - 在正确的地方把它清零，手动清，或用优化器清；
# - 讲清为什么沿同一个计算图第二次反向传播会失败，以及应该怎么办。

# %%
# %load_ext autograd_lab
import autograd_lab as torch
from autograd_lab.widgets import AccumulationLab, predict

# %% [markdown] lang="en" covers=["000/2.5.1/function", "002/example-2/01-dot-product"]
# ## 1. Predict
#
# The dot product multiplies entry by entry and adds up: $x \cdot x = \sum_i x_i^2$. For $x = (0, 1, 2, 3)$ that is
# $0 + 1 + 4 + 9 = 14$, and $y = 2\,x \cdot x$ is 28.

# %% [markdown] lang="zh"
# ## 1. 先猜
#
# 点积是按元素相乘再求和：$x \cdot x = \sum_i x_i^2$。对 $x = (0, 1, 2, 3)$，它等于 $0 + 1 + 4 + 9 = 14$，于是 $y = 2\,x \cdot x$ 等于 28。

# %% covers=["000/2.5.1/in1-arange", "000/2.5.1/in2-grad-is-none", "000/2.5.1/in3-dot", "002/example-2/01-default-none", "001/graph/flag-now-or-later"]
x = torch.arange(4.0)
x.requires_grad_(True)
print(x)
print(x.grad)
y = 2 * torch.dot(x, x)
print(y)

# %% [markdown] lang="en"
# `requires_grad_` sets the flag of a tensor that exists already. No gradient has been computed, so `x.grad` is `None`. What
# will it be after `y.backward()`? Each term $2 x_i^2$ has a slope of its own. Give four numbers.

# %% [markdown] lang="zh"
# `requires_grad_` 给一个已有的张量设置标志。还没有算过梯度，所以 `x.grad` 是 `None`。`y.backward()` 之后它会是什么？每一项 $2 x_i^2$ 都有自己的导数。写四个数。

# %%
guess = ...
predict("x.grad", guess)

# %% [markdown] lang="en"
# ## 2. Run

# %% [markdown] lang="zh"
# ## 2. 运行

# %% covers=["000/2.5.1/in4-backward", "002/example-2/01-backward"]
y.backward()
predict("x.grad", guess)
x.grad

# %% [markdown] lang="en"
# The slope of $2 x_i^2$ is $4 x_i$. True for each entry?

# %% [markdown] lang="zh"
# $2 x_i^2$ 的导数是 $4 x_i$。每个元素都对吗？

# %% covers=["000/2.5.1/in5-check"]
x.grad == 4 * x

# %% [markdown] lang="en" covers=["002/example-2/02-sum-is-dot"]
# Now another function of the same `x`: its sum, $x_1 + x_2 + x_3 + x_4$. It is the dot product of `x` with ones,
# $1 \cdot x_1 + \dots + 1 \cdot x_4$, so each slope is 1. What does `x.grad` hold after its backward pass?

# %% [markdown] lang="zh"
# 现在换同一个 `x` 的另一个函数：它的和 $x_1 + x_2 + x_3 + x_4$。这也就是 `x` 与全 1 向量的点积 $1 \cdot x_1 + \dots + 1 \cdot x_4$，所以每个导数都是 1。它反向传播之后，`x.grad` 里是什么？

# %%
guess = ...
predict("t.grad", guess)

# %% finding=["accumulated-between-reads"] covers=["000/2.5.1/in6-accumulates", "002/example-2/02-accumulates", "003/tensor/accumulates"]
# %%autograd
t = torch.arange(4.0, requires_grad=True)
y = 2 * torch.dot(t, t)
y.backward()
print(t.grad)
y = t.sum()
print(y)
y.backward()
print(t.grad)

# %%
predict("t.grad", guess)

# %% [markdown] lang="en"
# ## 3. Step
#
# Step to the end of the second pass. The box of the leaf says what happens there: before, plus contribution, is after. `backward()`
# computed 1 for each entry, rightly, and **added** it to the 0, 4, 8, 12 that were there: gradients **accumulate**.
# Behind the tab *Ledger* both passes stand as an account.
#
# ## 4. Explain
#
# **Why add at all?** Because the chain rule does: where a tensor is used twice, its shares are added. Adding across calls is the same
# with several losses, or several portions of the data: the gradients of all of them, one after the other, give the gradient of their sum.
#
# **And if you want the new one alone?** Then clear the old one first. `zero_()` writes zeros into `x.grad`; the values of `x` and its
# flag stay as they are.

# %% [markdown] lang="zh"
# ## 3. 一步一步走
#
# 走到第二次反向传播的最后一步。叶子张量的方框里写着发生了什么：原有的，加上新来的，等于之后的。`backward()` 给每个元素算出的确实是 1，然后把它**加**到原有的 0、4、8、12 上：梯度会**累积**。点开“梯度账本”标签，两次反向传播就像账本一样列在那里。
#
# ## 4. 说明道理
#
# **为什么要加？** 因为链式法则就是这样：一个张量用了两次，传回来的两份就要相加。几次调用之间相加也是同一个道理：有几个损失，或者数据分成几份，一个接一个地反向传播，累积起来就是它们的和的梯度。
#
# **只想要新的那一份呢？** 那就先把旧的清零。`zero_()` 把 `x.grad` 写成零；`x` 的数值和标志都不变。

# %% covers=["000/2.5.1/in6-zero", "000/2.5.1/in6-sum"]
print(x.grad)
x.grad.zero_()
print(x.grad, x)
y = x.sum()
print(y)
y.backward()
print(x.grad)

# %% [markdown] lang="en"
# Play it through below: press “backward()” twice, with and without `x.grad.zero_()` and *forward* in between. When does
# an error come? The lab starts with the function of lesson 1, whose gradient is 4.5.

# %% [markdown] lang="zh"
# 在下面亲手试一试：按两次“backward()”，中间按或不按 `x.grad.zero_()` 和“前向传播”。什么时候会报错？这里用的是第 1 课的函数，它的梯度是 4.5。

# %%
AccumulationLab()

# %% [markdown] lang="en"
# ## 5. Change one thing, and predict again
#
# The error came when “backward()” was pressed twice with no *forward* in between. Here it is in a cell:

# %% [markdown] lang="zh"
# ## 5. 只改一处，再猜一次
#
# 连按两次“backward()”，中间没有“前向传播”，就会报错。写在单元格里是这样：

# %% tags=["raises-exception"] finding=["second-backward"] covers=["000/2.5.6/q2-backward-twice", "001/gradients/once"]
# %%autograd
x = torch.arange(4.0, requires_grad=True)
y = 2 * torch.dot(x, x)
y.backward()
y.backward()

# %% [markdown] lang="en"
# To multiply by the other factor on the way back, both operations had kept it. The first pass let go of what was kept, to free the memory: it is needed
# once only, as a rule. So a second pass finds nothing to compute with.
#
# `retain_graph=True` says "keep it". Use it if you really want to go through **one** graph several times, as here. Each entry of `out` is
# $(x + 1)^2$, with the slope $2(x + 1)$: 4 on the diagonal, 2 elsewhere. What will the second call leave in `inp.grad`: 4 and 2, or
# something else? Give the number on the diagonal.

# %% [markdown] lang="zh"
# 往回走时要乘上另一个因数，所以两个运算都把它保存了下来。第一次反向传播用完之后，就把保存的东西放掉以腾出内存：通常只用得着一次。于是第二次就没有可用来计算的东西了。
#
# `retain_graph=True` 的意思是“留着”。确实要沿**同一个**计算图走几遍时才用它，比如这里。`out` 的每个元素是 $(x + 1)^2$，导数是 $2(x + 1)$：对角线上是 4，其余是 2。第二次调用之后，`inp.grad` 里还是 4 和 2 吗？写出对角线上的数。

# %%
guess = ...
predict("diagonal", guess)

# %% covers=["001/gradients/retain-graph", "001/in7/second-call", "001/in7/accumulates", "001/in7/after-zeroing"]
inp = torch.eye(5, requires_grad=True)
out = (inp + 1).pow(2)
out.backward(torch.ones_like(inp), retain_graph=True)
print("First call\n", inp.grad)
out.backward(torch.ones_like(inp), retain_graph=True)
print("Second call\n", inp.grad)
diagonal = inp.grad[0, 0].item()
inp.grad.zero_()
out.backward(torch.ones_like(inp))
print("After zeroing\n", inp.grad)

# %%
predict("diagonal", guess)

# %% [markdown] lang="en"
# Twice as much, as it was added once more; after zeroing, 4 and 2 again. The last call needs no `retain_graph`, for nobody comes after it.
#
# **It is no cure for the error.** In training, each turn computes a new loss, and with it a fresh graph. If "a second
# time" turns up there, something of the last turn was carried over: find that line. Keeping the graph would only keep its memory, too.
#
# An **optimizer** does the clearing for all its parameters: `zero_grad()` before `backward()`. It sets `.grad` to `None`, "none
# yet", which saves the writing of zeros.

# %% [markdown] lang="zh"
# 是原来的两倍，因为又加了一次；清零之后又是 4 和 2。最后一次调用不需要 `retain_graph`，因为后面再没有人用这个计算图了。
#
# **它治不了那个错误。** 训练时，每一轮都会算出新的损失，也就有新的计算图。如果那里出现“a second time”，说明上一轮的某个东西被带了过来：要找的是那一行。把计算图留着，只会把内存也一直占着。
#
# **优化器**会替它的所有参数清零：在 `backward()` 之前调用 `zero_grad()`。它把 `.grad` 设为 `None`，也就是“尚无”，连写零都省了。

# %% covers=["001/in7/optimizers"]
w = torch.tensor(0.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.25)
for turn in range(4):
    optimizer.zero_grad()
    loss = (w - 3) ** 2
    loss.backward()
    optimizer.step()
    print(f"gradient {w.grad.item():g}, then w = {w.item():g}")

# %% [markdown] lang="en"
# Each turn goes half of the way to 3. Take out the line with `zero_grad()`, **say first** what the second gradient will be, and run the
# cell again: with -6 still in `.grad`, `w` overshoots.
#
# ## Three checks
#
# Fill in your answer for `...` and run the cell.
#
# **1.** Three turns, nothing cleared. The gradient of $x_1^2 + x_2^2$ at $(1, 2)$ is $(2, 4)$. What does `a.grad` hold?

# %% [markdown] lang="zh"
# 每一轮都朝 3 走完剩下路程的一半。去掉 `zero_grad()` 那一行，**先说出**第二个梯度会是多少，再重新运行：`.grad` 里还留着 -6，`w` 就冲过头了。
#
# ## 三道检查题
#
# 把答案写在 `...` 的位置，然后运行。
#
# **1.** 循环三轮，一次也不清零。$x_1^2 + x_2^2$ 在 $(1, 2)$ 处的梯度是 $(2, 4)$。`a.grad` 里是什么？

# %%
a = torch.tensor([1.0, 2.0], requires_grad=True)
for turn in range(3):
    (a * a).sum().backward()
predict("a.grad", ...)

# %% [markdown] lang="en"
# **2.** The same, but cleared at the *end* of each turn. What does `b.grad` hold after the loop?

# %% [markdown] lang="zh"
# **2.** 同样的循环，但在每一轮的**末尾**清零。循环之后 `b.grad` 里是什么？

# %%
b = torch.tensor([1.0, 2.0], requires_grad=True)
for turn in range(3):
    (b * b).sum().backward()
    b.grad.zero_()
predict("b.grad", ...)

# %% [markdown] lang="en"
# **3.** One pass, but `c` is used twice: $c^2 + 3c$ at $c = 2$. What is `c.grad`?

# %% [markdown] lang="zh"
# **3.** 只有一次反向传播，但 `c` 用了两次：$c^2 + 3c$，$c = 2$。`c.grad` 是多少？

# %%
c = torch.tensor(2.0, requires_grad=True)
(c * c + 3 * c).backward()
predict("c.grad", ...)
