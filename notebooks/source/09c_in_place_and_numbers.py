# %% [markdown] lang="en"
# # The mistakes everyone makes: in place, and numbers
#
# The last of three parts. Fifteen minutes. Afterwards you will be able to
#
# - say which writes in place do harm, and which do not,
# - check a backward rule of your own,
# - explain a gradient that is zero, or not a number.
#
# As before: read the cell, **decide what will happen**, run it. Below the cell stands what was found in it.

# %% [markdown] lang="zh"
# # 人人都会犯的错：原地操作与数值
#
# 三课中的最后一课。本课用时十五分钟。学完之后，你将能够
#
# - 说清哪些原地写入有害、哪些无妨；
# - 检查自己写的反向传播规则；
# - 解释梯度为什么是零，或者为什么不是一个数。
#
# 和前两课一样：先读单元格，**判断会发生什么**，再运行。单元格下方会写出从中发现了什么。

# %%
# %load_ext autograd_lab
# %xmode Minimal
import warnings

import autograd_lab as torch
from autograd_lab.widgets import predict

def in_one_sentence(message, *details):
    print("Warning:", str(message).partition(". ")[0])

warnings.showwarning = in_one_sentence
warnings.simplefilter("always")

# %% [markdown] lang="en"
# ## 1. Writing to a leaf
#
# What happens: (a) `w` is [2, 3], (b) nothing, as a leaf cannot change, (c) an error?

# %% [markdown] lang="zh"
# ## 1. 写入叶子张量
#
# 会发生什么：(a) `w` 变成 [2, 3]；(b) 什么也没变，因为叶子张量不能改；(c) 报错？

# %% tags=["raises-exception"] finding=["leaf-written"]
# %%autograd
w = torch.tensor([1.0, 2.0], requires_grad=True)
w += 1

# %% [markdown] lang="en"
# Repair, if only the values are to change: say that this is not to be differentiated.

# %% [markdown] lang="zh"
# 改法：如果只想改数值，就说明这一步不需要求导。

# %%
with torch.no_grad():
    w += 1
print(w)

# %% [markdown] lang="en"
# ## 2. A new tensor with the old name
#
# Two steps of gradient descent. What happens in the second turn: (a) a second step, (b) the same step
# again, (c) an error?

# %% [markdown] lang="zh"
# ## 2. 旧名字，新张量
#
# 梯度下降走两步。第二圈会发生什么：(a) 走第二步；(b) 同样的一步再走一遍；(c) 报错？

# %% tags=["raises-exception"] finding=["rebound-by-update"]
# %%autograd
w = torch.tensor(5.0, requires_grad=True)
for turn in range(2):
    loss = (w - 2) ** 2
    loss.backward()
    w = w - 0.25 * w.grad
    print(w)

# %% [markdown] lang="en"
# After the first turn `w` has a `grad_fn`: it is a result now. Repair: change the leaf itself. Here the write
# in place is the right thing.

# %% [markdown] lang="zh"
# 第一圈之后，`w` 带上了 `grad_fn`：它成了运算的结果。改法：改叶子张量本身。在这里，原地写入恰恰是对的。

# %%
w = torch.tensor(5.0, requires_grad=True)
for turn in range(2):
    w.grad = None
    loss = (w - 2) ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.25 * w.grad
    print(w)

# %% [markdown] lang="en"
# ## 3. A value that was still needed
#
# The slope of $e^x$ is $e^x$. Which line will raise the error, and which line is the cause?

# %% [markdown] lang="zh"
# ## 3. 还要用的值
#
# $e^x$ 的导数是 $e^x$。哪一行会报错？错又出在哪一行？

# %% tags=["raises-exception"] finding=["saved-value-changed"]
# %%autograd
x = torch.tensor([0.0, 1.0], requires_grad=True)
y = x.exp()
y += 1
y.sum().backward()

# %% [markdown] lang="en"
# Repair: `y = y + 1` makes a new tensor and leaves the saved one alone.

# %% [markdown] lang="zh"
# 改法：`y = y + 1` 会得到一个新张量，保存下来的那个原封不动。

# %%
y = x.exp()
y = y + 1
y.sum().backward()
print(x.grad)

# %% [markdown] lang="en"
# ## 4. A copy that is none
#
# `start` remembers where `w` began: at 1. The gradient is 2, and a tenth of it is subtracted. By how much
# has `w` moved?

