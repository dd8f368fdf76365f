# ruff: noqa: D103
# q3-predict: 2
# q3-implement: 2 flags-for-indices

q3_prediction = {
    "one_sided": 3.31,
    "central": 3.01,
    "gain_one_sided": 10,
    "gain_central": 100,
}


def slope(f, x):
    h = 1e-5
    return (f(x + h) - f(x - h)) / (2 * h)


def faulty(pairs, xs):
    return [any(abs(df(x) - slope(f, x)) > 1e-4 * abs(slope(f, x)) for x in xs) for f, df in pairs]
