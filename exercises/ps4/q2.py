# %% [markdown] lang="en"
# ## 2 The diamond (10 points, about 50 minutes)
#
# As soon as a number is used twice, the chain becomes a graph: ways part and meet again. Now you
# build the engine itself.
#
# ### 2.1 Predict (2 points)
#
# Each program goes on after **start**. Which number does it print?

# %% [markdown] lang="zh"
# ## 2 菱形（10 分，约 50 分钟）
#
# 一个数一旦被用到两次，链条就变成图：路分开，又重新汇合。现在由你来造引擎本身。
#
# ### 2.1 预测（2 分）
#
# 每个程序都接在 **start** 之后运行。它打印哪个数？

# %% [markdown]
# **start**
# ```python
# a = torch.tensor(2.0, requires_grad=True)
# b = torch.tensor(3.0, requires_grad=True)
# ```
# **once**
# ```python
# (a * b).backward()
# print(a.grad)
# ```
# **twice**
# ```python
# (a * b + a).backward()
# print(a.grad)
# ```
# **inside**
# ```python
# c = a * b
# (c * c + c).backward()
# print(a.grad)
# ```
# **doubled**
# ```python
# x = a
# for i in range(10):
#     x = x + x
# x.backward()
# print(a.grad)
# ```

# %% nbgrader={"grade_id": "q2-prediction", "solution": true}
q2_prediction = {
    "once": None,
    "twice": None,
    "inside": None,
    "doubled": None,
}
### BEGIN SOLUTION
q2_prediction = {
    "once": 3.0,
    "twice": 4.0,
    "inside": 39.0,
    "doubled": 1024.0,
}
### END SOLUTION

# %% nbgrader={"grade_id": "q2-predict", "grade": true, "locked": true, "points": 2}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps4/q2-predict", globals())

# %% [markdown] lang="en"
# ### 2.2 Implement (5 points)
#
# Write a class `Value`: a number that remembers where it came from.
#
# - `Value(data)` holds the number in `.data`, and has a `.grad` that starts as 0.
# - `+` and `*` of two values give a new one.
# - `.backward()` on a result adds its derivative with respect to each value behind it to that
#   value's `.grad`.
#
# The locked cell below uses the class: `grads("a*b+a", {"a": 2, "b": 3})` returns `{"a": 4.0, "b":
# 2.0}`. `:=` gives a name to a part that is used again, as in `"(c := a*b) * c"`. Points: each
# value used once (1), a leaf used twice (1), a part used twice (2), and thirty parts in a row,
# each used twice (1), which must not take for ever.

# %% [markdown] lang="zh"
# ### 2.2 实现（5 分）
#
# 写一个类 `Value`：一个记得自己来历的数。
#
# - `Value(data)` 把数存在 `.data` 里，并有从 0 开始的 `.grad`。
# - 两个值的 `+` 和 `*` 得到一个新的值。
# - 对结果调用 `.backward()`，会把它关于背后每个值的导数加到那个值的 `.grad` 上。
#
# 下面锁定的单元格会用到这个类：`grads("a*b+a", {"a": 2, "b": 3})` 返回 `{"a": 4.0, "b": 2.0}`。`:=` 给会再次用到的部分起名字，例如 `"(c := a*b) * c"`。得分：每个值只用一次（1）；一个叶子用两次（1）；一个部分用两次（2）；连续三十个部分，每个都用两次（1），不能没完没了地算下去。

# %% nbgrader={"grade_id": "q2-functions", "solution": true}
class Value:
    """A number that remembers where it came from."""

    def __init__(self, data):
        self.data = data
        self.grad = 0.0

    def __add__(self, other):
        """Return the sum as a new Value."""

    def __mul__(self, other):
        """Return the product as a new Value."""

    def backward(self):
        """Add the derivative of this value to the grad of each value behind it."""


### BEGIN SOLUTION
class Value:
    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents  # pairs of a value and the derivative with respect to it

    def __add__(self, other):
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def backward(self):
        order, seen = [], set()

        def visit(value):
            if id(value) not in seen:
                seen.add(id(value))
                for parent, _slope in value.parents:
                    visit(parent)
                order.append(value)

        visit(self)
        self.grad += 1.0
        for value in reversed(order):
            for parent, slope in value.parents:
                parent.grad += slope * value.grad
### END SOLUTION

# %% nbgrader={"grade_id": "q2-driver", "locked": true}
def grads(expression, values):
    """Return the gradient of an expression with respect to each of its variables."""
    leaves = {name: Value(float(number)) for name, number in values.items()}
    eval(expression, dict(leaves)).backward()
    return {name: leaf.grad for name, leaf in leaves.items()}

# %% nbgrader={"grade_id": "q2-implement", "grade": true, "locked": true, "points": 5}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("ps4/q2-implement", globals())

# %% [markdown] lang="en"
# ### 2.3 Explain (3 points)
#
# 1. In **inside**, `c` is used three times. At which moment may `c` pass its gradient on, and what
#    comes out if it does so earlier?
# 2. **doubled** has ten additions. How many ways lead from `x` to `a`, and why need a backward
#    pass not walk each of them?
# 3. PyTorch visits the nodes in the reverse of the order in which they were made. Why is that
#    always a good order?
#
# *One point each; half for a rule without its reason.*

# %% [markdown] lang="zh"
# ### 2.3 解释（3 分）
#
# 1. 在 **inside** 里，`c` 被用了三次。`c` 在什么时刻才可以把梯度传下去？传得太早会得到什么？
# 2. **doubled** 有十次加法。从 `x` 到 `a` 有多少条路？为什么反向传播不必把每一条都走一遍？
# 3. PyTorch 按节点产生的相反次序访问它们。为什么这总是一个好的次序？
#
# *每点 1 分；只有规则没有理由，得一半。*

# %% [markdown] lang="en" nbgrader={"grade_id": "q2-explain", "grade": true, "solution": true, "points": 3}
# 1. When every use of c has sent its part: c twice from the product and 1 from the sum. Earlier,
#    what comes later is either lost, or what was sent already is sent again.
# 2. 2¹⁰ = 1024 ways. All that arrives at a node is added up first and passed on once: ten nodes,
#    ten visits.
# 3. A node is made after those it was made from. So in reverse order each node comes after all
#    that use it, and has got all its gradient by then.

# %% [markdown] lang="zh"
# 1. 要等 c 的每一处使用都送来自己的那一份：乘积送来两次 c，求和送来 1。传得太早，后到的要么丢失，要么已经送出的会再送一次。
# 2. 2¹⁰ = 1024 条路。到达一个节点的梯度先全部加起来，再一次传下去：十个节点，访问十次。
# 3. 一个节点总是在构成它的节点之后产生。所以按相反的次序，每个节点都排在所有用到它的节点之后，那时它已经得到了全部梯度。
