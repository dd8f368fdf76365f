"""Grading: a check is a plain function over a `Student`; points come from hidden inputs.

Imports the engine's façades, the trace and the views; nbgrader only where it is used.
It must not know the magics or the command line.
"""