# %% [markdown] lang="zh"
# ## 4. 不是副本的副本
#
# `start` 记下 `w` 的起点：1。梯度是 2，减去它的十分之一。`w` 移动了多少？

# %%
guess = ...
predict("moved", guess)

# %% finding=["snapshot-that-is-none"]
# %%autograd
w = torch.tensor(1.0, requires_grad=True)
start = w.detach()
(w**2).backward()
with torch.no_grad():
    w -= 0.1 * w.grad
moved = w - start

# %% [markdown] lang="en"
# `detach()` leaves the history behind, not the memory. Repair: `clone()` makes the copy.

# %% [markdown] lang="zh"
# `detach()` 甩掉的是计算历史，不是内存。改法：`clone()` 才会真正复制一份。

# %%
predict("moved", guess)
print(moved)
w = torch.tensor(1.0, requires_grad=True)
start = w.detach().clone()
(w**2).backward()
with torch.no_grad():
    w -= 0.1 * w.grad
print(w - start)

# %% [markdown] lang="en"
# ## 5. A hook without an answer
#
# A hook sees each gradient on its way. This one is to halve it; without it the gradient of $x^2$ at 3 is 6.
# What will `hooked.grad` be?

# %% [markdown] lang="zh"
# ## 5. 没有答复的钩子
#
# 钩子能看到途经的每个梯度。这一个要把梯度减半；没有它的话，$x^2$ 在 3 处的梯度是 6。`hooked.grad` 会是多少？

# %%
guess = ...
predict("hooked.grad", guess)

# %% finding=["hook-returns-nothing"]
# %%autograd
def halve(grad):
    grad = 0.5 * grad

hooked = torch.tensor(3.0, requires_grad=True)
hooked.register_hook(halve)
(hooked**2).backward()

# %% [markdown] lang="en"
# Repair: `return` it. (And never write `grad *= 0.5` in a hook: other tensors may hold the same memory.)

# %% [markdown] lang="zh"
# 改法：把它 `return` 出去。（也不要在钩子里写 `grad *= 0.5`：别的张量可能正用着同一块内存。）

# %%
predict("hooked.grad", guess)
print(hooked.grad)
x = torch.tensor(3.0, requires_grad=True)
x.register_hook(lambda grad: 0.5 * grad)
(x**2).backward()
print(x.grad)

# %% [markdown] lang="en"
# ## 6. A rule that forgets what comes in
#
# A square of our own, with its backward rule. The gradient of $10\,s^2$ at $s = 3$ is 60 by hand. What will
# `s.grad` be?

# %% [markdown] lang="zh"
# ## 6. 忘了传入值的规则
#
# 自己写一个平方运算，连同它的反向传播规则。用笔算，$10\,s^2$ 在 $s = 3$ 处的梯度是 60。`s.grad` 会是多少？

# %%
guess = ...
predict("s.grad", guess)

# %% finding=["incoming-gradient-ignored"]
# %%autograd
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 2 * x

s = torch.tensor(3.0, requires_grad=True)
(10 * Square.apply(s)).backward()

# %% [markdown] lang="en"
# The chain rule is a product, and one factor is missing. Repair: multiply by what comes in.

# %% [markdown] lang="zh"
# 链式法则是乘积，这里少了一个因数。改法：乘上传进来的梯度。

# %%
predict("s.grad", guess)
print(s.grad)

class RightSquare(Square):
    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * 2 * x

t = torch.tensor(3.0, requires_grad=True)
(10 * RightSquare.apply(t)).backward()
print(t.grad)

# %% [markdown] lang="en"
# ## 7. Not a number
#
# The square root where `x` is positive, and 0 elsewhere: [0, 2]. What will the gradient be: (a) [0, 0.25],
# (b) [inf, 0.25], (c) [nan, 0.25]?

# %% [markdown] lang="zh"
# ## 7. 不是一个数
#
# `x` 为正时取平方根，其余取 0，结果是 [0, 2]。梯度会是：(a) [0, 0.25]；(b) [inf, 0.25]；(c) [nan, 0.25]？

# %% finding=["nan-gradient"]
# %%autograd
x = torch.tensor([0.0, 4.0], requires_grad=True)
y = torch.where(x > 0, x.sqrt(), 0.0)
y.sum().backward()
print(x.grad)

# %% [markdown] lang="en"
# Repair: keep the dangerous value *away from* the root, not only its result away from the sum.

# %% [markdown] lang="zh"
# 改法：要让危险的值**进不了**平方根，光是不让它的结果进入求和还不够。

