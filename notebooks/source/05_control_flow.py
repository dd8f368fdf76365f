# %% [markdown] lang="en"
# # Control flow
#
# Fifteen minutes. Afterwards you will be able to
#
# - say what `while` and `if` leave in the graph, and what they do not,
# - explain why `a.grad == d / a` holds for a function with a loop in it, and when it does not,
# - read such a function for a vector, a matrix, a zero and a NaN.

# %% [markdown] lang="zh"
# # 控制流
#
# 本课用时十五分钟。学完之后，你将能够
#
# - 说出 `while` 和 `if` 会在计算图里留下什么，又有什么不会留下；
# - 解释一个带循环的函数为什么满足 `a.grad == d / a`，以及它什么时候不满足；
# - 看懂把向量、矩阵、零和 NaN 交给这个函数时会发生什么。

# %%
# %load_ext autograd_lab
import autograd_lab as torch
from autograd_lab.widgets import ControlFlowLab, predict

# %% [markdown] lang="en" covers=["000/2.5.4/in52-function"]
# ## 1. Predict
#
# Here is a function with a loop and a branch. `b.norm()` is the size of `b`; for a single number that is
# its absolute value.
#
# ```python
# def f(a):
#     b = a * 2
#     while b.norm() < 1000:
#         b = b * 2
#     if b.sum() > 0:
#         c = b
#     else:
#         c = 100 * b
#     return c
# ```
#
# Take $a = -0.5637$ and $d = f(a)$. By how many times the change of `a` does `d` change? Count the
# doublings, and mind the branch.

# %% [markdown] lang="zh"
# ## 1. 先猜
#
# 下面这个函数里有一个循环和一个分支。`b.norm()` 是 `b` 的大小；如果 `b` 只是一个数，那就是它的绝对值。
#
# ```python
# def f(a):
#     b = a * 2
#     while b.norm() < 1000:
#         b = b * 2
#     if b.sum() > 0:
#         c = b
#     else:
#         c = 100 * b
#     return c
# ```
#
# 取 $a = -0.5637$，$d = f(a)$。`a` 变动一点点，`d` 的变动是它的几倍？数一数翻了多少次倍，别忘了分支。

# %%
guess = ...
predict("a.grad", guess)

# %% [markdown] lang="en"
# ## 2. Run

# %% [markdown] lang="zh"
# ## 2. 运行

# %% covers=["000/2.5.4/in53-loop"]
# %%autograd
def f(a):
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    if b.sum() > 0:
        c = b
    else:
        c = 100 * b
    return c

a = torch.tensor(-0.5637, requires_grad=True)
d = f(a)
d.backward()

# %% covers=["000/2.5.4/in56-slope"]
predict("a.grad", guess)
print(d)
print(a.grad)
print(a.grad == d / a)

# %% [markdown] lang="en" covers=["000/2.5.4/grad-fn"]
# ## 3. Step
#
# Look for the `while` and the `if` in the figure: they are not there. There are `a * 2`, the ten turns of the loop,
# folded into one box ×10, and `100 * b`. Python decided which way to go; autograd recorded only what was carried
# out. `b.norm()` and `b.sum()` were recorded, too, but nothing leads from them to `d`, so the backward pass does
# not visit them.
#
# Press <kbd>→</kbd>: the gradient starts at 1, is multiplied by 100, then doubles eleven times. The loop once more:

# %% [markdown] lang="zh"
# ## 3. 一步一步走
#
# 在图里找一找 `while` 和 `if`：找不到。图里有的是 `a * 2`、循环的十次（折叠成一个 ×10 的方框）和 `100 * b`。走哪条路由 Python 决定；自动微分只记录真正执行过的运算。`b.norm()` 和 `b.sum()` 也被记录了，但没有路从它们通向 `d`，所以反向传播不会经过它们。
#
# 不断按 <kbd>→</kbd>：梯度从 1 出发，先乘以 100，然后翻倍十一次。下面把循环再走一遍，看看其中的数：

