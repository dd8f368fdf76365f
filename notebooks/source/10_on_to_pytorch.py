# %% [markdown] lang="en"
# # On to PyTorch
#
# Fifteen minutes. Afterwards you will be able to
#
# - take any cell of these lessons to PyTorch, and see the same pictures there,
# - say what carries over unchanged, and what PyTorch has beyond it,
# - change types and devices without losing a leaf.
#
# This lesson needs PyTorch. If the first cell prints a line, it is missing, and the others do nothing.

# %% [markdown] lang="zh"
# # 走向 PyTorch
#
# 本课用时十五分钟。学完之后，你将能够
#
# - 把前面课程的任何一个单元格搬到 PyTorch 里，看到同样的图；
# - 说清哪些可以原样照搬，哪些是 PyTorch 才有的；
# - 在转换类型、换设备时不弄丢叶子张量。
#
# 本课需要 PyTorch。如果第一个单元格印出一行字，就说明没有装，后面的单元格什么也不会做。

# %%
# %load_ext autograd_lab
# %autograd needs torch

# %% [markdown] lang="en"
# ## 1. Predict
#
# The first lesson began with the mean of $3\,(x + 2)^2$ for four ones. Do you remember the gradient?

# %% [markdown] lang="zh"
# ## 1. 先猜
#
# 第一课从四个 1 出发，求 $3\,(x + 2)^2$ 的均值。还记得梯度是多少吗？

# %%
# %xmode Minimal
import torch

from autograd_lab.widgets import ChainLab, predict

guess = ...
predict("x.grad", guess)

# %% [markdown] lang="en"
# ## 2. Run and step
#
# In all lessons so far the first line was `import autograd_lab as torch`. Now it is `import torch`, and
# nothing else has changed.

# %% [markdown] lang="zh"
# ## 2. 运行，一步一步走
#
# 前面各课的第一行都是 `import autograd_lab as torch`。现在换成 `import torch`，其余一概不变。

# %%
# %%autograd
x = torch.ones(2, 2, requires_grad=True)
y = x + 2
z = y * y * 3
out = z.mean()
out.backward()

# %%
predict("x.grad", guess)
print(type(x))
print(x.grad)

# %% [markdown] lang="en"
# ## 3. Explain: the same picture
#
# The recording of that cell is in `_autograd`. Here is the same cell on the small engine, and the two
# pictures side by side.

# %% [markdown] lang="zh"
# ## 3. 说明道理：同一幅图
#
# 刚才那个单元格的记录存放在 `_autograd` 里。下面在小引擎上运行同一段程序，再把两幅图并排放在一起。

# %%
# %%autograd --quiet
import autograd_lab

in_pytorch = _autograd
x = autograd_lab.ones(2, 2, requires_grad=True)
y = x + 2
z = y * y * 3
out = z.mean()
out.backward()

# %%
in_autograd_lab = _autograd
# %autograd compare in_pytorch in_autograd_lab

# %% [markdown] lang="en"
# The same nodes with the same names, the same numbers at each of them. `autograd_lab` was written so that you
# can read how it is done; PyTorch does the same in C++, on millions of numbers at once, and on graphics cards.
#
# The labs take PyTorch's tensors, too. This one walks along PyTorch's own graph, from `grad_fn` to
# `next_functions`, hop by hop. Start at `out` and go on until you arrive at `x`; then start at `mixed`, and see
# where one of its two ways ends.

# %% [markdown] lang="zh"
# 节点一样，名字一样，每个节点上的数也一样。写 `autograd_lab` 是为了让你能读懂它是怎么做的；PyTorch 用 C++ 做同样的事，一次处理几百万个数，还能用上显卡。
#
# 各个实验也接受 PyTorch 的张量。这一个沿着 PyTorch 自己的计算图走，从 `grad_fn` 到 `next_functions`，一步一跳。从 `out` 出发，一直走到 `x`；再从 `mixed` 出发，看看两条路中有一条断在哪里。

# %%
ChainLab(
    """
y = x + 2
c = y.detach()
mixed = (c * x).sum()
out = (3 * y * y).mean()
""",
    x=torch.ones(2, 2, requires_grad=True),
)

# %% [markdown] lang="en"
# A mistake is explained in PyTorch as well. What will this one say?

# %% [markdown] lang="zh"
# 在 PyTorch 里犯了错，同样会有解释。下面这个错误会怎么说？

# %% tags=["raises-exception"] finding=["not-a-scalar"]
# %%autograd
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x**2
y.backward()

# %% [markdown] lang="en" covers=["000/2.5.4/wrong-one-norm"]
# ## 4. Change one thing, and predict again
#
# The length of an arrow: `norm()` is $\sqrt{x_1^2 + x_2^2}$, the 2-norm. For $x = [3, 4]$ it is 5. How fast does it grow
# with each of the two numbers?

# %% [markdown] lang="zh"
# ## 4. 只改一处，再猜一次
#
# 箭头的长度：`norm()` 就是 $\sqrt{x_1^2 + x_2^2}$，即 2-范数。$x = [3, 4]$ 时它等于 5。它随这两个数各以多快的速度增长？

# %%
guess = ...
predict("arrow.grad", guess)

# %%
# %%autograd
arrow = torch.tensor([3.0, 4.0], requires_grad=True)
arrow.norm().backward()

# %%
predict("arrow.grad", guess)
print(arrow.grad)

# %% [markdown] lang="en"
# Each entry divided by the length: an arrow of length 1 in the same direction.
#
# ## 5. What is different
#
# **Types.** Both compute in `float32` unless told otherwise, with about 7 digits. A sum of many numbers may
# differ between the two in the last digit, because it is added up in another order. So compare with
# `torch.allclose`, not with `==`, and check derivatives in `float64`. PyTorch also has complex numbers and
# `bfloat16`.

