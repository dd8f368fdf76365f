# %% [markdown] lang="en"
# # Practice set 4: build it
#
# Five questions in which you build what the others only use: an engine, a check for it, an operation
# of your own, and the other way of differentiating. Each one goes the same way: predict, then write
# code, then explain. About 3½ hours and 50 points in all; you need not do it in one sitting.
#
# The cells that end in a number check your answers; run them as often as you like. `check("q3")`
# checks the whole of question 3 at once and says what to think about next; its hints grow with your
# attempts. Write into the cells that hold `YOUR CODE HERE` or `YOUR ANSWER HERE`, and leave the
# others as they are.

# %% [markdown] lang="zh"
# # 练习四：自己动手造
#
# 五道题，自己动手造出别的练习只是拿来用的东西：一个引擎，对它的检查，自己的运算，以及另一种求导方式。每道题都按同样的步骤：先预测，再写代码，最后解释。全部约 3.5 小时，共 50 分，不必一次做完。
#
# 以一个数字结尾的单元格会检查你的答案，可以反复运行。`check("q3")` 一次检查整个第 3 题，并告诉你下一步该想什么；尝试的次数越多，提示越具体。请只改写带有 `YOUR CODE HERE` 或 `YOUR ANSWER HERE` 的单元格，其他单元格保持原样。

# %% lang="en"
# %load_ext autograd_lab
import autograd_lab as torch
from autograd_lab.grading.notebook import begin, check

begin("ps4", "en")

# %% lang="zh"
# %load_ext autograd_lab
import autograd_lab as torch
from autograd_lab.grading.notebook import begin, check

begin("ps4", "zh")
