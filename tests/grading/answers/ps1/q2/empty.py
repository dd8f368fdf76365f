# q2-predict: 0 not-answered
# q2-implement: 0 not-answered
q2_prediction = {
    "again": None,
    "retained": None,
    "zeroed": None,
    "fresh": None,
    "nothing_saved": None,
    "two_losses": None,
}


def accumulated(loss, values, n):
    """Return x.grad after n backward passes through one graph of loss(x)."""


def each_gradient(trunk, heads, values):
    """Return the gradient of head(trunk(x)) for each head, the trunk computed once."""
