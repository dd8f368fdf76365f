# ruff: noqa: D103
# q3-predict: 2
# q3-implement: 2 raises

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
    def central(f, x):
        return (f(x + 1e-5) - f(x - 1e-5)) / 2e-5

    found = []
    for index, (f, df) in pairs:
        if any(abs(df(x) - central(f, x)) > 1e-4 * abs(central(f, x)) for x in xs):
            found.append(index)
    return found
