# ruff: noqa: D103, F821
# q1-predict: 1.5 last-step-only
# q1-implement: 3 sum-for-product

q1_prediction = {
    "values": [4.0, 8.0, 0.125],
    "slopes": [4.0, 2.0, -0.015625],
    "derivative": -0.015625,
    "from_the_end": [-0.125, -0.03125, -0.015625],
}


def forward(x, steps):
    value, derivative, pairs = x, 0.0, []
    for step in steps:
        value, slope = apply(step, value)
        derivative += slope
        pairs.append([value, derivative])
    return pairs


def backward(x, steps):
    value, slopes = x, []
    for step in steps:
        value, slope = apply(step, value)
        slopes.append(slope)
    gradient, gradients = 1.0, []
    for slope in reversed(slopes):
        gradient *= slope
        gradients.append(gradient)
    return gradients[::-1]
