# q4-predict: 0 not-answered
# q4-implement: 0 not-answered

q4_prediction = {
    "J": None,
    "alone": None,
    "ones": None,
    "picked": None,
    "weighted": None,
    "like_x": None,
}


def vjp(f, values, v):
    """Return v times the Jacobian of f at values."""


def in_two_parts(f, values, target):
    """Return the gradients of the squared distance of f(x) from target: by f(x), and by x."""
