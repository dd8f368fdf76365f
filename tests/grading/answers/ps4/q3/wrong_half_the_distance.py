# ruff: noqa: D103
# q3-predict: 1.5 half-the-distance
# q3-implement: 3 half-the-distance

q3_prediction = {
    "one_sided": 3.31,
    "central": 6.02,
    "gain_one_sided": 10,
    "gain_central": 100,
}


def slope(f, x):
    h = 1e-5
    return (f(x + h) - f(x - h)) / h


def faulty(pairs, xs):
    def central(f, x):
        return (f(x + 1e-5) - f(x - 1e-5)) / 2e-5

    found = []
    for index, (f, df) in enumerate(pairs):
        if any(abs(df(x) - central(f, x)) > 1e-4 * abs(central(f, x)) for x in xs):
            found.append(index)
    return found
