# q4-predict: 0 no-dict
# q4-implement: 0 not-answered
q4_prediction = ["kink", "jump"]
q4_interval = [0, 2]
q4_switches = {1: "kink"}


def design(a):
    """Forget to return what was computed."""
    a = 2 * a if a > 1 else 3 * a - 1
