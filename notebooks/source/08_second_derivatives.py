# %% [markdown] lang="en"
# # Second derivatives, and why they cost more
#
# Fifteen minutes. Afterwards you will be able to
#
# - compute a second derivative, and say what `create_graph=True` is for,
# - show by counting why a second derivative costs more than a first one,
# - get a second derivative in one direction at the price of a few gradients, and say why the whole table
#   of them costs so much more.

# %% [markdown] lang="zh"
# # 二阶导数，以及它为什么更贵
#
# 本课用时十五分钟。学完之后，你将能够
#
# - 算出二阶导数，并说清 `create_graph=True` 有什么用；
# - 用数出来的结果说明二阶导数的开销为什么比一阶导数大；
# - 只花几个梯度的代价，求出沿某个方向的二阶导数，并说明为什么整张二阶导数表要贵得多。

# %%
# %load_ext autograd_lab
# %xmode Minimal
import autograd_lab as torch
from autograd_lab.widgets import ModesLab, predict

# %% [markdown] lang="en"
# `%xmode Minimal` keeps error messages to one line. One will come, on purpose.
#
# ## 1. Predict
#
# At $x = 2$ the curve $y = x^3$ has the slope $y' = 3x^2 = 12$. A little further to the right the slope is
# different. How fast does the *slope* change? That is the slope of the slope, $y''$: the **second
# derivative**.

# %% [markdown] lang="zh"
# `%xmode Minimal` 让报错只占一行。本课会有一次报错，是有意安排的。
#
# ## 1. 先猜
#
# 曲线 $y = x^3$ 在 $x = 2$ 处的斜率是 $y' = 3x^2 = 12$。再往右一点，斜率就不一样了。**斜率**变化得有多快？这就是斜率的斜率 $y''$，即**二阶导数**。

# %%
guess = ...
predict("bend", guess)

# %% [markdown] lang="en"
# ## 2. Run
#
# `torch.autograd.grad(y, x)` computes the same gradient as `y.backward()`, but hands it over instead of
# adding it to `x.grad`. It answers with one gradient for each tensor that it is asked about; we ask about
# one and take it out of the answer with `(slope,) =`.

# %% [markdown] lang="zh"
# ## 2. 运行
#
# `torch.autograd.grad(y, x)` 算出的梯度与 `y.backward()` 相同，只是直接交给我们，而不累积到 `x.grad` 里。问到几个张量，它就回答几个梯度；这里只问一个，用 `(slope,) =` 把它取出来。

# %%
x = torch.tensor(2.0, requires_grad=True)
y = x**3
(slope,) = torch.autograd.grad(y, x, create_graph=True)
(bend,) = torch.autograd.grad(slope, x)
print(slope)
print(bend)

# %%
predict("bend", guess)

# %% [markdown] lang="en"
# By hand: $y' = 3x^2$ and $y'' = 6x$, which is 12 at $x = 2$.
#
# Look at what is printed beside the slope: `grad_fn=<MulBackward0>`. A backward pass is a computation,
# too: it multiplies and takes powers. With `create_graph=True` these operations are **recorded** like any
# others, so the slope has a graph of its own, and a gradient can be taken through it. Without it the
# slope is a plain number, and the second `grad` raises an error.

# %% [markdown] lang="zh"
# 用笔算一遍：$y' = 3x^2$，$y'' = 6x$，在 $x = 2$ 处等于 12。
#
# 请看斜率后面印出的 `grad_fn=<MulBackward0>`。反向传播本身也是一段计算：要做乘法，也要求幂。写上 `create_graph=True`，这些运算也会像别的运算一样被**记录**下来，于是斜率有了自己的计算图，可以沿着它再求一次梯度。不写的话，斜率只是一个普通的数，第二个 `grad` 就会报错。

# %% [markdown] lang="en"
# ## 3. Step
#
# Here is the graph of the slope. `y` was a single operation, `x**3`.

# %% [markdown] lang="zh"
# ## 3. 一步一步走
#
# 下面是斜率的计算图。而 `y` 只有一个运算：`x**3`。

# %%
torch.show(slope)

