# %% [markdown] lang="en"
# # Many results at once: vᵀJ
#
# Fifteen minutes. Afterwards you will be able to
#
# - say why `backward()` refuses a tensor with several entries, and what it wants to know,
# - write down a Jacobian matrix and compute $v^\top J$ by hand,
# - explain why `y.sum().backward()` and `y.backward(torch.ones(len(y)))` do the same.

# %% [markdown] lang="zh"
# # 一次得到许多结果：vᵀJ
#
# 本课用时十五分钟。学完之后，你将能够
#
# - 说清 `backward()` 为什么不接受有好几个元素的张量，它还想知道什么；
# - 写出一个雅可比矩阵，并用笔算出 $v^\top J$；
# - 解释 `y.sum().backward()` 和 `y.backward(torch.ones(len(y)))` 为什么是一回事。

# %%
# %load_ext autograd_lab
import autograd_lab as torch
from autograd_lab.widgets import VJPLab, predict

# %% [markdown] lang="en"
# ## 1. Predict
#
# `x` holds 0, 1, 2, 3, and `y = x * x` multiplies entry by entry: $y_i = x_i^2$. So there are four results, and
# each has a slope of its own. Now `y.sum()` makes one number of them. What is its gradient with respect to
# `x`? Give four numbers, such as `[1, 2, 3, 4]`.

# %% [markdown] lang="zh"
# ## 1. 先猜
#
# `x` 里是 0、1、2、3；`y = x * x` 按元素相乘：$y_i = x_i^2$。于是结果有四个，每个都有自己的导数。现在用 `y.sum()` 把它们合成一个数。它关于 `x` 的梯度是多少？写四个数，例如 `[1, 2, 3, 4]`。

# %%
guess = ...
predict("x.grad", guess)

# %% [markdown] lang="en"
# ## 2. Run
#
# First without the sum. Will this work?

# %% [markdown] lang="zh"
# ## 2. 运行
#
# 先不求和。这样行得通吗？

# %% tags=["raises-exception"] finding=["not-a-scalar"] covers=["000/2.5.2/gradient-argument"]
# %%autograd
x = torch.arange(4.0, requires_grad=True)
y = x * x
y.backward()

# %% [markdown] lang="en"
# "The gradient" of four results is not one answer: there are four slopes for each entry of `x`. Which of them,
# and how much of each? Only you can say. With the sum the question has one answer:

# %% [markdown] lang="zh"
# 四个结果的“梯度”并不是一个确定的答案：对 `x` 的每个元素都有四个导数。要哪一个，各要多少？这只有你能说。求和之后，答案就只有一个了：

# %% covers=["000/2.5.2/in10-hadamard", "000/2.5.2/in10-sum-backward", "002/example-2/03-sum-first"]
# %%autograd
x = torch.arange(4.0, requires_grad=True)
y = x * x
total = y.sum()
print(y)
print(total)
total.backward()

# %%
predict("x.grad", guess)
x.grad

# %% [markdown] lang="en" covers=["000/2.5.2/in10-sum-of-partials"]
# ## 3. Step
#
# Press <kbd>→</kbd> in the figure. The sum starts with 1 and hands a 1 to each of the four entries: all that
# `y` ever hears of the sum is `[1, 1, 1, 1]`. So leave the sum out, and say `[1, 1, 1, 1]` yourself:

# %% [markdown] lang="zh"
# ## 3. 一步一步走
#
# 在图上按 <kbd>→</kbd>。求和从 1 出发，给四个元素各传一个 1：对于求和，`y` 听到的全部内容就是 `[1, 1, 1, 1]`。那就不要求和，自己把 `[1, 1, 1, 1]` 说出来：

# %% covers=["000/2.5.2/in10-ones", "003/derivatives/matching-shape"]
# %%autograd
x = torch.arange(4.0, requires_grad=True)
y = x * x
y.backward(torch.ones(len(x)))

