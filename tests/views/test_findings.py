"""Findings in a display: the best one open, the others behind a count."""

from collections.abc import Callable

from autograd_lab.views.findings import as_html, as_text

Make = Callable[..., object]


def test_the_best_is_open_and_the_others_are_counted(found: Make) -> None:
    """One is read at a glance, the rest on a click."""
    shown = as_html([found(), found(level="note", what="other"), found(what="third")])
    first, rest = shown.split("<details>")
    assert "Problem" in first and "<code>loss.backward()</code>" in first
    assert "w.grad holds the sum of two passes. backward() adds to .grad." in first
    assert "<b>Fix:</b> <code>w.grad = None</code>" in first
    assert "<summary>2 more findings</summary>" in rest
    assert "Note" in rest and "third" in rest


def test_one_finding_needs_no_count(found: Make) -> None:
    """Nothing to open where there is nothing more."""
    assert "details" not in as_html([found()])


def test_no_finding_is_nothing() -> None:
    """A cell that is right hears nothing."""
    assert as_html([]) == "" and as_text([]) == []


def test_a_fix_of_several_lines_can_be_copied(found: Make) -> None:
    """With its indent of ordinary spaces."""
    fix = "with torch.no_grad():\n    w -= 1"
    assert f"<pre>{fix}</pre>" in as_html([found(fix=fix)])
    assert "        w -= 1" in as_text([found(fix=fix)])


def test_a_fix_in_words_is_told_whole(found: Make) -> None:
    """A sentence is set as one, and nothing of it is cut off, however long it is."""
    fix = "Give a weight for each element: " + ", ".join(["one more word"] * 20) + "."
    assert f"<b>Fix:</b> {fix}</div>" in as_html([found(fix=fix)])
    assert f"    {fix}" in as_text([found(fix=fix)])


def test_what_stands_in_backticks_is_code(found: Make) -> None:
    """In a sentence of the page; a terminal shows the backticks."""
    what = "line 3, `x.exp() < 1`, cuts"
    assert "line 3, <code>x.exp() &lt; 1</code>, cuts" in as_html([found(what=what)])
    assert f"  {what}" in as_text([found(what=what)])


def test_what_is_not_known_is_left_out(found: Make) -> None:
    """A finding without a line or a fix is still a finding."""
    shown = as_html([found(line="", fix="")])
    assert "<code>" not in shown and "Fix" not in shown
    assert as_text([found(line="", fix="")])[0] == "Problem:"


def test_hostile_text_stays_text(found: Make) -> None:
    """Whatever the rules take from the source."""
    attack = "</script><img src=x onerror=alert(1)>\x1b[31m\n</pre><b>"
    shown = as_html([found(line=attack, what=attack, why=attack, fix=attack)])
    assert "<img" not in shown and "\x1b" not in shown and shown.count("</pre>") == 1
    assert "\x1b" not in "".join(as_text([found(line=attack, what=attack, fix=attack)]))


def test_the_rule_can_be_read_by_a_program(found: Make) -> None:
    """Whoever tests a notebook asks which findings it shows."""
    assert 'data-rule="accumulated-grad"' in as_html([found(rule="accumulated-grad")])
