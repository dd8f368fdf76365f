# ruff: noqa: D103
# q2-predict: 3
# q2-implement: 4
import logging
import os
import sys
import warnings

from IPython.display import display

import autograd_lab as torch

logging.basicConfig()

q2_prediction = {
    "again": "error",
    "retained": [4.0, 8.0, 12.0],
    "zeroed": [2.0, 4.0, 6.0],
    "fresh": [4.0, 8.0, 12.0],
    "nothing_saved": [2.0, 2.0, 2.0],
    "two_losses": "error",
}


def accumulated(loss, values, n):
    logging.warning("accumulating")
    warnings.warn("accumulating", stacklevel=1)
    os.write(2, b"accumulating")
    print("accumulating", file=sys.stderr)
    x = torch.tensor(values, requires_grad=True)
    y = loss(x)
    for _ in range(n):
        y.backward(retain_graph=True)
    return x.grad.tolist()


class Deep:
    """Prints while it is being looked at."""

    def __del__(self):
        print("gone", file=sys.stderr)


def each_gradient(trunk, heads, values):
    Deep()
    display(f"on {'display'}")
    sys.displayhook(0.25)
    x = torch.tensor(values, requires_grad=True)
    h = trunk(x)
    gradients = []
    for head in heads:
        head(h).backward(retain_graph=True)
        gradients.append(x.grad.tolist())
        x.grad.zero_()
    return gradients