# %% [markdown] lang="zh"
# 每个元素除以长度：方向不变、长度为 1 的箭头。
#
# ## 5. 有什么不同
#
# **类型。** 不特别说明时，两者都用 `float32` 计算，大约有 7 位数字。很多数求和时，两者的最后一位可能不同，因为相加的顺序不一样。所以比较时要用 `torch.allclose`，不要用 `==`；检查导数时要用 `float64`。PyTorch 还有复数和 `bfloat16`。

# %%
tenth = torch.tensor(0.1)
print(tenth.dtype, tenth.item())
print(torch.autograd.gradcheck(torch.sin, torch.ones(3, dtype=torch.float64, requires_grad=True)))

# %% [markdown] lang="en"
# **Devices.** A PyTorch tensor lives on the processor or on a graphics card, and both operands of an operation must
# live on the same one. `to(device)` is an operation like others: what comes out of it after a move is a result, no
# leaf. So move first, and ask for the gradient then. The same holds for changing the type:

# %% [markdown] lang="zh"
# **设备。** PyTorch 的张量要么在处理器上，要么在显卡上；一个运算的两个操作数必须在同一处。`to(device)` 和别的运算一样：真的搬动之后，得到的是运算的结果，不是叶子张量。所以先搬过去，再要求梯度。转换类型时也是如此：

# %%
device = "cuda" if torch.cuda.is_available() else "cpu"

wrong = torch.ones(2, requires_grad=True).to(device, torch.float64)
right = torch.ones(2).to(device, torch.float64).requires_grad_()
print(wrong.is_leaf, right.is_leaf)

# %% [markdown] lang="en"
# **Names.** What carries over, and what does not:
#
# | | `autograd_lab` | PyTorch |
# |---|---|---|
# | `requires_grad`, `grad_fn`, `backward`, `.grad`, `retain_grad` | the same | the same |
# | `no_grad`, `inference_mode`, `detach`, hooks | the same | the same |
# | `autograd.grad`, `autograd.Function`, `autograd.functional`, `gradcheck`, `torch.func` | the same | the same |
# | texts of errors and warnings, what is printed | the same | the same |
# | random numbers after `manual_seed` | the same | the same |
# | `nn`, `optim` | the common layers and losses; SGD, Adam, AdamW | many more |
# | numbers | real, up to 64 bits | complex, `bfloat16`, sparse as well |
# | devices | the processor | graphics cards and others as well |
# | `torch.compile`, `torch.save`, data loaders | no | yes |
# | `%%autograd`, `%autograd why x` | yes | yes, with `%load_ext autograd_lab` |
# | `show`, `why`, `record`, `measure` | `torch.show(y)` | `autograd_lab.show(y)` |

# %% [markdown] lang="zh"
# **名字。** 哪些能照搬，哪些不能：
#
# | | `autograd_lab` | PyTorch |
# |---|---|---|
# | `requires_grad`、`grad_fn`、`backward`、`.grad`、`retain_grad` | 相同 | 相同 |
# | `no_grad`、`inference_mode`、`detach`、钩子 | 相同 | 相同 |
# | `autograd.grad`、`autograd.Function`、`autograd.functional`、`gradcheck`、`torch.func` | 相同 | 相同 |
# | 报错和警告的文字，印出来的样子 | 相同 | 相同 |
# | `manual_seed` 之后的随机数 | 相同 | 相同 |
# | `nn`、`optim` | 常用的层和损失；SGD、Adam、AdamW | 多得多 |
# | 数 | 实数，最多 64 位 | 还有复数、`bfloat16`、稀疏张量 |
# | 设备 | 处理器 | 还有显卡等 |
# | `torch.compile`、`torch.save`、数据加载器 | 没有 | 有 |
# | `%%autograd`、`%autograd why x` | 有 | 有，先 `%load_ext autograd_lab` |
# | `show`、`why`、`record`、`measure` | `torch.show(y)` | `autograd_lab.show(y)` |

# %%
autograd_lab.show(arrow.norm())

# %% [markdown] lang="en"
# ## Three checks
#
# Fill in your answer for `...` and run the cell.
#
# **1.** Both libraries get the same seed. Are their random numbers equal, `True` or `False`?

# %% [markdown] lang="zh"
# ## 三道检查题
#
# 把答案写在 `...` 的位置，然后运行。
#
# **1.** 给两个库同样的随机种子。它们的随机数相等吗？填 `True` 或 `False`。

# %%
torch.manual_seed(0)
autograd_lab.manual_seed(0)
equal = torch.randn(3).tolist() == autograd_lab.randn(3).tolist()
predict("equal", ...)

# %% [markdown] lang="en"
# **2.** `a` is converted after the gradient was asked for. Is `b` a leaf?

# %% [markdown] lang="zh"
# **2.** 先要求梯度，再转换类型。`b` 是叶子张量吗？

# %%
a = torch.ones(2, requires_grad=True)
b = a.double()
predict("b.is_leaf", ...)

# %% [markdown] lang="en"
# **3.** `b` goes through $b^2$, in double precision. What is the gradient of `a`?

# %% [markdown] lang="zh"
# **3.** 用双精度计算 `b` 的平方。`a` 的梯度是多少？

# %%
(b**2).sum().backward()
predict("a.grad", ...)

# %% [markdown] lang="en"
# The gradient came back through the conversion, and `a.grad` is `float32` like `a`.
#
# This was the last lesson. What you know now is what every network in PyTorch is trained with.

# %% [markdown] lang="zh"
# 梯度穿过类型转换传了回来，而且 `a.grad` 和 `a` 一样是 `float32`。
#
# 课程到此结束。PyTorch 里的每一个网络，都是用你现在掌握的这些方法训练出来的。
