"""The function of ControlFlowLab, alone in a file: a learner sees it as it is."""

# mypy: disable-error-code=no-untyped-def
# ruff: noqa: SIM108


def f(a):
    """Double a until its norm reaches 1000; a hundred times that if its sum is not positive."""
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    if b.sum() > 0:
        c = b
    else:
        c = 100 * b
    return c
