# %% [markdown] lang="en"
# # Cutting the graph: detach and no_grad
#
# Fifteen minutes. Afterwards you will be able to
#
# - use a computed value as a constant, and say what that does to the gradient,
# - choose between `detach()`, `no_grad()`, `inference_mode()` and `requires_grad=False`,
# - write to a detached tensor only where that does no harm.

# %% [markdown] lang="zh"
# # 切断计算图：detach 与 no_grad
#
# 本课用时十五分钟。学完之后，你将能够
#
# - 把算出来的值当作常数使用，并说出梯度会因此变成什么；
# - 在 `detach()`、`no_grad()`、`inference_mode()` 和 `requires_grad=False` 之间作出选择；
# - 知道什么时候可以改写分离出来的张量，什么时候不可以。

# %%
# %load_ext autograd_lab
import autograd_lab as torch
from autograd_lab.widgets import DetachLab, NoGradLab, predict

# %% [markdown] lang="en"
# ## 1. Predict
#
# `x` holds 0, 1, 2, 3. Three small steps follow:
#
# $$y_i = x_i^2 \qquad u_i = y_i \qquad z_i = u_i\,x_i$$
#
# The step in the middle is written `u = y.detach()`: `u` has the numbers of `y`, but not its history.
# So `z` holds $x_i^3$. What will `x.grad` hold after `z.sum().backward()`? Write a list of four numbers.

# %% [markdown] lang="zh"
# ## 1. 先猜
#
# `x` 里是 0、1、2、3。接下来是三步简单的计算：
#
# $$y_i = x_i^2 \qquad u_i = y_i \qquad z_i = u_i\,x_i$$
#
# 中间一步写作 `u = y.detach()`：`u` 的数值与 `y` 相同，却不带 `y` 的来历，这叫做**分离计算**。于是 `z` 里就是 $x_i^3$。执行 `z.sum().backward()` 之后，`x.grad` 里会是什么？
#
# 请在 `...` 的位置写上由四个数组成的列表。

# %%
guess = ...
predict("x.grad", guess)

# %% [markdown] lang="en"
# ## 2. Run

# %% [markdown] lang="zh"
# ## 2. 运行

# %% covers=["000/2.5.3/in24-detach", "002/example-2/04-detach"]
# %%autograd
x = torch.arange(4.0, requires_grad=True)
y = x * x
u = y.detach()
z = u * x
z.sum().backward()

# %% covers=["000/2.5.3/in24-prints"]
predict("x.grad", guess)
print(y)
print(u)
print(z)
print(x.grad)
print(x.grad == u)

# %% [markdown] lang="en" covers=["000/2.5.3/in24-not-cubed"]
# `y` and `u` print the same numbers, but only `y` has a `grad_fn`. And although
# `z` has the values of $x^3$, the gradient is not $3x^2$; it is `u` itself.
#
# ## 3. Step
#
# Click the figure and press <kbd>→</kbd>:
#
# | node | comes in | what it does | goes out |
# |---|---|---|---|
# | `SumBackward0` | 1 | gives every entry the same | 1, 1, 1, 1 |
# | `z`, `MulBackward0` | 1, 1, 1, 1 | times the other factor, `u`; nothing goes to `u` | 0, 1, 4, 9 to `x` |
# | `x`, the leaf | 0, 1, 4, 9 | adds it into `x.grad` | |
#
# `y = x * x` is never visited: the way from `z` to `y` is cut at `u`.

# %% [markdown] lang="zh"
# `y` 和 `u` 打印出来的数一样，但只有 `y` 带着 `grad_fn`。再看梯度：数值上 `z` 是 $x^3$，梯度却不是 $3x^2$，而恰好是 `u`。
#
# ## 3. 一步一步走
#
# 点一下图，不断按 <kbd>→</kbd>：
#
# | 节点 | 传入 | 做什么 | 传出 |
# |---|---|---|---|
# | `SumBackward0` | 1 | 原样分给每个元素 | 1、1、1、1 |
# | `z`，`MulBackward0` | 1、1、1、1 | 乘以另一个因数 `u`；不往 `u` 那边传 | 0、1、4、9，传给 `x` |
# | `x`，叶子张量 | 0、1、4、9 | 累积到 `x.grad` 中 | |
#
# `y = x * x` 自始至终没有走到：从 `z` 回 `y` 的路在 `u` 处断了。

# %% [markdown] lang="en"
# ## 4. Explain
#
# If $u$ depends on $x$, the product rule gives two terms. `detach()` declares the second one to be zero:
#
# $$\frac{\partial z_i}{\partial x_i} = u_i + x_i\,\frac{\partial u_i}{\partial x_i}
# \qquad\text{with } u \text{ constant:}\qquad \frac{\partial z_i}{\partial x_i} = u_i = x_i^2$$
#
# `detach()` returned a new tensor. `y` still has its history. Go backwards from `y`: what will `x.grad` be?

