import ast

import pytest

from autograd_lab.grading.similarity import Pair, similar
from tests.grading.fixtures import QUESTIONS

LONG = '''
def newton(f, x, steps):
    """Find a zero."""
    for step in range(steps):
        value, slope = f(x), gradient(f, x)
        if abs(value) < 1e-9:
            return x
        x = x - value / slope
    return x

def gradient(f, x):
    t = torch.tensor(x, requires_grad=True)
    f(t).backward()
    return t.grad.item()
'''
OTHER = """
def newton(f, x, steps):
    history = [x]
    while len(history) < steps:
        t = torch.tensor(history[-1], requires_grad=True)
        y = f(t)
        y.backward()
        history.append(float(history[-1] - y.item() / t.grad.item()))
    zeros = sorted((abs(f(each)), each) for each in history)
    return zeros[0][1] if zeros else None
"""


def renamed(source: str) -> str:
    """Return the same code in other words: names, numbers, texts and comments are new."""

    class Other(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.Name:
            return ast.Name(f"my_{node.id}", node.ctx)

        def visit_Constant(self, node: ast.Constant) -> ast.Constant:
            return ast.Constant("mine" if isinstance(node.value, str) else 17)

        def visit_arg(self, node: ast.arg) -> ast.arg:
            return ast.arg(f"my_{node.arg}")

    return "# all mine\n" + ast.unparse(Other().visit(ast.parse(source)))


def test_code_in_other_words_is_found() -> None:
    """New names, numbers and comments do not hide a copy; other code for the same is no copy."""
    found = similar({"ann": [LONG], "ben": [renamed(LONG)], "eve": [OTHER]})
    assert found == [Pair("ann", "ben", 1.0)]


def test_what_was_given_counts_for_nobody() -> None:
    """Released cells are in everybody's notebook and say nothing."""
    assert similar({"ann": [LONG], "ben": [LONG]}, given=[LONG]) == []
    assert similar({"ann": [LONG], "ben": [LONG]}, given=[OTHER]) != []


def test_what_most_have_is_the_natural_way() -> None:
    """Where half a class has written the same, nobody is named for it."""
    many = {f"s{number}": [LONG] for number in range(6)}
    assert similar({**many, "eve": [OTHER]}) == []


def test_short_and_broken_code_says_nothing() -> None:
    """Two lines are alike by chance; what is no Python is left out, a magic's line too."""
    assert similar({"ann": ["x = 1"], "ben": ["y = 2"]}) == []
    assert similar({"ann": ["def ("], "ben": ["def (", "\0"], "eve": []}) == []
    assert similar({"ann": ["%matplotlib inline\n" + LONG], "ben": ["!ls\n" + LONG]}) != []
    assert similar({}) == []


def test_a_part_copied_is_less_than_all() -> None:
    """The share says how much is alike, and the least of it can be chosen."""
    pair = {"ann": [LONG], "ben": [LONG, OTHER]}
    assert similar(pair) == []
    (found,) = similar(pair, share=0.2)
    assert 0.2 < found.share < 0.7
    with pytest.raises(ValueError, match="share must be above 0"):
        similar(pair, share=0)


def test_different_right_answers_are_not_alike() -> None:
    """Right answers that were written independently are never named as copies."""
    for question in QUESTIONS:
        rights = {n: [a.text] for n, a in question.answers.items() if n.startswith("right_")}
        assert [pair for pair in similar(rights) if "noisy" not in pair.first + pair.second] == []
