# %% [markdown] lang="en"
# # Three ways to a derivative
#
# Fifteen minutes. Afterwards you will be able to
#
# - tell symbolic, numeric and automatic differentiation apart, and say where each one fails,
# - write the chain rule of a small model, and read it from either end,
# - say what forward and reverse accumulation cost, in operations and in memory.

# %% [markdown] lang="zh"
# # 求导的三种办法
#
# 本课用时十五分钟。学完之后，你将能够
#
# - 分清符号微分、数值微分和自动微分，并说出各自的短处；
# - 为一个小模型写出链式法则，并从两头去读它；
# - 说出正向累积和反向累积各要多少运算、多少内存。

# %%
# %load_ext autograd_lab
import autograd_lab as torch
from autograd_lab.widgets import DerivativeLab, ModesLab, predict

# %% [markdown] lang="en"
# ## 1. Predict
#
# $$f(x) = 4x^3 + x^2 + 3$$
#
# How steep is it at $x = 2$?

# %% [markdown] lang="zh"
# ## 1. 先猜
#
# $$f(x) = 4x^3 + x^2 + 3$$
#
# 它在 $x = 2$ 处的导数是多少？

# %%
guess = ...
predict("x.grad", guess)

# %% [markdown] lang="en"
# ## 2. Run

# %% [markdown] lang="zh"
# ## 2. 运行

# %%
# %%autograd
x = torch.tensor(2.0, requires_grad=True)
y = 4 * x**3 + x**2 + 3
y.backward()

# %%
predict("x.grad", guess)
x.grad

# %% [markdown] lang="en" covers=["002/graph/operators", "002/graph/acyclic", "002/graph/wrong-unrelated", "002/automatic/at-a-value"]
# ## 3. Step
#
# Press <kbd>→</kbd> in the figure. The formula was taken apart into operations, and these form a graph without
# cycles, since every result is newer than what it was computed from: a directed **acyclic** graph.
#
# All is computed for the one number $x = 2$; there is no formula of the derivative. $x^3$ passes on
# $4 \cdot 3 \cdot 2^2 = 48$, and $x^2$ passes on $2 \cdot 2 = 4$. Together 52.

# %% [markdown] lang="zh"
# ## 3. 一步一步走
#
# 在图上按 <kbd>→</kbd>。算式被拆成了一个个运算（也叫操作子），它们连成一张图。图里没有环，因为每个结果都比算出它的东西更新：这就是有向**无环图**。（有的笔记写成了“无关图”，那是笔误。）
#
# 算出来的只是 $x = 2$ 这一点上的导数，任何地方都没有出现导函数的公式：$x^3$ 传下去 $4 \cdot 3 \cdot 2^2 = 48$，$x^2$ 传下去 $2 \cdot 2 = 4$，加起来是 52。

# %% [markdown] lang="en" covers=["002/symbolic/example", "002/numeric/definition", "002/numeric/black-box"]
# ## 4. Explain: the three ways
#
# **Symbolic.** A computer algebra system turns a formula into a formula, by the rules from school:
#
# ```text
# D[4x^3+x^2+3, x]  =  2x+12x^2
# ```
#
# At $x = 2$ this is 52. It holds for every $x$, but it needs a formula. A program with loops and branches is not
# one, and the formulas for many layers become very long.
#
# **Numeric.** By definition the derivative is a limit:
#
# $$f'(x) = \lim_{h \to 0} \frac{f(x + h) - f(x)}{h}$$
#
# Take a small $h$ instead. One need not know how $f$ is made, only its values. But how small?

# %% [markdown] lang="zh"
# ## 4. 说明道理：三种办法
#
# **符号微分。** 计算机代数系统按照课本上的法则，由一个公式得到另一个公式：
#
# ```text
# D[4x^3+x^2+3, x]  =  2x+12x^2
# ```
#
# 在 $x = 2$ 处等于 52。它对所有的 $x$ 都成立，但前提是有公式。带循环和分支的程序不是公式；层数一多，公式也会长得没法用。
#
# **数值微分。** 按定义，导数是一个极限：
#
# $$f'(x) = \lim_{h \to 0} \frac{f(x + h) - f(x)}{h}$$
#
# 不取极限，而是取一个很小的 $h$。这样不必知道 $f$ 是怎么构成的，只要能算出它的值。可是，多小才合适？

# %%
def f(x):
    return 4 * x * x * x + x * x + 3

