"""The views: a trace turned into text, a figure, a table, a stepper.

Imports `trace.model` and the standard library.
It must not know the engine, nor whether a kernel is still running.
"""
