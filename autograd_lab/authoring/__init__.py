"""Authoring: one text source becomes a notebook per language; lessons and exercises share it.

Imports jupytext and nbformat where they are used.
It must not know what the notebooks teach.
"""