for exponent in range(1, 13):
    h = 10.0**-exponent
    line = [f"h = 1e-{exponent:02}"]
    for dtype in (torch.float64, torch.float32):
        x = torch.tensor(2.0, dtype=dtype)
        slope = (f(x + h) - f(x)) / h
        line.append(f"error {abs(slope.item() - 52):.0e}")
    print(" | ".join(line))

# %% [markdown] lang="en" covers=["002/automatic/why"]
# Left with 16 digits (`float64`), right with 7 (`float32`). With a large $h$ the curve bends within the step. With a
# small one $f(x + h)$ and $f(x)$ agree in nearly all their digits, and little is left of the difference. Even with
# the best $h$ half of the digits are lost. Besides, each input needs an evaluation of its own.
#
# **Automatic.** Each operation knows its own derivative, and the chain rule multiplies them. There is no $h$ to lose
# digits and no formula, so loops do no harm, nor do layers, of which a network has too many for pencil and paper.
# The answer holds for one place, exact but for rounding.
#
# In the lab you may type a function of your own and look for the best $h$.

# %% [markdown] lang="zh"
# 左边是 16 位有效数字（`float64`），右边是 7 位（`float32`）。$h$ 太大，曲线在这一步之内已经拐弯了；$h$ 太小，$f(x + h)$ 和 $f(x)$ 的数字几乎全部相同，一减就只剩下末尾几位。$h$ 取得再好，也会损失一半的有效数字。再说，每个输入都得单独算一遍函数值。
#
# **自动微分。** 每个运算都知道自己的导数，链式法则把它们乘起来。没有 $h$，也就没有它带来的误差；没有公式，就不怕循环，也不怕层数多到没法用笔算。得到的是某一点上的导数，除了舍入误差之外是精确的。
#
# 在下面的实验里，可以输入自己的函数，找一找最合适的 $h$。

# %%
DerivativeLab()

# %% [markdown] lang="en" covers=["002/chain-rule/example", "002/chain-rule/wrong-dx-dw"]
# ## 5. The chain rule of a small model
#
# $$a = Xw \qquad b = a - y \qquad z = \lVert b \rVert^2$$
#
# $$\frac{\partial z}{\partial w} = \frac{\partial z}{\partial b}\,\frac{\partial b}{\partial a}\,\frac{\partial a}{\partial w}
# = 2b^\top \cdot I \cdot X$$
#
# ($\partial x / \partial w$ on the left, where one finds it, is a misprint.) Compute $b$ and then `w.grad` by hand:
#
# $$X = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} \qquad w = \begin{pmatrix} 1 \\ 1 \end{pmatrix} \qquad
# y = \begin{pmatrix} 2 \\ 6 \end{pmatrix}$$

# %% [markdown] lang="zh"
# ## 5. 小模型的链式法则
#
# $$a = Xw \qquad b = a - y \qquad z = \lVert b \rVert^2$$
#
# $$\frac{\partial z}{\partial w} = \frac{\partial z}{\partial b}\,\frac{\partial b}{\partial a}\,\frac{\partial a}{\partial w}
# = 2b^\top \cdot I \cdot X$$
#
# （左边若印成 $\partial x / \partial w$，那是印错了。）请按下面的数，先算 $b$，再算出 `w.grad`：
#
# $$X = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} \qquad w = \begin{pmatrix} 1 \\ 1 \end{pmatrix} \qquad
# y = \begin{pmatrix} 2 \\ 6 \end{pmatrix}$$

# %%
guess = ...
predict("w.grad", guess)

# %%
# %%autograd
X = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
y = torch.tensor([2.0, 6.0])
w = torch.tensor([1.0, 1.0], requires_grad=True)
b = X @ w - y
z = (b * b).sum()
z.backward()

# %%
predict("w.grad", guess)
print(w.grad)
print(2 * b.detach() @ X)

# %% [markdown] lang="en" covers=["002/modes/chain-rule", "002/modes/forward", "002/modes/reverse"]
# ## 6. From which end?
#
# A long chain $y = u_{n+1}(u_n(\cdots u_1(x)))$ gives a long product. Brackets do not change the result, but the work:
#
# $$\text{forward:}\quad \frac{\partial y}{\partial u_n}\Bigl(\frac{\partial u_n}{\partial u_{n-1}}\Bigl(\cdots
# \frac{\partial u_1}{\partial x}\Bigr)\Bigr)$$
#
# $$\text{reverse:}\quad \Bigl(\Bigl(\frac{\partial y}{\partial u_n}\,\frac{\partial u_n}{\partial u_{n-1}}\Bigr)
# \cdots\Bigr)\frac{\partial u_1}{\partial x}$$
#
# - **Forward accumulation** goes along with the computation: if the input changes in *this direction*, how does
#   everything after it change?
# - **Reverse accumulation**, which is what `backward()` does, goes back from the result: how much does the
#   *one result* depend on each thing before it?
#
# `torch.func.jvp` does the first. We count both, for chains of $n$ sines. `x` has 1000 entries of 4 bytes.

