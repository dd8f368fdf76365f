"""The questions that ship, with right, wrong and empty answers to each of them."""

from functools import cache
from pathlib import Path

from autograd_lab import resources
from autograd_lab.cli.gate import Question, course_questions

EXERCISES = resources.folder("exercises")
ANSWERS = Path(__file__).parent / "answers"
QUESTIONS = course_questions(EXERCISES, ANSWERS)
verdicts = cache(Question.verdicts)
"""Judges an answer, of `(question, text, seed)`, once in a process of tests."""
