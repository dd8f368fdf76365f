# %% [markdown] lang="en"
# # Practice set 1: differentiating code
#
# In each question you predict first, then write code, then explain. Work from top to bottom.
#
# The cells that end in a number check your answers; run them as often as you like. `check("q2")`
# checks the whole of question 2 at once and says what to think about next; its hints grow with your
# attempts. Replace what stands under *your answer here*, and leave the other cells as they are.

# %% [markdown] lang="zh"
# # 练习一：对程序求导
#
# 每道题都是先预测，再写代码，最后解释。请从上到下完成。
#
# 以一个数字结尾的单元格会检查你的答案，可以反复运行。`check("q2")` 一次检查整个第 2 题，并告诉你下一步该想什么；尝试的次数越多，提示越具体。请只改写留给你作答的单元格，其他单元格保持原样。

# %% lang="en"
# %load_ext autograd_lab
import autograd_lab as torch
from autograd_lab.grading.notebook import begin, check

begin("ps1", "en")

# %% lang="zh"
# %load_ext autograd_lab
import autograd_lab as torch
from autograd_lab.grading.notebook import begin, check

begin("ps1", "zh")
