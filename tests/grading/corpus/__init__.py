"""Submissions written to be difficult, each with the verdict it must get."""