# %%
b = -0.5637 * 2
turns = 0
while abs(b) < 1000:
    b = b * 2
    turns = turns + 1
    print(turns, round(b, 4))
print("k =", 2 * 2**turns * 100)

# %% [markdown] lang="en" covers=["000/2.5.4/open-d-over-a", "000/2.5.4/wrong-slope-note"]
# ## 4. Explain
#
# What was carried out is one long product, and all its factors but `a` are plain numbers:
#
# $$d = 100 \cdot \underbrace{2 \cdot 2 \cdots 2}_{11} \cdot a = k\,a \qquad k = 204800$$
#
# If `a` changes a very little, turns and branch stay the same. So close to `a` the function is a straight line
# through zero. Its slope is $k$, and because the line goes through zero, $k$ is also $d / a$: that is all there is
# behind `a.grad == d / a`. (`a.grad` is the product of the factors alone. A note like "`a.grad` is
# b = 2·…·2·x < 1000" mixes up the value, the test and the slope.)
#
# Each further turn, and the other sign, gives another $k$: `f` is made of straight pieces. Between two pieces it
# jumps; autograd gives the slope of the piece it ran through. Only $a = 0$ is not allowed: twice zero is zero, and
# the loop never ends.
#
# ## 5. Change one thing, and predict again
#
# The sign: $a = +0.5637$.

# %% [markdown] lang="zh"
# ## 4. 说明道理
#
# 真正执行过的是一长串乘法，除了 `a`，其余因数都是普通的数：
#
# $$d = 100 \cdot \underbrace{2 \cdot 2 \cdots 2}_{11} \cdot a = k\,a \qquad k = 204800$$
#
# 只要 `a` 的变动足够小，循环的次数和走的分支都不变。所以在 `a` 附近，这个函数是一条过原点的直线。它的斜率是 $k$；又因为直线过原点，$k$ 也等于 $d / a$。`a.grad == d / a` 的道理全在这里。（`a.grad` 只是各个因数的乘积。像“a.grad 就是求 b = 2·…·2·x < 1000”这样的笔记，是把函数值、条件和斜率混在一起了。）
#
# 多循环一次，或者换一个符号，$k$ 就不同了：`f` 由许多段直线组成。两段之间函数值会跳变；自动微分给出的，是它实际走过的那一段的斜率。唯独 $a = 0$ 不行：零的两倍还是零，循环永远不会结束。
#
# ## 5. 只改一处，再猜一次
#
# 只改符号：$a = +0.5637$。

# %%
guess = ...
a = torch.tensor(0.5637, requires_grad=True)
d = f(a)
d.backward()
predict("a.grad", guess)

# %%
print(a.grad, a.grad == d / a)

# %% [markdown] lang="en" covers=["000/2.5.4/wrong-one-norm"]
# The same eleven doublings, without the 100.
#
# ## 6. A vector, a matrix
#
# `norm()` is the **2-norm**: the root of the sum of the squares. The sum of the absolute values is the 1-norm,
# which is sometimes taken for it. For a single number both are the same; for this vector they are not:

# %% [markdown] lang="zh"
# 同样是十一次翻倍，只是没有乘以 100。
#
# ## 6. 向量与矩阵
#
# `norm()` 是 **2 范数**：平方和的平方根。绝对值之和是 1 范数，有人会把两者弄混。只有一个数时两者相等，而对下面这个向量就不等了：

# %%
v = torch.tensor([240.0, 320.0])
print((2 * v).norm(), (2 * v).abs().sum())

# %% [markdown] lang="en"
# With this vector for `a`, the 1-norm would not let the loop begin. The 2-norm does. What is `a.grad`?

# %% [markdown] lang="zh"
# 把这个向量交给 `f`：按 1 范数，循环一次也不会执行；按 2 范数则会。`a.grad` 是多少？

# %%
guess = ...
a = torch.tensor([240.0, 320.0], requires_grad=True)
d = f(a)
d.sum().backward()
predict("a.grad", guess)

# %%
print(d, a.grad)
print(a.grad == d / a)