# %% [markdown] lang="en"
# To differentiate $x^3$, autograd computed $3 \cdot x^2$, and then multiplied it by the gradient that came
# in, which is 1: three operations instead of one. The second derivative walks back through all of them.
#
# Step through both passes: the first one through `y`, the second one through the operations of the first.

# %% [markdown] lang="zh"
# 为了对 $x^3$ 求导，autograd 先算出 $3 \cdot x^2$，再乘上传进来的梯度 1：一个运算变成了三个。求二阶导数时，这三个都要走一遍。
#
# 请一步一步走完这两遍反向传播：第一遍经过 `y`，第二遍经过第一遍里的那些运算。

# %%
# %%autograd
x = torch.tensor(2.0, requires_grad=True)
y = x**3
(slope,) = torch.autograd.grad(y, x, create_graph=True)
(bend,) = torch.autograd.grad(slope, x)

# %% [markdown] lang="en" covers=["000/2.5.6/q1-second-derivative"]
# ## 4. Explain: why does it cost more?
#
# One operation is too little to see a pattern. Take a longer function: ten times $x \leftarrow x \sin x$, for a
# thousand numbers at once. `torch.measure()` counts the operations that a backward pass visits, and the
# bytes that stay in memory because a later pass will need them. It measures no seconds, so you will see
# the same numbers as everybody else.
#
# The function is 20 operations: ten sines and ten products. The first derivative goes back through them
# and through one `sum()`, which makes a thousand curves one number. How many operations will the second
# one visit: as many, two times, three times, or a hundred times as many?

# %% [markdown] lang="zh"
# ## 4. 说明道理：为什么更贵？
#
# 只有一个运算，看不出规律。换一个长一点的函数：对一千个数同时做十遍 $x \leftarrow x \sin x$。`torch.measure()` 会数出一遍反向传播经过多少个运算，以及有多少字节因为以后还要用而留在内存里。它不计时间，所以你看到的数和别人的完全一样。
#
# 这个函数有 20 个运算：十个正弦、十个乘积。求一阶导数时要走回这些运算，外加一个 `sum()`：它把一千条曲线变成一个数。求二阶导数时会经过多少个运算：一样多、两倍、三倍，还是一百倍？

# %%
def wave(x, turns):
    for turn in range(turns):
        x = x * torch.sin(x)
    return x


def count_derivatives(turns):
    x = torch.linspace(0.5, 1.5, 1000).requires_grad_()
    with torch.measure() as cost:
        result = wave(x, turns)
    print(f"the function        {cost.forward:5} operations, {cost.kept // 1000:5} kB kept")
    for name in ["first derivative", "second derivative", "third derivative"]:
        with torch.measure() as cost:
            (result,) = torch.autograd.grad(result.sum(), x, create_graph=True)
        print(f"{name:19} {cost.backward:5} operations, {cost.kept // 1000:5} kB kept")


count_derivatives(10)

# %% [markdown] lang="en"
# More than three times as many, and the third derivative again. Two reasons:
#
# - **The derivative is a longer program than the function.** By the product rule one product becomes
#   two products and a sum, and a sine becomes a cosine and a product. The second derivative is the
#   derivative of this longer program.
# - **The first pass must be kept.** An ordinary backward pass frees the graph as it goes. With
#   `create_graph=True` the graph of the function stays, *and* on top of it comes the graph of the
#   gradient, more than twice as large.
#
# Is it worse for a longer function? Ten times as many turns:

# %% [markdown] lang="zh"
# 是三倍多；到了三阶导数，又是三倍多。原因有两个：
#
# - **导数是一段比函数更长的程序。** 按乘积法则，一个乘积变成两个乘积再求和；正弦变成余弦再做一次乘积。二阶导数是对这段更长的程序再求导。
# - **第一遍必须留着。** 普通的反向传播边走边释放计算图。写上 `create_graph=True`，函数的计算图要留下，**还要**再加上梯度的计算图，而后者是前者的两倍多。
#
# 函数再长一些，情况会更糟吗？把圈数增加到十倍：

# %%
count_derivatives(100)

