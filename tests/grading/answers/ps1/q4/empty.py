# q4-predict: 0 not-answered
# q4-implement: 0 not-answered
q4_prediction = {
    "hinge": None,
    "step": None,
    "glued": None,
    "same": None,
    "loop": None,
    "at_the_switch": None,
}
q4_interval = None
q4_switches = {}


def design(a):
    """Return a tensor computed from a, in a way that depends on a."""


def slope(x):
    """Return the derivative of design at the number x."""