# %% [markdown] lang="en" covers=["000/2.5.6/q3-vector-or-matrix"]
# - One turn, so $k = 4$, and it is **one number for the whole tensor**: the loop asks for the norm of all
#   entries, the branch for their sum.
# - `backward()` begins at a single number, therefore `d.sum()`; each $d_i$ is $k\,a_i$, so nothing gets mixed up.
#   Without `sum()` it says:

# %% [markdown] lang="zh"
# - 循环了一次，所以 $k = 4$，而且**整个张量共用这一个数**：循环看的是全部元素的范数，分支看的是全部元素的和。
# - `backward()` 要从一个数出发，所以写 `d.sum()`；每个 $d_i$ 都是 $k\,a_i$，加起来也不会混在一起。不写 `sum()` 的话：

# %%
try:
    f(a).backward()
except RuntimeError as error:
    print(error)

# %% [markdown] lang="en"
# A matrix is no different:

# %% [markdown] lang="zh"
# 换成矩阵也一样：

# %%
torch.manual_seed(0)
a = torch.randn(2, 2, requires_grad=True)
d = f(a)
d.sum().backward()
print(a.grad)
print(torch.allclose(a.grad, d / a))

# %% [markdown] lang="en"
# Now an entry is zero, and then one is not a number. Where will the comparison with `d / a` fail?

# %% [markdown] lang="zh"
# 再看一个元素为零、一个元素不是数（NaN）的情形。与 `d / a` 的比较，在哪些位置上会不成立？

# %%
for entries in [1.0, 0.0, 2.0], [1.0, float("nan"), 2.0]:
    a = torch.tensor(entries, requires_grad=True)
    d = f(a)
    d.sum().backward()
    print(a.grad, a.grad == d / a)

# %% [markdown] lang="en"
# - **Zero:** the slope there is $k$ like everywhere. Only `d / a` fails: $0 / 0$ is NaN, and NaN is equal to
#   nothing. Take $k$ from an entry that is not zero.
# - **NaN:** the norm is NaN, and `NaN < 1000` is false: no turn. `NaN > 0` is false as well: `else`. So
#   $k = 2 \cdot 100$ for every entry. One NaN decided for the whole tensor, and the gradient looks healthy.
#
# In the lab you can drag `a` along the pieces of `f`.

# %% [markdown] lang="zh"
# - **零：** 那个元素处的斜率与别处一样是 $k$，不成立的只是 `d / a`：$0 / 0$ 得 NaN，而 NaN 不等于任何数。想知道 $k$，就用任何一个不为零的元素去算。
# - **NaN：** 范数是 NaN，而 `NaN < 1000` 为假，所以一次也不循环；`NaN > 0` 也为假，所以走 `else`。于是每个元素都是 $k = 2 \cdot 100$。一个 NaN 左右了整个张量，梯度看上去却毫无异样。
#
# 在下面的实验里，可以拖动 `a`，看它走过 `f` 的一段段直线。

# %%
ControlFlowLab()

# %% [markdown] lang="en"
# ## 7. A loop in the wild
#
# This one stands in PyTorch's tutorial with hardly a word, and many a reader asks what it is for:

# %% [markdown] lang="zh"
# ## 7. 教程里的一个循环
#
# 下面这段出自 PyTorch 的教程，原文几乎没有解释，不少读者看了都会问：这个例子到底是什么意思？

# %% covers=["003/in15/norm-loop", "003/in16/v"]
x = torch.tensor([1.6350, -1.1664, 0.2053], requires_grad=True)
y = x * 2
while y.data.norm() < 1000:
    y = y * 2
print(y)

v = torch.tensor([0.1, 1.0, 0.0001], dtype=torch.float)
y.backward(v)
print(x.grad)

# %% [markdown] lang="en" covers=["003/in15/open-what-for", "003/in15/wrong-norm-not-called"]
# It shows two things at once.
#
# - *How often the loop turns depends on the numbers*, and autograd does not mind: here $y = 512\,x$.
# - *`y` is a vector*, so `backward` is given a vector `v`, one weight for each $y_i$. It computes
#   $v^\top J$, and $J$ is 512 on the diagonal, zero elsewhere. So `x.grad` is `512 * v`.
#
# `y.data` is `y` without its history; today one writes `y.detach().norm()`. And mind the brackets: `y.data.norm`
# is no number but the method itself.