# %% [markdown] lang="zh"
# ## 4. 说明道理
#
# 如果 $u$ 依赖于 $x$，乘积的求导法则会给出两项。`detach()` 等于宣布第二项为零：
#
# $$\frac{\partial z_i}{\partial x_i} = u_i + x_i\,\frac{\partial u_i}{\partial x_i}
# \qquad\text{而当 } u \text{ 是常数时：}\qquad \frac{\partial z_i}{\partial x_i} = u_i = x_i^2$$
#
# `detach()` 返回的是一个新张量，`y` 的来历还在。从 `y` 出发做反向传播，`x.grad` 会是多少？

# %%
guess = ...
x.grad.zero_()
y.sum().backward()
predict("x.grad", guess)

# %% covers=["000/2.5.3/in25-y-lives"]
x.grad == 2 * x

# %% [markdown] lang="en" covers=["000/2.5.3/wrong-xmode"]
# $2x$, the slope of $y = x^2$. (`zero_()` comes first, because gradients add up. If you ever read
# `2*%xmode` in this place: a slip of the keyboard, $2x$ is meant.)
#
# ## 5. Change one thing, and predict again
#
# Now `z` is computed from `y` itself; nothing is cut. (The leaf is a new one, `w`, with the same numbers.)

# %% [markdown] lang="zh"
# 是 $2x$，也就是 $y = x^2$ 的导数。（先调用 `zero_()`，因为梯度会累积。如果你在别处见到这里写着 `2*%xmode`，那是误触键盘，应为 $2x$。）
#
# ## 5. 只改一处，再猜一次
#
# 现在直接用 `y` 来算 `z`，什么都不切断。（叶子张量换了一个新的，叫 `w`，里面的数相同。）

# %%
guess = ...
predict("w.grad", guess)

# %%
# %%autograd
w = torch.arange(4.0, requires_grad=True)
y = w * w
z = y * w
z.sum().backward()

# %%
predict("w.grad", guess)
w.grad == 3 * w**2

# %% [markdown] lang="en" covers=["002/example-2/04-wrong-contrast"]
# Two more shares now arrive through `y`, which was computed from two `w`: $w^2 + w^2 + w^2 = 3w^2$.
#
# Three questions are easily confused; lecture notes sometimes put the third where they mean the second:
#
# | question | code | gradient |
# |---|---|---|
# | the slope of z, with y as a constant | `(y.detach() * x).sum().backward()` | $x^2$ |
# | the slope of z, with y as a function of x | `(y * x).sum().backward()` | $3x^2$ |
# | the slope of y itself | `y.sum().backward()` | $2x$ |
#
# In the lab you cut edges yourself: click the scissors. Say first what the gradient will be.

# %% [markdown] lang="zh"
# `y` 由两个 `w` 相乘得来，所以经过 `y` 又传来两份：$w^2 + w^2 + w^2 = 3w^2$。
#
# 下面三个问题很容易混为一谈；有的笔记想说的是第二个，写下的却是第三个：
#
# | 问题 | 代码 | 梯度 |
# |---|---|---|
# | 把 y 当作常数，z 的导数 | `(y.detach() * x).sum().backward()` | $x^2$ |
# | 把 y 看成 x 的函数，z 的导数 | `(y * x).sum().backward()` | $3x^2$ |
# | y 自己的导数 | `y.sum().backward()` | $2x$ |
#
# 在下面的实验里，点剪刀就能切断那条边。动手之前，先说出梯度会是多少。

# %%
DetachLab()

# %% [markdown] lang="en" covers=["001/no-grad/default", "001/no-grad/forward-only", "003/tensor/no-grad-for-evaluation"]
# ## 6. A whole block: `no_grad`
#
# Whatever is computed from a tensor that requires grad is recorded. `detach()` cuts off one tensor. Under
# `torch.no_grad()` nothing is recorded at all: right for a trained model that is only applied to data.

# %% [markdown] lang="zh"
# ## 6. 整段代码：`no_grad`
#
# 只要用到需要梯度的张量，运算默认都会被记录。`detach()` 切下一个张量；而在 `torch.no_grad()` 之下，什么都不记录：模型训练好以后只用来算结果，正该如此。

# %% covers=["001/in5/no-grad", "001/in6/detach"]
torch.manual_seed(0)
x = torch.ones(5)
w = torch.randn(5, 3, requires_grad=True)
b = torch.randn(3, requires_grad=True)

