# q1-predict: 0 not-answered
# q1-implement: 0 not-answered

q1_prediction = {
    "whole": None,
    "u_cut": None,
    "x_cut": None,
    "half_cut": None,
    "numbers": None,
    "z_cut": None,
}


def z_of(x, k):
    """Return x³ as a tensor whose sum has the gradient k x²."""


def chase(w, s, s_next, reward, discount):
    """Return the gradient of the loss with respect to w; the target is a given number."""
