# %% [markdown] lang="en"
# # A tour
#
# `autograd_lab` computes gradients the way PyTorch does, and shows you how it got them. In five
# minutes you will be able to
#
# - have a gradient computed,
# - see the graph behind it, and walk back through it one step at a time.
#
# Run each cell with <kbd>Shift</kbd>+<kbd>Enter</kbd>, from the top. Nothing here needs the
# internet.

# %% [markdown] lang="zh"
# # 导览
#
# `autograd_lab` 像 PyTorch 一样计算梯度，还把梯度是怎么算出来的摆给你看。五分钟之后，你将会
#
# - 让程序算出一个梯度；
# - 看到梯度背后的计算图，并沿着它一步一步往回走。
#
# 从上到下，用 <kbd>Shift</kbd>+<kbd>Enter</kbd> 逐个运行单元格。全程不需要联网。

# %%
# %load_ext autograd_lab
import autograd_lab as torch

# %% [markdown] lang="en" covers=["000/2.5.5/recipe", "000/2.5.5/automatic"]
# The second line is the only difference from a PyTorch program: every `torch.…` below means the same
# in both, and prints the same.
#
# ## A gradient
#
# Take $y = x^2 + 2x$ at $x = 3$. `requires_grad=True` says that we will want the gradient with respect to
# `x`; `backward()` computes it; `x.grad` holds it.

# %% [markdown] lang="zh"
# 与 PyTorch 程序相比，只有第二行不同：下面每一个 `torch.…` 在两边含义相同，输出也相同。
#
# ## 一个梯度
#
# 取 $y = x^2 + 2x$，在 $x = 3$ 处求导。`requires_grad=True` 表示我们之后要用到关于 `x` 的梯度；`backward()` 把它算出来；结果放在 `x.grad` 里。

# %%
x = torch.tensor(3.0, requires_grad=True)
y = x * x + 2 * x
y.backward()
x.grad

# %% [markdown] lang="en"
# By hand: $y' = 2x + 2$, which is 8 at $x = 3$.
#
# ## The same, seen from inside
#
# Put `%%autograd` on the first line of a cell. The cell runs exactly as before; below it appears what it
# did.

# %% [markdown] lang="zh"
# 用笔算一遍：$y' = 2x + 2$，在 $x = 3$ 处等于 8。
#
# ## 同一件事，从里面看
#
# 在单元格的第一行写上 `%%autograd`。单元格照常运行，下方会多出一幅图，画的就是它刚才做了什么。

# %%
# %%autograd
x = torch.tensor(3.0, requires_grad=True)
y = x * x + 2 * x
y.backward()

# %% [markdown] lang="en"
# Click the figure, then press <kbd>→</kbd> and <kbd>←</kbd> (or use the buttons) to step through the
# backward pass. It starts at `y` with the number 1 and ends at `x`. At every node you see what comes in,
# the local rule, and what goes out.
#
# `x` is used three times, once in `2 * x` and twice in `x * x`. Each use sends back its own share, 2, 3
# and 3, and the shares are added: 8.
#
# **Try it:** change `3.0` to another number, say what `x.grad` will be, and run the cell again.

# %% [markdown] lang="zh"
# 点一下图，再按 <kbd>→</kbd> 和 <kbd>←</kbd>（也可以用按钮），一步一步地走完反向传播。它从 `y` 出发，带着数字 1，最后到达 `x`。每到一个节点，都能看到传进来的是什么、局部的求导规则是什么、传出去的又是什么。
#
# `x` 一共用了三次：`2 * x` 里一次，`x * x` 里两次。每用一次，就传回一份梯度，分别是 2、3 和 3；三份加起来就是 8。
#
# **动手试试：** 把 `3.0` 换成别的数，先说出 `x.grad` 会是多少，再重新运行。

# %% [markdown] lang="en"
# ## Where to go next
#
# Fifteen minutes each. They build on one another, but nothing keeps you from jumping.
#
# | lesson | afterwards you can |
# |---|---|
# | [1. The first gradient](01_first_gradient.ipynb) | follow a gradient backwards, and derive it by hand |
# | [2. Many results at once](02_vector_jacobian.ipynb) | say what `backward(v)` computes when there is more than one result |
# | [3. Gradients accumulate](03_accumulation.ipynb) | say what `.grad` holds after several passes, and clear it in time |
# | [4. Cutting the graph](04_detach_and_no_grad.ipynb) | keep a gradient away from a tensor, and say which way fits |
# | [5. Control flow](05_control_flow.ipynb) | differentiate loops and branches, and say what their gradient means |
# | [6. One layer, trained](06_one_layer.ipynb) | train a network by hand, and with an optimizer |
# | [7. Three ways to a derivative](07_three_ways.ipynb) | say how automatic differs from symbolic and numeric |
# | [8. Second derivatives](08_second_derivatives.ipynb) | compute them, and say why they cost more |
# | [9a. Mistakes: shapes and leaves](09a_shapes_and_leaves.ipynb) | say which tensor keeps a gradient |
# | [9b. Mistakes: cut and freed graphs](09b_cut_and_freed_graphs.ipynb) | find the line that cut a graph |
# | [9c. Mistakes: in place, and numbers](09c_in_place_and_numbers.ipynb) | explain a gradient that is zero or NaN |
# | [10. On to PyTorch](10_on_to_pytorch.ipynb) | take all of this to PyTorch |
#
# `%%autograd?` in a cell of its own tells what the magic can do.

# %% [markdown] lang="zh"
# ## 接下来
#
# 每课十五分钟。各课循序渐进，但也可以随意跳着学。
#
# | 课程 | 学完之后，你能够 |
# |---|---|
# | [1. 第一个梯度](01_first_gradient.ipynb) | 跟着梯度往回走，并亲手推导出来 |
# | [2. 一次得到许多结果](02_vector_jacobian.ipynb) | 说清结果不止一个时 `backward(v)` 算的是什么 |
# | [3. 梯度累积](03_accumulation.ipynb) | 说出反向传播几次之后 `.grad` 里是什么，并及时清零 |
# | [4. 切断计算图](04_detach_and_no_grad.ipynb) | 不让梯度流到某个张量，并说清该用哪种办法 |
# | [5. 控制流](05_control_flow.ipynb) | 对循环和分支求导，并说清得到的梯度是什么意思 |
# | [6. 训练一层网络](06_one_layer.ipynb) | 亲手训练一个网络，再用优化器训练一遍 |
# | [7. 求导的三种办法](07_three_ways.ipynb) | 说清自动微分与符号微分、数值微分有何不同 |
# | [8. 二阶导数](08_second_derivatives.ipynb) | 算出二阶导数，并说明它为什么更贵 |
# | [9a. 常见错误：形状与叶子张量](09a_shapes_and_leaves.ipynb) | 说清哪个张量会保留梯度 |
# | [9b. 常见错误：被切断、被释放的计算图](09b_cut_and_freed_graphs.ipynb) | 找出切断计算图的那一行 |
# | [9c. 常见错误：原地操作与数值](09c_in_place_and_numbers.ipynb) | 解释梯度为什么是零或 NaN |
# | [10. 走向 PyTorch](10_on_to_pytorch.ipynb) | 把这一切带到 PyTorch 里 |
#
# 在单独的单元格里运行 `%%autograd?`，可以查看这个魔法命令的用法。
