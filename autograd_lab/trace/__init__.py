"""The trace: what a piece of code did to the graph and the gradients, as plain frozen data.

Imports the standard library; `sources/engine.py` the engine's public attributes and observer hook.
It must not know how a trace is drawn.
"""