# %%
x.grad = None
safe = torch.where(x > 0, x, 1.0)
y = torch.where(x > 0, safe.sqrt(), 0.0)
y.sum().backward()
print(x.grad)

# %% [markdown] lang="en"
# ## 8. Really zero
#
# The entries are rounded, squared and summed. What will the gradient be: (a) twice the rounded numbers, (b)
# zeros, (c) there is an error?

# %% [markdown] lang="zh"
# ## 8. 真的是零
#
# 把各个元素四舍五入，再平方、求和。梯度会是什么：(a) 舍入后的数的两倍；(b) 全是零；(c) 报错？

# %% finding=["derivative-is-zero"]
# %%autograd
x = torch.tensor([1.2, 2.7], requires_grad=True)
y = (x.round() ** 2).sum()
y.backward()
print(x.grad)

# %% [markdown] lang="en"
# The graph is whole, and the zero is true: between its jumps, `round` is flat. Repair, if you want to learn
# through it all the same: take the rounded value, and a slope of 1 on purpose.

# %% [markdown] lang="zh"
# 计算图是完整的，这个零也是真的：在跳跃之间，`round` 是平的。如果无论如何都想让梯度穿过它，改法是：值取舍入后的，斜率则有意当作 1。

# %%
x.grad = None
rounded = x + (x.round() - x).detach()
(rounded**2).sum().backward()
print(x.grad)

# %% [markdown] lang="en"
# ## 9. Checked with too few digits
#
# `gradcheck` compares a derivative with differences. $x^3$ is certainly right. What happens: (a) `True`,
# (b) `False`, (c) an error?

# %% [markdown] lang="zh"
# ## 9. 位数不够的检查
#
# `gradcheck` 把导数与差商作比较。$x^3$ 的导数肯定没错。会发生什么：(a) `True`；(b) `False`；(c) 报错？

# %% tags=["raises-exception"] finding=["gradcheck-in-float32"]
# %%autograd
x = torch.tensor([0.5, 1.5], requires_grad=True)
torch.autograd.gradcheck(lambda x: x * x * x, x)

# %% [markdown] lang="en"
# Repair: check in double precision, and go on in single. Our own two rules from above:

# %% [markdown] lang="zh"
# 改法：用双精度检查，平时照样用单精度。顺便检查一下上面自己写的两条规则：

# %%
x = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradcheck(lambda x: x * x * x, x))
print(torch.autograd.gradcheck(lambda x: 10 * RightSquare.apply(x), x))
print(torch.autograd.gradcheck(lambda x: 10 * Square.apply(x), x, raise_exception=False))

# %% [markdown] lang="en"
# ## Three checks
#
# Fill in your answer for `...` and run the cell.
#
# **1.** This write in place raises no error: a product by 10 saves nothing. What is the gradient?

# %% [markdown] lang="zh"
# ## 三道检查题
#
# 把答案写在 `...` 的位置，然后运行。
#
# **1.** 这次原地写入不会报错：乘以 10 什么也不必保存。梯度是多少？

# %%
a = torch.tensor([1.0, 2.0], requires_grad=True)
y = 10 * a
y += 1
y.sum().backward()
predict("a.grad", ...)

# %% [markdown] lang="en"
# **2.** The hook gives an answer this time. What is the gradient?

# %% [markdown] lang="zh"
# **2.** 这次钩子有答复。梯度是多少？

# %%
b = torch.tensor(3.0, requires_grad=True)
b.register_hook(lambda grad: grad + 1)
(b**2).backward()
predict("b.grad", ...)

# %% [markdown] lang="en"
# **3.** `clamp` limits its input to 0 … 1. What is the gradient at 5?

# %% [markdown] lang="zh"
# **3.** `clamp` 把输入限制在 0 到 1 之间。在 5 处梯度是多少？

# %%
c = torch.tensor(5.0, requires_grad=True)
c.clamp(0, 1).backward()
predict("c.grad", ...)

# %% [markdown] lang="en"
# These were all twenty-seven. `%autograd why x` asks about a gradient of your own, and
# [the next lesson](10_on_to_pytorch.ipynb) does it in PyTorch.

# %% [markdown] lang="zh"
# 二十七个错误到此讲完。遇到自己的梯度有疑问，可以用 `%autograd why x` 来问；[下一课](10_on_to_pytorch.ipynb)就在 PyTorch 里这样做。
