# ruff: noqa: D103
# q3-predict: 1.5 one-power-too-many
# q3-implement: 2 absolute-tolerance

q3_prediction = {
    "one_sided": 3.31,
    "central": 3.01,
    "gain_one_sided": 10,
    "gain_central": 1000,
}


def slope(f, x):
    h = 1e-5
    return (f(x + h) - f(x - h)) / (2 * h)


def faulty(pairs, xs):
    def central(f, x):
        return (f(x + 1e-5) - f(x - 1e-5)) / 2e-5

    found = []
    for index, (f, df) in enumerate(pairs):
        if any(abs(df(x) - central(f, x)) > 1e-4 for x in xs):
            found.append(index)
    return found
