# %% [markdown] lang="en"
# # The mistakes everyone makes: shapes and leaves
#
# There are twenty-seven of them, in three parts; this is the first. Fifteen minutes. Afterwards you will be
# able to
#
# - say which tensor keeps a gradient, and from when on,
# - tell an error about shapes from one about leaves, and repair either,
# - notice two mistakes that raise no error and give no warning.
#
# Every mistake goes the same way: read the cell, **decide what will happen**, run it. Below the cell stands
# what was found in it, and why. Then comes the repaired program.

# %% [markdown] lang="zh"
# # 人人都会犯的错：形状与叶子张量
#
# 常见的错误共有二十七个，分成三课；这是第一课。本课用时十五分钟。学完之后，你将能够
#
# - 说清哪个张量会保留梯度，从什么时候开始有；
# - 分清哪些错误与形状有关，哪些与叶子张量有关，并一一改正；
# - 发现两个既不报错、也不警告的错误。
#
# 每个错误都按同样的步骤来：先读单元格，**判断会发生什么**，再运行。单元格下方会写出从中发现了什么、为什么。随后是改正后的程序。

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
# Errors and warnings are shown in one line here. Both are part of the lesson.
#
# ## 1. A gradient before its time
#
# A step of gradient descent is a tenth of the gradient, and the gradient is 2 · (3 − 1). What is `step`:
# (a) 0.4, (b) 0, as no gradient has come yet, (c) there is an error?

# %% [markdown] lang="zh"
# 在这里，报错和警告都只显示一行；它们都是课程的一部分。
#
# ## 1. 还没到时候的梯度
#
# 梯度下降走一步，这一步是梯度的十分之一，而梯度是 2 · (3 − 1)。`step` 是多少：(a) 0.4；(b) 0，因为梯度还没来；(c) 报错？

# %% tags=["raises-exception"] finding=["grad-is-none-yet"]
# %%autograd
w = torch.tensor(3.0, requires_grad=True)
loss = (w - 1) ** 2
print(w.grad)
step = 0.1 * w.grad
loss.backward()

# %% [markdown] lang="en" covers=["002/example-1/wrong-call"]
# `None` means "no gradient yet", which is not the same as 0. Repair: `backward()` first. And `.grad` is
# written without parentheses. It is a value to look at; `w.grad()` would try to call a tensor.

# %% [markdown] lang="zh"
# `None` 的意思是“还没有梯度”，与 0 是两回事。改法：先 `backward()`。另外，`.grad` 后面不加括号：它是一个属性，直接看就行；写成 `w.grad()`，就成了把张量当函数来调用。

# %%
loss.backward()
step = 0.1 * w.grad
print(step)

# %% [markdown] lang="en"
# ## 2. The gradient of a result
#
# `x` is squared, and the squares are summed. Which gradients will be printed: (a) both, (b) only that of
# `x`, (c) only that of `y`?

# %% [markdown] lang="zh"
# ## 2. 中间结果的梯度
#
# 先把 `x` 平方，再求和。会印出哪些梯度：(a) 两个都有；(b) 只有 `x` 的；(c) 只有 `y` 的？

# %% finding=["grad-of-a-result"]
# %%autograd
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x**2
total = y.sum()
total.backward()
print(x.grad, y.grad)

# %% [markdown] lang="en" covers=["001/gradients/leaves-only"]
# The gradient of `y` was computed, for without it there would be none of `x`. It was passed on and let go.
# Repair: ask for it *before* the backward pass.

# %% [markdown] lang="zh"
# `y` 的梯度其实算过，否则就得不到 `x` 的梯度；只是传下去之后没有保留。改法：在反向传播**之前**说一声要留下它。

# %%
y = x**2
y.retain_grad()
y.sum().backward()
print(y.grad)

# %% [markdown] lang="en"
# ## 3. The leaf that lost its name
#
# `weights` is made of ones that require grad, and a tenth of them is taken. Is `weights` a leaf, `True` or
# `False`?

# %% [markdown] lang="zh"
# ## 3. 丢了名字的叶子张量
#
# `weights` 由需要梯度的 1 组成，再取十分之一。`weights` 是叶子张量吗？填 `True` 或 `False`。