# %% [markdown] lang="en" covers=["000/2.5.2/open-ones", "001/jacobian/size-of-v", "004/intro/direction", "001/in7/no-argument"]
# The same numbers, one node fewer. That is what `torch.ones(len(x))` is for: it is the argument
# `gradient=`, often called $v$, with **one number per entry of `y`**. It says how much each result counts, or,
# put differently, in which direction of the results you look. Ones say "all of them, equally": the sum.
#
# For a scalar there is nothing to choose. `loss.backward()` stands for `loss.backward(torch.tensor(1.0))`.
#
# ## 4. Explain
#
# Each result may depend on each entry. All these slopes form the **Jacobian matrix**, one row per result, one
# column per entry of `x`:
#
# $$J = \begin{pmatrix}
# \frac{\partial y_1}{\partial x_1} & \cdots & \frac{\partial y_1}{\partial x_n} \\
# \vdots & \ddots & \vdots \\
# \frac{\partial y_m}{\partial x_1} & \cdots & \frac{\partial y_m}{\partial x_n}
# \end{pmatrix}$$
#
# Take $y_1 = x_1 x_2$ and $y_2 = x_1 + 3 x_2$ at $x = (2, 5)$. The first row is $(x_2, x_1) = (5, 2)$, the second
# $(1, 3)$.

# %% [markdown] lang="zh"
# 数完全一样，少了一个节点。`torch.ones(len(x))` 就是干这个用的：它是参数 `gradient=`，常记作 $v$，**`y` 有几个元素，它就有几个数**。它说的是每个结果各算多少；换句话说，就是指定你从结果的哪个方向去看。全是 1 就是“所有结果一视同仁”，也就是求和。
#
# 对于标量没有什么可选的：`loss.backward()` 就相当于 `loss.backward(torch.tensor(1.0))`。
#
# ## 4. 说明道理
#
# 每个结果都可能依赖于每个元素。把所有这些导数排在一起，就是**雅可比矩阵**：一个结果占一行，`x` 的一个元素占一列：
#
# $$J = \begin{pmatrix}
# \frac{\partial y_1}{\partial x_1} & \cdots & \frac{\partial y_1}{\partial x_n} \\
# \vdots & \ddots & \vdots \\
# \frac{\partial y_m}{\partial x_1} & \cdots & \frac{\partial y_m}{\partial x_n}
# \end{pmatrix}$$
#
# 取 $y_1 = x_1 x_2$，$y_2 = x_1 + 3 x_2$，在 $x = (2, 5)$ 处求导。第一行是 $(x_2, x_1) = (5, 2)$，第二行是 $(1, 3)$。

# %% covers=["001/jacobian/matrix", "003/math/jacobian", "004/math/jacobian"]
def f(x):
    return torch.stack([x[0] * x[1], x[0] + 3 * x[1]])

x = torch.tensor([2.0, 5.0], requires_grad=True)
J = torch.autograd.functional.jacobian(f, x)
J

# %% [markdown] lang="en"
# `backward(v)` does not compute this matrix. It computes $v^\top J$: the rows of $J$, each weighted with its entry
# of $v$, and added up. For $v = (1, 10)$: once the first row plus ten times the second. What comes out?

# %% [markdown] lang="zh"
# `backward(v)` 并不计算这个矩阵。它算的是 $v^\top J$：把 $J$ 的每一行乘上 $v$ 中对应的数，再加起来。取 $v = (1, 10)$：第一行的一倍加上第二行的十倍。结果是什么？

# %%
guess = ...
predict("x.grad", guess)

# %% covers=["001/jacobian/product", "001/jacobian/vT-J", "004/math/vT-J"]
# %%autograd
x = torch.tensor([2.0, 5.0], requires_grad=True)
y = f(x)
v = torch.tensor([1.0, 10.0])
y.backward(v)

# %%
predict("x.grad", guess)
x.grad

# %% [markdown] lang="en" covers=["001/jacobian/open-vT-J-or-JT-v"]
# $5 + 10 \cdot 1 = 15$ and $2 + 10 \cdot 3 = 32$. With $v = (1, 0)$ you would get the first row alone, with $(0, 1)$ the
# second: one backward pass, one row.
#
# **Some books write $J^\top v$ instead.** That is the same rule. Entry $j$ is the sum of $v_i J_{ij}$ over $i$ in
# both; $v^\top J$ writes these numbers side by side, $J^\top v$ one below the other. A tensor with one dimension is neither a row nor a
# column, so in code there is no difference at all:

# %% [markdown] lang="zh"
# $5 + 10 \cdot 1 = 15$，$2 + 10 \cdot 3 = 32$。取 $v = (1, 0)$ 就只得到第一行，取 $(0, 1)$ 就只得到第二行：一次反向传播，得到一行。
#
# **有的书写成 $J^\top v$。** 那是同一个法则。两种写法里，第 $j$ 个数都是 $v_i J_{ij}$ 对 $i$ 求和；$v^\top J$ 把这些数横着排，$J^\top v$ 竖着排。一维张量既不是行也不是列，所以在代码里没有任何区别：

# %%
print(v @ J)
print(J.T @ v)
print(J @ v)

# %% [markdown] lang="en"
# The last line is something else: it lets the *columns* be weighted, and asks how the results change if `x`
# moves along $v$. Forward mode computes that.
#
# Move $v$ below, and watch the rows of $J$ being weighted:

# %% [markdown] lang="zh"
# 最后一行是另一回事：它给**列**加权，问的是 `x` 沿着 $v$ 移动时结果怎样变化。那是前向模式计算的东西。
#
# 拖动下面的 $v$，看 $J$ 的各行怎样被加权：

# %%
VJPLab(f, torch.tensor([2.0, 5.0], requires_grad=True))

# %% [markdown] lang="en" covers=["003/math/JT-v", "004/math/JT-v", "001/words/wrong-gradient", "004/math/wrong-vector"]
# **Where does $v$ come from in earnest?** From the chain rule. If a scalar $l = g(y)$ follows, and $v$ is the gradient of
# $l$ with respect to `y`, then $v^\top J$ is the gradient of $l$ with respect to `x`:
#
# $$\frac{\partial l}{\partial x_j} = \sum_i \frac{\partial l}{\partial y_i}\,\frac{\partial y_i}{\partial x_j}$$
#
# Every node of a graph does this with what comes in. Backpropagation is vᵀJ, node after node.
#
# *A word on words.* In machine translations you may meet a gradient that turned into a fading colour or a hillside, and a vector
# that turned into a phasor. The plain gradient and the plain vector are meant.

# %% [markdown] lang="zh"
# **实际计算中 $v$ 从哪里来？** 来自链式法则。如果后面还有一个标量 $l = g(y)$，而 $v$ 是 $l$ 关于 `y` 的梯度，那么 $v^\top J$ 就是 $l$ 关于 `x` 的梯度：
#
# $$\frac{\partial l}{\partial x_j} = \sum_i \frac{\partial l}{\partial y_i}\,\frac{\partial y_i}{\partial x_j}$$
#
# 计算图的每个节点对传进来的数做的就是这件事。反向传播就是一个节点接一个节点的 vᵀJ。
#
# **顺便说说用词。** 在机器翻译的资料里，gradient 会变成“渐变”或“坡度”，vector 会变成“相量”。正确的说法是**梯度**和**向量**。

# %% [markdown] lang="en" covers=["004/in8/two-doublings"]
# ## 5. Change one thing, and predict again
#
# Now a function with a loop: `y` is doubled until its length reaches 1000. Before it runs, nobody can say how often;
# so nobody can write down $J$ beforehand, either. To begin with, only two doublings, $y = 4r$. Each result
# depends on its own entry, so $J$ has 4 on the diagonal and 0 elsewhere. What is $v^\top J$?

# %% [markdown] lang="zh"
# ## 5. 只改一处，再猜一次
#
# 这次的函数里有循环：`y` 不断翻倍，直到长度达到 1000。没运行之前，谁也说不出要翻几次，所以事先也没人写得出 $J$。先只翻倍两次，$y = 4r$。每个结果只依赖于自己的那个元素，所以 $J$ 的对角线上是 4，其余是 0。$v^\top J$ 是多少？

# %%
guess = ...
predict("r.grad", guess)

# %% covers=["004/in9/v"]
# %%autograd
r = torch.tensor([1.6350, -1.1664, 0.2053], requires_grad=True)
y = r * 2
y = y * 2
v = torch.tensor([0.1, 1.0, 0.0001])
y.backward(v)

# %%
predict("r.grad", guess)
r.grad