# %% [markdown] lang="zh"
# ## 6. 从哪一头开始？
#
# 很长的复合 $y = u_{n+1}(u_n(\cdots u_1(x)))$ 会得到很长的乘积。括号加在哪里不影响结果，却影响工作量：
#
# $$\text{正向：}\quad \frac{\partial y}{\partial u_n}\Bigl(\frac{\partial u_n}{\partial u_{n-1}}\Bigl(\cdots
# \frac{\partial u_1}{\partial x}\Bigr)\Bigr)$$
#
# $$\text{反向：}\quad \Bigl(\Bigl(\frac{\partial y}{\partial u_n}\,\frac{\partial u_n}{\partial u_{n-1}}\Bigr)
# \cdots\Bigr)\frac{\partial u_1}{\partial x}$$
#
# - **正向累积**从输入出发，与计算同向而行。它回答的是：如果输入沿**这个方向**变动，后面的一切会怎样变？
# - **反向累积**（又称反向传播）从结果出发往回走，`backward()` 做的就是它。它回答的是：**这一个结果**对前面的每样东西有多敏感？
#
# 前一种可以用 `torch.func.jvp` 来做。下面把 $n$ 个正弦串起来，数一数两种办法的代价。`x` 有 1000 个元素，每个占 4 字节。

# %%
def chain(x, n):
    for step in range(n):
        x = x.sin()
    return x.sum()

ones = torch.ones(1000)
for n in 10, 20, 40:
    with torch.measure() as reverse:
        x = torch.ones(1000, requires_grad=True)
        chain(x, n).backward()
    with torch.measure() as forward:
        torch.func.jvp(lambda x: chain(x, n), (ones,), (ones,))
    there, back = reverse.forward, reverse.backward
    print(n, "reverse:", there, "+", back, "operations,", reverse.peak, "bytes")
    print(n, "forward:", forward.forward, "operations,", forward.peak, "bytes")

# %% [markdown] lang="en" covers=["002/complexity/time", "002/complexity/alike", "002/complexity/memory", "002/complexity/forward-one-variable", "002/complexity/wrong-constant-memory"]
# - **Operations.** Both grow like $n$, written $O(n)$. Reverse accumulation costs about the same there and back.
# - **Memory.** On its way back, reverse accumulation needs the numbers of the way there, so its memory grows
#   with $n$, too, $O(n)$. Forward accumulation is done with a number once the next one is computed; it keeps
#   nothing, however long the chain, $O(1)$.
#
# Then why does everybody go backwards? "$O(1)$ memory" has a price: a forward pass answers for *one direction*. All
# 1000 entries of the gradient need 1000 forward passes, but only one backward pass. Here with 5 inputs:

# %% [markdown] lang="zh"
# - **运算。** 两种办法都与 $n$ 成正比，记作 $O(n)$。对反向累积来说，去程和回程的代价差不多。
# - **内存。** 反向累积在回程中要用到去程的中间结果，所以内存也随 $n$ 增长，是 $O(n)$。正向累积算出下一个数之后，前一个就用不着了；链再长，它也什么都不必留，是 $O(1)$。
#
# 那为什么大家都用反向？因为“$O(1)$ 内存”背后有代价：一次正向只能回答**一个方向**。要得到 1000 个元素的全部梯度，需要 1000 次正向，而反向只要一次。下面用 5 个输入来看：

# %%
def operations(inputs):
    x = torch.ones(inputs, requires_grad=True)
    with torch.measure() as reverse:
        chain(x, 10).backward()
    with torch.measure() as forward:
        gradient = [
            torch.func.jvp(lambda x: chain(x, 10), (x.detach(),), (direction,))[1]
            for direction in torch.eye(inputs)
        ]
    print("the same gradient:", torch.allclose(x.grad, torch.stack(gradient)))
    return reverse.forward + reverse.backward, forward.forward

in_reverse, in_forward = operations(5)
print("reverse:", in_reverse, "operations in 1 pass")
print("forward:", in_forward, "operations in 5 passes")

