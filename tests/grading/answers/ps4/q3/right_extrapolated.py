# ruff: noqa: D103
# q3-predict: 2
# q3-implement: 5

q3_prediction = {
    "one_sided": 3.31,
    "central": 3.01,
    "gain_one_sided": 10,
    "gain_central": 100.0,
}


def slope(f, x):
    def central(h):
        return (f(x + h) - f(x - h)) / (2 * h)

    return (4 * central(1e-3) - central(2e-3)) / 3


def faulty(pairs, xs):
    def wrong(f, df):
        return max(abs(df(x) / slope(f, x) - 1) for x in xs) > 1e-4

    return tuple(i for i, pair in enumerate(pairs) if wrong(*pair))
