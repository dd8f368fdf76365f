# %% [markdown] lang="en"
# ## 1 The price of a second derivative (10 points, about 40 minutes)
#
# *Why does a second derivative cost more than a first?*

# %% [markdown] lang="zh"
# ## 1 二阶导数的开销（10 分，约 40 分钟）
#
# *为什么计算二阶导数比一阶导数的开销要更大？*

# %% [markdown] lang="en"
# ### 1.1 Predict (3 points)
#
# Each of these programs goes on after **start**. Before you run any of them: what does it print?
# In place of `None`, write the number, or `"error"` if the program stops with an error.

# %% [markdown] lang="zh"
# ### 1.1 预测（3 分）
#
# 下面每个程序都接在 **start** 之后运行。先不要运行：它打印什么？把 `None` 换成这个数；如果程序会报错，就写 `"error"`。

# %% [markdown]
# **start**
# ```python
# x = torch.tensor(3.0, requires_grad=True)
# ```
# **plain**
# ```python
# y = x**3
# (g,) = torch.autograd.grad(y, x)
# (h,) = torch.autograd.grad(g, x)
# print(h)
# ```
# **created**
# ```python
# y = x**3
# (g,) = torch.autograd.grad(y, x, create_graph=True)
# (h,) = torch.autograd.grad(g, x)
# print(h)
# ```
# **linear**
# ```python
# y = 5 * x
# (g,) = torch.autograd.grad(y, x, create_graph=True)
# (h,) = torch.autograd.grad(g, x)
# print(h)
# ```

# %% [markdown] lang="en"
# Three more numbers are asked for:
#
# - **doubling**: `y` multiplies one variable `x` by itself, `n` times in a row. Once the first
#   derivative is there, computing the second visits a number of nodes. By what factor, roughly, does
#   this number grow when `n` is doubled?
# - **product**: a loss of 1000 variables has the gradient $g$ and the Hessian $H$, the matrix of its
#   1000 × 1000 second derivatives. How many backward passes does the product $Hv$ take, for one given
#   vector $v$? Find the smallest number; the pass for $g$ counts, too.
# - **hessian**: and how many does the whole of $H$ take, if the graph of $g$ is made once and kept?

# %% [markdown] lang="zh"
# 另外还要三个数：
#
# - **doubling**：`y` 把一个变量 `x` 连续自乘 `n` 次。一阶导数已经求出之后，求二阶导数要访问若干个节点。当 `n` 加倍时，这个数目大约变为原来的几倍？
# - **product**：一个有 1000 个变量的损失，梯度是 $g$，黑塞矩阵 $H$ 由 1000 × 1000 个二阶导数组成。对一个给定的向量 $v$，求乘积 $Hv$ 需要几次反向传播？写出最小的次数，求 $g$ 的那一次也算在内。
# - **hessian**：如果 $g$ 的计算图只构建一次并保留下来，求出整个 $H$ 需要几次反向传播？

# %% nbgrader={"grade_id": "q1-prediction", "solution": true}
q1_prediction = {
    "plain": None,
    "created": None,
    "linear": None,
    "doubling": None,
    "product": None,
    "hessian": None,
}
### BEGIN SOLUTION
q1_prediction = {
    "plain": "error",
    "created": 18,
    "linear": "error",
    "doubling": 2,
    "product": 2,
    "hessian": 1001,
}
### END SOLUTION

# %% nbgrader={"grade_id": "q1-predict", "grade": true, "locked": true, "points": 3}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps1/q1-predict", globals())

# %% [markdown] lang="en"
# ### 1.2 Implement (4 points)
#
# Seconds depend on the machine, so count. `measure()` counts what a block does:
#
# ```python
# with measure() as block:
#     y = power(x, 5).sum()
# block.backward  # nodes that backward passes visited in the block: none here
# block.kept      # bytes that the graphs made in the block keep now
# ```
#
# Blocks may stand inside one another, and `kept` may be read while a block is still running. The next
# cell holds `power`.
#
# Write three functions:
#
# - `cost(n)`: let `x` be `torch.ones(1000, requires_grad=True)`, a thousand copies of one variable,
#   and `y = power(x, n).sum()`. Compute the first derivatives `g` with `torch.autograd.grad`, then
#   the second derivatives from `g.sum()`. Return a list of four numbers:
#   1. the nodes that the first call of `grad` visits,
#   2. the nodes that the second call visits,
#   3. the bytes kept before the first call, when `y` is there,
#   4. the bytes kept before the second call, when `g` is there, too.
# - `hvp(loss, values, v)`: `loss` takes a tensor and returns one number, `values` is a list of
#   numbers for the leaf `x`, `v` another list as long. Return the product $Hv$ as a list. It has to
#   work for 50,000 variables, where $H$ would fill 10 GB, and for a linear loss.
# - `hessian(loss, values)`: return the whole of $H$, a list of rows. No more than a few passes per row.