# %% [markdown] lang="en"
# A network has millions of parameters and one loss, so it is trained backwards. With few inputs and many outputs it
# is the other way round: reverse accumulation needs one pass per *output*. If time is left, try both in the lab.

# %% [markdown] lang="zh"
# 神经网络有上百万个参数，却只有一个损失，所以用反向来训练。如果输入少、输出多，情况就倒过来：反向累积每个**输出**都要走一遍。时间有富余的话，在下面的实验里两种都试试。

# %%
ModesLab()

# %% [markdown] lang="en"
# ## 7. Change one thing, and predict again
#
# Ten inputs instead of five. How many operations will each of the two take now?

# %% [markdown] lang="zh"
# ## 7. 只改一处，再猜一次
#
# 输入从五个改成十个。现在两种办法各要多少次运算？

# %%
reverse_guess, forward_guess = ..., ...
in_reverse, in_forward = operations(10)
predict("in_reverse", reverse_guess)
predict("in_forward", forward_guess)

# %%
print(in_reverse, in_forward)

# %% [markdown] lang="en"
# Forwards, twice the inputs are twice the work. Backwards nothing changed.
#
# ## 8. Reading the result
#
# Two numbers go in, and one of them asks for its gradient:

# %% [markdown] lang="zh"
# 正向：输入加倍，工作量也加倍。反向则毫无变化。
#
# ## 8. 读取结果
#
# 输入两个数，其中一个要梯度：

# %% covers=["002/example-1/pow", "002/example-1/stores"]
p = torch.tensor(4.0, requires_grad=True)
q = torch.tensor(3.0, requires_grad=False)
z = torch.pow(p, 2) + torch.pow(q, 2)
z.backward()
print(p.grad)
print(q.grad)
try:
    p.grad()
except TypeError as error:
    print(error)

# %% [markdown] lang="en" covers=["002/example-1/wrong-value", "002/example-1/wrong-call"]
# - The slope of $p^2$ at 4 is 8. (6 would be the slope of $q^2$ at 3; it is sometimes printed here by mistake.)
# - `q` did not ask, so `q.grad` stays `None`.
# - `.grad` is an attribute, not a method: with brackets Python tries to *call* the tensor in it.
#
# ## Three checks
#
# **1.** $f(x) = 4x^3 + x^2 + 3$ once more, at $x = -1$. What is `x.grad`?

# %% [markdown] lang="zh"
# - $p^2$ 在 4 处的导数是 8。（6 是 $q^2$ 在 3 处的导数，有的笔记在这里误写成了 6。）
# - `q` 没有要梯度，所以 `q.grad` 一直是 `None`。
# - `.grad` 是属性，不是方法：加上括号，Python 就会去**调用**里面的张量。
#
# ## 三道检查题
#
# **1.** 还是 $f(x) = 4x^3 + x^2 + 3$，在 $x = -1$ 处。`x.grad` 是多少？

# %%
x = torch.tensor(-1.0, requires_grad=True)
f(x).backward()
predict("x.grad", ...)

# %% [markdown] lang="en"
# **2.** Numeric, at $x = 2$, in `float32`, with $h = 10^{-12}$. What comes out?

# %% [markdown] lang="zh"
# **2.** 数值微分，$x = 2$，`float32`，$h = 10^{-12}$。算出来是多少？

# %%
x = torch.tensor(2.0)
h = 1e-12
slope = (f(x + h) - f(x)) / h
predict("slope", ...)

# %% [markdown] lang="en"
# **3.** This function has 2 inputs and 1000 outputs. How many passes does forward accumulation need for all its
# derivatives?

# %% [markdown] lang="zh"
# **3.** 这个函数有 2 个输入、1000 个输出。用正向累积求出全部导数，要走几遍？

# %%
def spread(x):
    return x[0] * torch.arange(1000.0) + x[1]

J = torch.func.jacfwd(spread)(torch.ones(2))
passes = J.shape[1]
predict("passes", ...)

# %% [markdown] lang="en"
# The second one: in `float32` the number next to 2 is about $2 \cdot 10^{-7}$ away. $2 + 10^{-12}$ is rounded back
# to 2, and the difference is 0.

# %% [markdown] lang="zh"
# 如果第二题出乎意料：在 `float32` 里，2 的下一个数与它相差约 $2 \cdot 10^{-7}$。$2 + 10^{-12}$ 会被舍入回 2，两个函数值之差便是 0。
