# ruff: noqa: D103, F821
# q1-predict: 2
# q1-implement: 5
from math import prod

q1_prediction = {
    "values": (4, 8, 0.125),
    "slopes": [4.0, 2.0, -0.015625],
    "derivative": -0.125,
    "from_the_end": [-0.125, -0.03125, -0.015625],
}


def forward(x, steps):
    value, derivative, pairs = x, 1.0, []
    for step in steps:
        value, slope = apply(step, value)
        derivative *= slope
        pairs.append([value, derivative])
    return pairs


def backward(x, steps):
    values = [x, *(value for value, _derivative in forward(x, steps))]
    slopes = [apply(step, value)[1] for step, value in zip(steps, values, strict=False)]
    return [prod(slopes[i:]) for i in range(len(steps))]
