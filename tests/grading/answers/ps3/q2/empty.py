# q2-predict: 0 not-answered
# q2-implement: 0 name-rebound

q2_prediction = {
    "bare": None,
    "in_place": None,
    "anew": None,
    "after": None,
    "shared": None,
    "left_behind": None,
}


def step(params, lr):
    """Move each leaf by lr times its gradient, downhill, without recording it."""


def momentum_step(params, velocity, lr, mu):
    """Update each velocity, then move its leaf by lr times the velocity, downhill."""