z = torch.matmul(x, w) + b
print(z.requires_grad)

with torch.no_grad():
    z = torch.matmul(x, w) + b
print(z.requires_grad)

z = torch.matmul(x, w) + b
z_det = z.detach()
print(z_det.requires_grad)

# %% [markdown] lang="en" covers=["001/no-grad/speed"]
# Both answer `False`, but with `detach()` the graph was recorded first. `no_grad` makes fewer objects: it is
# faster, and it keeps nothing for the way back. `measure` counts the bytes:

# %% [markdown] lang="zh"
# 两个答案都是 `False`，但用 `detach()` 时，计算图已经先记录下来了。`no_grad` 创建的对象更少，所以更快，也不为反向传播留下任何东西。`measure` 能数出留下了多少字节：

# %% covers=["004/intro/no-grad"]
x = torch.ones(1000, requires_grad=True)
with torch.measure() as recorded:
    y = (x**2).exp()
with torch.no_grad(), torch.measure() as unrecorded:
    z = (x**2).exp()
print("bytes kept:", recorded.kept, "and", unrecorded.kept)

# %% [markdown] lang="en"
# Both leave `x` as it is. They say how the *result* is made, not what `x` is:

# %% [markdown] lang="zh"
# 这两种做法都不会改变 `x`。它们决定的是**结果**怎样得来，而不是 `x` 是什么：

# %% covers=["003/in17/no-grad", "003/in18/detach"]
x = torch.tensor([1.6350, -1.1664, 0.2053], requires_grad=True)
print(x.requires_grad, (x**2).requires_grad)
with torch.no_grad():
    print(x.requires_grad, (x**2).requires_grad)
y = x.detach()
print(y.requires_grad, x.eq(y).all())

# %% [markdown] lang="en" covers=["003/attributes/requires-grad-in-place", "003/attributes/wrong-default"]
# ## 7. The flag: `requires_grad`
#
# A result requires grad if something that it was computed from does. A leaf decides for itself: `False` unless one
# says otherwise, and `requires_grad_()` changes it in place, without an argument to `True`. What was computed before
# is not in the graph:

# %% [markdown] lang="zh"
# ## 7. 开关：`requires_grad`
#
# 运算结果是否需要梯度，取决于算出它的那些张量；叶子张量则由自己决定。创建时什么都不写，就是 `False`；之后可以用 `requires_grad_()` 原地修改，不写参数表示 `True`。在此之前做过的运算不会进入计算图：

# %% covers=["003/in14/flag-later", "004/in5/no-history-before"]
torch.manual_seed(0)
a = torch.randn(2, 2)
a = (a * 3) / (a - 1)
print(a.requires_grad)
a.requires_grad_(True)
print(a.requires_grad)
b = (a * a).sum()
print(b.grad_fn.name(), a.is_leaf)

# %% [markdown] lang="en" covers=["003/stop/wrong-requires-grad-true"]
# Notes sometimes list `.requires_grad = True` among the ways to *stop* the recording. It *starts* it; `False` stops
# it, and only a leaf can be told so:

# %% [markdown] lang="zh"
# 有的笔记把 `.requires_grad = True` 列在**停止**记录的方法里。其实恰恰相反，这是**开始**记录；写 `False` 才是停止，而且只有叶子张量才能这样设置：

# %%
try:
    b.requires_grad = False
except RuntimeError as error:
    print(error)

# %% [markdown] lang="en" covers=["001/no-grad/frozen"]
# A parameter with `requires_grad=False` is **frozen**: gradients pass to the others, but it gets none itself, so
# training leaves it as it is.

# %% [markdown] lang="zh"
# `requires_grad=False` 的参数叫做**冻结**的参数：梯度照常传给别的张量，只是它自己得不到，所以训练不会改动它。

# %%
x = torch.tensor([1.0, 2.0], requires_grad=True)
frozen = torch.tensor([5.0, 7.0])
(frozen * x).sum().backward()
print(x.grad, frozen.grad)

# %% [markdown] lang="en" covers=["003/gradients/two-ways-to-stop", "004/intro/detach"]
# Which one, then? Notes often name the first two only.
#
# | you want | write |
# |---|---|
# | one value as a constant | `u = y.detach()` |
# | a block without a graph: evaluating, or changing parameters | `with torch.no_grad():` |
# | the same, and the results will never meet a graph again | `with torch.inference_mode():` |
# | a parameter that stays as it is | `w.requires_grad_(False)` |
#
# `inference_mode` keeps still less than `no_grad`, and does not allow a way back:

