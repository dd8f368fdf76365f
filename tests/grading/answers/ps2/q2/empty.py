# q2-predict: 0 not-answered
# q2-implement: 0 not-answered

q2_prediction = {
    "b": None,
    "z": None,
    "dz_db": None,
    "shape_db_da": None,
    "shape_da_dw": None,
    "dz_dw": None,
}


def gradient_w(X, w, y):
    """Return the gradient of the squared distance between Xw and y with respect to w."""


def gradient_X(X, w, y):
    """Return the gradient of the squared distance between Xw and y with respect to X."""