# %% [markdown] lang="zh"
# ### 1.2 实现（4 分）
#
# 秒数取决于机器，所以我们来计数。`measure()` 统计一个代码块做了多少事：
#
# ```python
# with measure() as block:
#     y = power(x, 5).sum()
# block.backward  # 代码块中反向传播访问过的节点数：这里没有
# block.kept      # 代码块中构建的计算图此刻保存着多少字节
# ```
#
# 代码块可以嵌套；`kept` 在代码块还没结束时就可以读取。下一个单元格中有 `power`。
#
# 写三个函数：
#
# - `cost(n)`：令 `x` 为 `torch.ones(1000, requires_grad=True)`，即同一个变量的一千份，令 `y = power(x, n).sum()`。用 `torch.autograd.grad` 求一阶导数 `g`，再由 `g.sum()` 求二阶导数。返回由四个数组成的列表：
#   1. 第一次调用 `grad` 访问的节点数；
#   2. 第二次调用访问的节点数；
#   3. 第一次调用之前（已经有了 `y`）保存的字节数；
#   4. 第二次调用之前（也有了 `g`）保存的字节数。
# - `hvp(loss, values, v)`：`loss` 接受一个张量、返回一个数，`values` 是叶子 `x` 的数值列表，`v` 是等长的列表。以列表返回乘积 $Hv$。它必须能用于 50,000 个变量（此时 $H$ 要占 10 GB），也要能用于线性的损失。
# - `hessian(loss, values)`：以行的列表返回整个 $H$。每一行只用少数几次反向传播。

# %% nbgrader={"grade_id": "q1-driver", "locked": true}
from autograd_lab import measure


def power(x, n):
    """Multiply x by itself n times in a row."""
    y = x
    for _ in range(n):
        y = y * x
    return y


# %% nbgrader={"grade_id": "q1-functions", "solution": true}
def cost(n):
    """Return [nodes of the first derivative, nodes of the second, bytes before, bytes after]."""
    ### BEGIN SOLUTION
    x = torch.ones(1000, requires_grad=True)
    with measure() as memory:
        y = power(x, n).sum()
        before = memory.kept
        with measure() as first:
            (g,) = torch.autograd.grad(y, x, create_graph=True)
        after = memory.kept
        with measure() as second:
            torch.autograd.grad(g.sum(), x)
    return [first.backward, second.backward, before, after]
    ### END SOLUTION


def hvp(loss, values, v):
    """Return the Hessian of loss at values, times v."""
    ### BEGIN SOLUTION
    x = torch.tensor(values, requires_grad=True)
    (g,) = torch.autograd.grad(loss(x), x, create_graph=True)
    if not g.requires_grad:
        return [0.0] * len(values)
    (product,) = torch.autograd.grad((g * torch.tensor(v)).sum(), x)
    return product.tolist()
    ### END SOLUTION


def hessian(loss, values):
    """Return the Hessian of loss at values, row by row."""
    ### BEGIN SOLUTION
    x = torch.tensor(values, requires_grad=True)
    (g,) = torch.autograd.grad(loss(x), x, create_graph=True)
    return [torch.autograd.grad(each, x, retain_graph=True)[0].tolist() for each in g]
    ### END SOLUTION


# %% nbgrader={"grade_id": "q1-implement", "grade": true, "locked": true, "points": 4}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps1/q1-implement", globals())

# %% [markdown] lang="en"
# ### 1.3 Explain (3 points)
#
# In your own words, in a few sentences:
#
# 1. Call `cost(10)`, `cost(20)` and `cost(40)`. By what factor is the second derivative of one
#    variable more expensive than the first, in nodes and in bytes, and does it depend on `n`? Say where the
#    additional nodes come from.
# 2. Why are two passes enough for $Hv$, while $H$ itself takes one pass per variable? Say which
#    number the second pass starts from.
# 3. The second derivative of `5 * x` is 0, and yet **linear** stops with an error. Why? How does
#    `hvp` have to deal with that?
#
# *One point each; half for a right answer without its reason.*

# %% [markdown] lang="zh"
# ### 1.3 解释（3 分）
#
# 用自己的话写几句：
#
# 1. 调用 `cost(10)`、`cost(20)` 和 `cost(40)`。对一个变量来说，二阶导数的节点数和字节数是一阶导数的几倍？这个倍数与 `n` 有关吗？说明多出来的节点是从哪里来的。
# 2. 为什么求 $Hv$ 两次反向传播就够了，而求 $H$ 本身每个变量都要一次？说明第二次反向传播是从哪个数开始的。
# 3. `5 * x` 的二阶导数是 0，可是 **linear** 却报错。为什么？`hvp` 应该怎样处理这种情况？
#
# *每点 1 分；答案正确但没有理由，得一半。*

# %% [markdown] lang="en" nbgrader={"grade_id": "q1-explain", "grade": true, "solution": true, "points": 3}
# 1. About four times as many nodes and twice the bytes, for every `n`: a constant factor. With
#    `create_graph=True` the first backward pass is recorded, too. For each multiplication it adds two
#    products and a sum to the graph, which the second pass visits along with the original.
# 2. $g\cdot v$ is one number, and its gradient is $Hv$: one pass for $g$, one from $g\cdot v$. A pass
#    gives the gradient of one number. The rows of $H$ are the gradients of $n$ numbers, the entries of
#    $g$.
# 3. The derivative of `5 * x` is the constant 5. Nothing in its graph leads back to `x`, so there is
#    nothing to differentiate, and autograd says so. `hvp` asks `g.requires_grad`, and returns zeros.

# %% [markdown] lang="zh"
# 1. 节点数约为四倍，字节数约为两倍，对任何 `n` 都如此：是一个常数倍。设置 `create_graph=True` 后，第一次反向传播本身也被记录下来。每个乘法都为计算图添加两个乘积和一个加法，第二次反向传播要访问它们，还要访问原来的节点。
# 2. $g\cdot v$ 是一个数，它的梯度就是 $Hv$：求 $g$ 一次，从 $g\cdot v$ 出发一次。一次反向传播给出一个数的梯度；$H$ 的 $n$ 行是 $n$ 个数（即 $g$ 的各个分量）的梯度。
# 3. `5 * x` 的导数是常数 5。它的计算图中没有通向 `x` 的路径，没有东西可以求导，自动微分就报错。`hvp` 要先看 `g.requires_grad`，为假时返回零。