# %%
guess = ...
predict("weights.is_leaf", guess)

# %% finding=["leaf-lost"]
# %%autograd
weights = torch.ones(3, requires_grad=True) * 0.1
loss = (weights**2).sum()
loss.backward()
print(weights.grad)

# %% [markdown] lang="en"
# Repair: first the arithmetic, then the leaf.

# %% [markdown] lang="zh"
# 改法：先把数算好，再让它成为叶子张量。

# %%
predict("weights.is_leaf", guess)
tenths = (torch.ones(3) * 0.1).requires_grad_()
(tenths**2).sum().backward()
print(tenths.is_leaf, tenths.grad)

# %% [markdown] lang="en"
# ## 4. Whole numbers
#
# `arange(4.0)` gave 0, 1, 2, 3. Without the point, what happens: (a) the same, (b) a tensor without a
# gradient, (c) an error?

# %% [markdown] lang="zh"
# ## 4. 整数
#
# `arange(4.0)` 给出 0、1、2、3。去掉小数点会怎样：(a) 一样；(b) 得到一个没有梯度的张量；(c) 报错？

# %% tags=["raises-exception"] finding=["integers"]
# %%autograd
x = torch.arange(4, requires_grad=True)

# %%
x = torch.arange(4.0, requires_grad=True)
print(x)

# %% [markdown] lang="en"
# ## 5. `backward()` from several numbers
#
# What will `x.grad` be: (a) three numbers, (b) their sum, (c) there is an error?

# %% [markdown] lang="zh"
# ## 5. 从好几个数出发的 `backward()`
#
# `x.grad` 会是什么：(a) 三个数；(b) 它们的和；(c) 报错？

# %% tags=["raises-exception"] finding=["not-a-scalar"]
# %%autograd
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x * x
y.backward()

# %% [markdown] lang="en"
# There are three results, and each has a gradient of its own. Repair: say what you want of them. Usually it
# is the sum, and one weight of 1 for each result says the same:

# %% [markdown] lang="zh"
# 结果有三个，每个都有自己的梯度。改法：说清你要的是什么。通常要的是它们的和；给每个结果一个权重 1，意思完全相同：

# %%
y.sum().backward()
print(x.grad)
x.grad = None
(x * x).backward(gradient=torch.ones(3))
print(x.grad)

# %% [markdown] lang="en"
# ## 6. `if` with several answers
#
# A function with a kink: negative numbers count a tenth. What happens: (a) each entry takes its own branch,
# (b) the first entry decides, (c) an error?

# %% [markdown] lang="zh"
# ## 6. 有好几个答案的 `if`
#
# 一个带拐点的函数：负数只算十分之一。会发生什么：(a) 每个元素各走各的分支；(b) 由第一个元素决定；(c) 报错？

# %% tags=["raises-exception"] finding=["condition-needs-one-bool"]
# %%autograd
x = torch.tensor([-1.0, 2.0, 3.0], requires_grad=True)
if x > 0:
    y = x
else:
    y = 0.1 * x

# %% [markdown] lang="en"
# Repair: let every entry choose.

# %% [markdown] lang="zh"
# 改法：让每个元素自己选。

# %%
y = torch.where(x > 0, x, 0.1 * x)
y.sum().backward()
print(x.grad)

# %% [markdown] lang="en"
# ## 7. A column meets a row
#
# The prediction is perfect. What is the cost, the mean of the squared differences?

# %% [markdown] lang="zh"
# ## 7. 列遇上行
#
# 预测完全正确。代价 `cost`，即差的平方的均值，是多少？

# %%
guess = ...
predict("cost", guess)

# %% finding=["column-meets-row"]
# %%autograd
prediction = torch.tensor([[1.0], [2.0], [3.0]], requires_grad=True)
target = torch.tensor([1.0, 2.0, 3.0])
cost = ((prediction - target) ** 2).mean()
cost.backward()

# %% [markdown] lang="en"
# No error, and a model that trains badly: the first of the silent ones. Nine differences were averaged, each
# prediction minus *each* target. Repair: give both the same shape.

# %% [markdown] lang="zh"
# 不报错，可是模型怎么也训练不好：这是第一个“不出声”的错误。求平均的是九个差：每个预测值减去**每一个**目标值。改法：让两者形状相同。