# %% [markdown] lang="zh"
# 那么，什么时候用哪一个？很多笔记只提到前两个。
#
# | 你想要 | 就写 |
# |---|---|
# | 把一个值当作常数 | `u = y.detach()` |
# | 一段代码不要计算图：评估模型，或者更新参数 | `with torch.no_grad():` |
# | 同上，而且结果今后也绝不进入计算图 | `with torch.inference_mode():` |
# | 让某个参数保持不变 | `w.requires_grad_(False)` |
#
# `inference_mode` 比 `no_grad` 留下的东西更少，代价是没有回头路：

# %%
with torch.inference_mode():
    k = x * 2
print(k.requires_grad)
try:
    x * k
except RuntimeError as error:
    print(error)

# %% [markdown] lang="en"
# If time is left: in the lab you put each of them around the lines of a small network. Watch the flags and the bytes.

# %% [markdown] lang="zh"
# 时间有富余的话，可以在下面的实验里把它们分别加到一个小网络的各行代码上，看看 `requires_grad` 和留下的字节数怎样变化。

# %%
NoGradLab()

# %% [markdown] lang="en"
# ## 8. One memory, two names
#
# `detach()` copies nothing: both tensors look at the same numbers. `exp` keeps its result for the way back.
# What if someone writes into it through the detached tensor?

# %% [markdown] lang="zh"
# ## 8. 同一块内存，两个名字
#
# `detach()` 并不复制数据，两个张量看的是同一批数。`exp` 会把自己的结果留到反向传播时使用。要是有人通过分离出来的张量改写了这个结果，会怎么样？

# %%
x = torch.tensor([0.0, 1.0], requires_grad=True)
y = x.exp()
u = y.detach()
u[0] = 100.0
print(y.detach())
try:
    y.sum().backward()
except RuntimeError as error:
    print(error)

# %% [markdown] lang="en"
# `y` changed with it. The slope of $e^x$ at 0 is 1, but the kept result now says 100. The write was counted
# (`version 1`), so `backward()` refuses. The older `.data` shares the memory as well, and nobody counts:

# %% [markdown] lang="zh"
# `y` 也跟着变了。$e^x$ 在 0 处的导数是 1，而留下来的结果现在却是 100。好在这次改写被记了一笔（`version 1`），`backward()` 便拒绝用它来算。早先的 `.data` 也共用内存，却没有人记账：

# %% finding=["unchecked-write"]
x = torch.tensor([0.0, 1.0], requires_grad=True)
y = x.exp()
y.data[0] = 100.0
y.sum().backward()
x.grad

# %% [markdown] lang="en" covers=["003/in15/wrong-data"]
# 100 where 1 is right, and no error. So take `detach()` rather than `.data`, and `detach().clone()` to write.
# (The `data` in `torch.tensor(data)` is another thing: the numbers that a new tensor is made of.)
#
# ## Three checks
#
# **1.** Here $x = 3$. What is `x.grad`?

# %% [markdown] lang="zh"
# 本该是 1，得到的却是 100，而且没有任何报错。所以，请用 `detach()`，不要用 `.data`；打算改写时，用 `detach().clone()`。（`torch.tensor(data)` 里的 `data` 是另一回事：它指用来创建新张量的数据。）
#
# ## 三道检查题
#
# **1.** 这里 $x = 3$。`x.grad` 是多少？

# %%
x = torch.tensor(3.0, requires_grad=True)
y = x * x
z = y + y.detach()
z.backward()
predict("x.grad", ...)

# %% [markdown] lang="en"
# **2.** `u` is detached, `w` requires grad. Does their product `p` require grad, `True` or `False`?

# %% [markdown] lang="zh"
# **2.** `u` 是分离出来的，`w` 需要梯度。它们的乘积 `p` 需要梯度吗？填 `True` 或 `False`。

# %%
u = x.detach()
w = torch.tensor(2.0, requires_grad=True)
p = u * w
predict("p.requires_grad", ...)

# %% [markdown] lang="en"
# **3.** What does `t` hold in the end? Write a list of two numbers.

# %% [markdown] lang="zh"
# **3.** 最后 `t` 里是什么？写一个由两个数组成的列表。

# %%
t = torch.tensor([1.0, 2.0], requires_grad=True)
s = t.detach()
s[1] = 5.0
predict("t", ...)

# %% [markdown] lang="en" covers=["003/tensor/detach"]
# The second one is worth a thought: `detach()` returns a constant and forbids nothing for the future. What is
# computed from it and a tensor that requires grad is recorded.

# %% [markdown] lang="zh"
# 第二题值得多想一想：`detach()` 只是给出一个常数，并不禁止以后的记录。它与需要梯度的张量一起运算，照样会被记录。