# %% [markdown] lang="en"
# Each entry of $v$ times 4; what `r` itself was does not matter. Now until the length is 1000. The turns are printed:

# %% [markdown] lang="zh"
# $v$ 的每个数都乘以 4；`r` 本身是多少并不要紧。现在一直翻到长度达到 1000，并把每一次的长度印出来：

# %% covers=["003/in15/norm-loop", "003/in15/wrong-norm-not-called", "003/in16/v"]
# %%autograd
r = torch.tensor([1.6350, -1.1664, 0.2053], requires_grad=True)
y = r * 2
while y.data.norm() < 1000:
    print(y.data.norm())
    y = y * 2
y.backward(v)
print(r.grad)

# %% [markdown] lang="en" covers=["003/in15/open-what-for", "003/in15/wrong-data"]
# Nine doublings, so $y = 512\,r$, and the gradient is 512 times $v$.
#
# - **What is this example good for?** It shows two things at once: a graph is made while the program runs, as long as the
#   loop happens to be; and with three results, $v$ says how much each of them counts.
# - **`y.data`** holds the numbers of `y` without their history, so the length is looked at and not recorded.
#   Today one writes `y.detach()`, which guards against mistakes that `.data` lets pass.
# - **`norm()` needs its parentheses**: `print(y.data.norm)` prints that there is a method, not what it returns.
#
# And if the input is a table? Then `y` is one, too, and $v$ has the shape of `y`. Here are 25 results of 25 entries: $J$
# would hold 625 numbers, and nobody builds it.

# %% [markdown] lang="zh"
# 翻倍九次，所以 $y = 512\,r$，梯度就是 $v$ 的 512 倍。
#
# - **这个例子想说明什么？** 它同时说明两件事：计算图是程序运行时才建立的，循环碰巧有多长，图就有多长；结果有三个时，由 $v$ 说明每个结果各算多少。
# - **`y.data`** 是 `y` 的数值，不带历史，所以这里只看长度而不记录。现在一般写 `y.detach()`，它能防住 `.data` 放过的错误。
# - **`norm()` 的括号不能少**：`print(y.data.norm)` 印出的只是“有这么一个方法”，而不是它返回的值。
#
# 如果输入是一张表呢？那么 `y` 也是一张表，$v$ 的形状和 `y` 相同。下面是 25 个元素的 25 个结果：$J$ 会有 625 个数，谁也不会去建它。

# %% covers=["001/in7/first-call"]
inp = torch.eye(5, requires_grad=True)
out = (inp + 1).pow(2)
out.backward(torch.ones_like(inp))
inp.grad

# %% [markdown] lang="en"
# ## Three checks
#
# Fill in your answer for `...` and run the cell.
#
# **1.** $y_i = a_i^3$ at $a = (1, 2)$, and $v$ asks for the second result only. What is the gradient?

# %% [markdown] lang="zh"
# ## 三道检查题
#
# 把答案写在 `...` 的位置，然后运行。
#
# **1.** $y_i = a_i^3$，$a = (1, 2)$，$v$ 只要第二个结果。梯度是多少？

# %%
a = torch.tensor([1.0, 2.0], requires_grad=True)
(a ** 3).backward(torch.tensor([0.0, 1.0]))
predict("a.grad", ...)

# %% [markdown] lang="en"
# **2.** `A @ b` has the Jacobian `A`. What is `b.grad`?

# %% [markdown] lang="zh"
# **2.** `A @ b` 的雅可比矩阵就是 `A`。`b.grad` 是多少？

# %%
A = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
b = torch.tensor([7.0, 8.0], requires_grad=True)
(A @ b).backward(v := torch.tensor([1.0, 10.0]))
predict("b.grad", ...)

# %% [markdown] lang="en"
# **3.** For a `y` with four entries, `y.mean().backward()` is `y.backward(w)`. Which number stands in each entry of `w`?

# %% [markdown] lang="zh"
# **3.** 设 `y` 有四个元素，那么 `y.mean().backward()` 就是 `y.backward(w)`。`w` 的每个元素是多少？

# %%
y = torch.zeros(4, requires_grad=True)
w, = torch.autograd.grad(y.mean(), y)
predict("w", ...)