# %%
predict("cost", guess)
print(cost, (prediction - target).shape)
print(((prediction.squeeze(1) - target) ** 2).mean())

# %% [markdown] lang="en"
# ## 8. Asked about a stranger
#
# `b` was meant to be in the formula and was forgotten. What is its gradient: (a) 0, (b) `None`, (c) there
# is an error?

# %% [markdown] lang="zh"
# ## 8. 问了一个局外人
#
# `b` 本来应该出现在公式里，却忘了写。它的梯度是什么：(a) 0；(b) `None`；(c) 报错？

# %% tags=["raises-exception"] finding=["input-not-in-graph"]
# %%autograd
a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
y = a**2
torch.autograd.grad(y, [a, b])

# %% [markdown] lang="en"
# Repair: put `b` into the formula. If it is right that `b` takes no part, say so. Had we called
# `y.backward()`, then `b.grad` would have stayed `None`, without a word.

# %% [markdown] lang="zh"
# 改法：把 `b` 写进公式。如果 `b` 确实不该参与，就明说。倘若用的是 `y.backward()`，`b.grad` 会一声不响地停在 `None`。

# %%
print(torch.autograd.grad(a**2 * b, [a, b]))
print(torch.autograd.grad(a**2, [a, b], allow_unused=True))

# %% [markdown] lang="en"
# ## 9. A parameter that nobody knows
#
# A layer (a weight and a bias), then a scale to be learned. How many parameters will the optimizer move?

# %% [markdown] lang="zh"
# ## 9. 没人认识的参数
#
# 一个层（一个权重、一个偏置），再加一个要学习的缩放系数。优化器会更新几个参数？

# %%
guess = ...
predict("known", guess)

# %% finding=["parameter-not-registered"]
# %%autograd
class Scaled(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(2, 2)
        self.scale = torch.ones(2, requires_grad=True)

    def forward(self, x):
        return (self.layer(x) * self.scale).sum()


torch.manual_seed(0)
model = Scaled()
known = len(list(model.parameters()))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
model(torch.ones(2)).backward()
optimizer.step()
print(model.scale)

# %% [markdown] lang="en"
# `scale` got a gradient and has not moved: the second silent one. Repair: `nn.Parameter` tells the module
# that it is there.

# %% [markdown] lang="zh"
# `scale` 得到了梯度，却一动不动：又一个“不出声”的错误。改法：用 `nn.Parameter` 告诉模块有这么一个参数。

# %%
predict("known", guess)
model.scale = torch.nn.Parameter(torch.ones(2))
print([name for name, parameter in model.named_parameters()])

# %% [markdown] lang="en"
# ## Three checks
#
# Fill in your answer for `...` and run the cell.
#
# **1.** Is `shift` a leaf, `True` or `False`?

# %% [markdown] lang="zh"
# ## 三道检查题
#
# 把答案写在 `...` 的位置，然后运行。
#
# **1.** `shift` 是叶子张量吗？填 `True` 或 `False`。

# %%
shift = (torch.zeros(2) + 1).requires_grad_()
predict("shift.is_leaf", ...)

# %% [markdown] lang="en"
# **2.** Three results, and their weights are 1, 0 and 10. What is the gradient?

# %% [markdown] lang="zh"
# **2.** 三个结果，权重分别是 1、0 和 10。梯度是多少？

# %%
v = torch.tensor([1.0, 1.0, 1.0], requires_grad=True)
(3 * v).backward(gradient=torch.tensor([1.0, 0.0, 10.0]))
predict("v.grad", ...)

# %% [markdown] lang="en"
# **3.** A column of four minus a row of four. How many numbers come out?

# %% [markdown] lang="zh"
# **3.** 四个数的列减去四个数的行。结果有多少个数？

# %%
count = (torch.zeros(4, 1) - torch.zeros(4)).numel()
predict("count", ...)

# %% [markdown] lang="en"
# Next: [graphs that are cut or freed](09b_cut_and_freed_graphs.ipynb).

# %% [markdown] lang="zh"
# 下一课：[被切断、被释放的计算图](09b_cut_and_freed_graphs.ipynb)。
