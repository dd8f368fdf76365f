# ruff: noqa: D103
# q3-predict: 2
# q3-implement: 5
import sys

q3_prediction = {
    "one_sided": 3.31,
    "central": 3.01,
    "gain_one_sided": 10,
    "gain_central": 100,
}


def slope(f, x):
    print("a step along the imaginary axis", file=sys.stderr)
    return f(x + 1e-20j).imag / 1e-20


def faulty(pairs, xs):
    def central(f, x):
        return (f(x + 1e-5) - f(x - 1e-5)) / 2e-5

    found = []
    for index, (f, df) in enumerate(pairs):
        if any(abs(df(x) - central(f, x)) > 1e-4 * abs(central(f, x)) for x in xs):
            found.append(index)
    return found