# %% [markdown] lang="zh"
# 它同时说明了两件事。
#
# - **循环多少次取决于数值**，自动微分并不在意：这里 $y = 512\,x$。
# - **`y` 是向量**，所以要给 `backward` 一个向量 `v`，每个 $y_i$ 配一个权重。它计算的是 $v^\top J$；$J$ 的对角线上是 512，其余是零。因此 `x.grad` 等于 `512 * v`。
#
# `y.data` 是不带来历的 `y`，现在的写法是 `y.detach().norm()`。还要留意括号：`y.data.norm` 不是一个数，而是这个方法本身。

# %%
print(y.data.norm)
print(y.detach().norm())
print(512 * v)

# %% [markdown] lang="en" covers=["001/dag/dynamic", "001/dag/control-flow", "001/intro/any-graph"]
# ## 8. A loop of your own
#
# The graph is made anew on every run. So each run may do other operations, or more of them, on tensors of another
# shape; whatever graph comes out, autograd differentiates it. Design a function with a loop yourself. A suggestion:
# square instead of doubling. Is `a.grad` still `d / a`?

# %% [markdown] lang="zh"
# ## 8. 自己设计一个循环
#
# 每次运行都会从头建立新的计算图，所以每次都可以做不同的运算、更多的运算，张量的形状也可以不同；无论得到怎样的图，自动微分都能求出它的梯度。请自己设计一个带循环的函数。举个例子：把翻倍换成平方。`a.grad` 还等于 `d / a` 吗？

# %% covers=["000/2.5.6/q4-own-example"]
# %%autograd
a = torch.tensor(2.0, requires_grad=True)
d = a * a
while d < 1000:
    d = d * d
d.backward()

# %%
print(d.item(), a.grad.item(), (d / a).item())
print(a.grad == 16 * d / a)

# %% [markdown] lang="en"
# It is not: $d = a^{16}$ is no straight line, and its slope $16\,a^{15}$ is 16 times $d / a$.
#
# ## Three checks
#
# **1.** $a = 1000$, given to `f`. What is `a.grad`?

# %% [markdown] lang="zh"
# 不等于：$d = a^{16}$ 不是直线，它的导数 $16\,a^{15}$ 是 $d / a$ 的 16 倍。
#
# ## 三道检查题
#
# **1.** 把 $a = 1000$ 交给 `f`。`a.grad` 是多少？

# %%
a = torch.tensor(1000.0, requires_grad=True)
f(a).backward()
predict("a.grad", ...)

# %% [markdown] lang="en"
# **2.** Now the vector $(-240, -320)$. What is each entry of `a.grad`?

# %% [markdown] lang="zh"
# **2.** 现在是向量 $(-240, -320)$。`a.grad` 的每个元素是多少？

# %%
a = torch.tensor([-240.0, -320.0], requires_grad=True)
f(a).sum().backward()
predict("a.grad", ...)

# %% [markdown] lang="en"
# **3.** This loop adds `a` three times, *because* `a` is 3. Its result is 9, like $a^2$. What is `a.grad`?

# %% [markdown] lang="zh"
# **3.** 这个循环把 `a` 加了三次，**因为** `a` 是 3。结果是 9，与 $a^2$ 相同。`a.grad` 是多少？

# %%
a = torch.tensor(3.0, requires_grad=True)
d = 0
for turn in range(int(a.item())):
    d = d + a
d.backward()
predict("a.grad", ...)

# %% [markdown] lang="en"
# If you said 6, you took the slope of $a^2$. But Python decides the number of turns, and no gradient flows
# through a decision: what ran is $a + a + a$.

# %% [markdown] lang="zh"
# 如果你答的是 6，那就是在求 $a^2$ 的导数。可是循环几次是 Python 作的决定，而梯度不会穿过决定：真正执行过的是 $a + a + a$。