# %% [markdown] lang="en"
# Everything is ten times as large, and the *factor* from one derivative to the next is still about three
# and a half. So a second derivative costs a **fixed number of first derivatives**, however long the
# function is. It is more, but not out of reach. The danger lies elsewhere.
#
# ## 5. Change one thing: many inputs
#
# So far each number had its own curve. Now let the inputs be mixed, as in a network. A function of $n$
# numbers has $n$ slopes, and each slope may change with each of the $n$ inputs: $n \times n$ second
# derivatives. This table is the **Hessian** $H$.

# %% [markdown] lang="zh"
# 所有的数都变成十倍，而从一阶到下一阶的**倍数**仍然是三倍半左右。可见，不管函数有多长，二阶导数的开销都是一阶导数的**固定几倍**。贵一些，但还付得起。真正的危险在别处。
#
# ## 5. 只改一处：输入变多
#
# 到现在为止，每个数各有各的曲线。现在让各个输入互相影响，就像在神经网络里那样。$n$ 个数的函数有 $n$ 个斜率，每个斜率又可能随 $n$ 个输入中的任何一个变化，一共有 $n \times n$ 个二阶导数。这张表叫做**黑塞矩阵** $H$。

# %%
def chain(x):
    return ((x[1:] * torch.sin(x[:-1])) ** 2).sum()


def gradient(x):
    return torch.autograd.grad(chain(x), x)[0]


def hvp(x, v):
    (slopes,) = torch.autograd.grad(chain(x), x, create_graph=True)
    return torch.autograd.grad(slopes @ v, x)[0]


def hessian(x):
    return torch.stack([hvp(x, unit) for unit in torch.eye(len(x))])


x = torch.tensor([0.5, 1.0, 1.5, 2.0], requires_grad=True)
hessian(x)

# %% [markdown] lang="en"
# The trick is in `hvp`, the **Hessian-vector product** $Hv$. It says how the slopes change if `x` moves in
# the direction `v`. No table is made for it: `slopes @ v` is a single number, and the gradient of a single
# number takes one backward pass. To get the table, `hessian` asks for one direction after the other.
#
# Now the price, for $n$ = 4, 8 and 16 inputs:

# %% [markdown] lang="zh"
# 诀窍在 `hvp` 里，即**黑塞向量积** $Hv$：`x` 沿方向 `v` 移动时，各个斜率怎样变化。它根本不需要那张表：`slopes @ v` 只是一个数，而对一个数求梯度，只要一遍反向传播。要得到整张表，`hessian` 就得一个方向一个方向地问过去。
#
# 再看价钱，输入的个数 $n$ 分别取 4、8 和 16：

# %%
def count(task, n):
    torch.manual_seed(0)
    x = torch.rand(n, requires_grad=True)
    with torch.measure() as cost:
        task(x)
    return cost.backward


print("   n  gradient  hvp  hessian")
for n in [4, 8, 16]:
    one_direction = count(lambda x: hvp(x, torch.ones(n)), n)
    print(f"{n:4}  {count(gradient, n):8}  {one_direction:3}  {count(hessian, n):7}")

# %% [markdown] lang="en"
# Before you run the next cell: how many operations will the Hessian visit for $n = 100$?

# %% [markdown] lang="zh"
# 运行下一个单元格之前先猜：$n = 100$ 时，求黑塞矩阵要经过多少个运算？

# %%
guess = ...
predict("visited", guess)

# %%
visited = count(hessian, 100)
predict("visited", guess)
print("the Hessian:  ", visited)
print("one direction:", count(lambda x: hvp(x, torch.ones(100)), 100))

# %% [markdown] lang="en"
# One direction costs the same for 4 inputs and for 100: a few gradients. (Each operation works on more
# numbers then, but so does that of the gradient.) The Hessian is $n$ of these, one for each row. A small
# network has a million weights: its gradient is a million numbers, its Hessian a million times a million.
# Nobody computes it; a direction at a time is what one can afford, and often all one needs.
#
# The lower table of this lab counts for another function. Move $n$: which rows change, and which do not? (Its
# Hessian makes the graph of the gradient once and uses it for every row, so it comes a little cheaper than ours.)

