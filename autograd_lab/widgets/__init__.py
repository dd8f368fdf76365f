"""The labs and `predict`: the parts where Python must answer while a person plays.

Imports the engine's façades, the trace, the views, and ipywidgets where it is used.
It must not know nbgrader or points.
"""
