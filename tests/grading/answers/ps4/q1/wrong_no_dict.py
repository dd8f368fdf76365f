# ruff: noqa: D103, F821
# q1-predict: 0 no-dict
# q1-implement: 2 turned-round

q1_prediction = -0.125


def forward(x, steps):
    value, derivative, pairs = x, 1.0, []
    for step in steps:
        value, slope = apply(step, value)
        derivative *= slope
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
    return gradients
