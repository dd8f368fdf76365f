# q1-predict: 0 not-answered
# q1-implement: 0 not-answered

q1_prediction = {
    "values": None,
    "slopes": None,
    "derivative": None,
    "from_the_end": None,
}


def forward(x, steps):
    """Return the value after each step and its derivative with respect to x."""


def backward(x, steps):
    """Return the derivative of the last value with respect to what goes into each step."""
