# q5-predict: 0 not-answered
# q5-implement: 0 not-answered

q5_prediction = {
    "bare": None,
    "value": None,
    "gradient": None,
    "masked": None,
    "picked": None,
    "twice": None,
}


def roots(values, scale):
    """Return the roots of scale times the values, 0 where there is none, and their sum's slope."""


def sinc(values):
    """Return sin(v)/v, 1 where v is 0, and the gradient of the sum."""