# %% [markdown] lang="zh"
# 输入有 4 个还是 100 个，一个方向的价钱都一样：几个梯度而已。（每个运算要处理的数变多了，但求梯度时也是如此。）黑塞矩阵则需要 $n$ 个这样的方向，每行一个。一个小网络也有一百万个权重：梯度是一百万个数，黑塞矩阵却是一百万乘一百万个数。没有人会把它整个算出来；一次一个方向才付得起，而且往往已经够用。
#
# 这个实验下方的表格数的是另一个函数。移动 $n$：哪几行变了，哪几行没变？（它求黑塞矩阵时，梯度的计算图只建一次，每一行都拿来用，所以比我们的便宜一些。）

# %%
ModesLab()

# %% [markdown] lang="en"
# ## 6. A straight line
#
# A line bends nowhere, so its second derivative is 0. What will autograd answer: 0, `None`, or an error?

# %% [markdown] lang="zh"
# ## 6. 一条直线
#
# 直线处处不弯，所以它的二阶导数是 0。autograd 会怎样回答：0、`None`，还是报错？

# %% tags=["raises-exception"] finding=["derivative-is-constant"]
# %%autograd
x = torch.tensor(2.0, requires_grad=True)
line = 5 * x + 1
(slope,) = torch.autograd.grad(line, x, create_graph=True)
(bend,) = torch.autograd.grad(slope, x)

# %% [markdown] lang="en"
# The slope is 5 wherever `x` is. To compute it the backward pass never looked at `x`, so there is no path
# from `slope` to `x`, and autograd asks rather than guesses: did you mean 0, or did you cut the graph by
# mistake? Where you know that 0 is right, say so:

# %% [markdown] lang="zh"
# 无论 `x` 取什么值，斜率都是 5。反向传播算它的时候根本没有用到 `x`，所以从 `slope` 到 `x` 没有路。autograd 宁可报错，也不替你猜：是真的等于 0，还是你不小心切断了计算图？如果确定就是 0，可以明说：

# %%
bend = torch.autograd.grad(slope, x)[0] if slope.requires_grad else torch.zeros_like(x)
print(bend)
print(torch.autograd.functional.hessian(lambda x: 5 * x + 1, x))

# %% [markdown] lang="en"
# ## Three checks
#
# Fill in your answer for `...` and run the cell.
#
# **1.** The second derivative of $x^4$ at $x = 1$.

# %% [markdown] lang="zh"
# ## 三道检查题
#
# 把答案写在 `...` 的位置，然后运行。
#
# **1.** $x^4$ 在 $x = 1$ 处的二阶导数。

# %%
a = torch.tensor(1.0, requires_grad=True)
(first,) = torch.autograd.grad(a**4, a, create_graph=True)
(second,) = torch.autograd.grad(first, a)
predict("second", ...)

# %% [markdown] lang="en"
# **2.** $f(p, q) = p^2 q$ has the slopes $2pq$ and $p^2$. How do these two change at $p = 1$, $q = 2$ if only $p$
# moves? Give a list of two numbers.

# %% [markdown] lang="zh"
# **2.** $f(p, q) = p^2 q$ 的两个斜率是 $2pq$ 和 $p^2$。在 $p = 1$、$q = 2$ 处只移动 $p$，这两个斜率各自怎样变化？填一个含两个数的列表。

# %%
point = torch.tensor([1.0, 2.0], requires_grad=True)
(slopes,) = torch.autograd.grad(point[0] ** 2 * point[1], point, create_graph=True)
(change,) = torch.autograd.grad(slopes @ torch.tensor([1.0, 0.0]), point)
predict("change", ...)

# %% [markdown] lang="en"
# **3.** Without `create_graph=True`: does the slope require grad, `True` or `False`?

# %% [markdown] lang="zh"
# **3.** 不写 `create_graph=True`：这个斜率需要梯度吗？填 `True` 或 `False`。

# %%
c = torch.tensor(1.0, requires_grad=True)
(plain,) = torch.autograd.grad(c**4, c)
predict("plain.requires_grad", ...)

# %% [markdown] lang="en"
# If the third one surprised you: an ordinary backward pass is done with recording switched off. That saves
# time and memory whenever only the numbers are wanted, which is nearly always.

# %% [markdown] lang="zh"
# 如果第三题出乎意料：普通的反向传播是在关闭记录的情况下进行的。大多数时候我们只要数值，这样既省时间，又省内存。
