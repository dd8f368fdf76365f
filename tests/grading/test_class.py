"""A class of thirty through stock nbgrader: right, wrong, late, empty and odd."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograd_lab.grading.report import VERDICT, number
from tests.browser.conftest import LOOPBACK, START_TIMEOUT, chromium_browser, jupyter_lab
from tests.grading.classroom import (
    ASSIGNMENT,
    BATCHES,
    CLASS,
    ELSEWHERE,
    FULL,
    HOSTILE,
    IN_TEN_LINES,
    ODD,
    expected,
    is_driver,
    student_with,
    total,
)
from tests.grading.everything import NAME as EVERYTHING
from tests.grading.everything import STUDENT as EVERYBODY
from tests.grading.everything import points_of_all
from tests.grading.fixtures import QUESTIONS
from tests.grading.stock import Course, stated


@pytest.fixture(scope="module")
def course(courses: dict[str, Course]) -> Course:
    """Return the course with the class."""
    return courses["en"]


@pytest.fixture
def gradebook(course: Course) -> Iterator[Any]:
    """Open the class's gradebook."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as opened:
        yield opened


def scores(course: Course, assignment: str) -> dict[str, dict[str, float]]:
    """Return the points of the graded cells that checks judge, by student."""
    checked = {part for q in QUESTIONS if q.folder.name == assignment for part in q.checks}
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        # A deleted test is nothing in the gradebook, neither points nor zero.
        return {
            entry.student.id: {
                grade.name: grade.auto_score or 0
                for notebook in entry.notebooks
                for grade in notebook.grades
                if grade.name in checked
            }
            for entry in gradebook.assignment_submissions(assignment)
        }


def page(course: Course, student: str) -> str:
    """Return the feedback that a student gets."""
    path = course.root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html"
    return path.read_text(encoding="utf-8")


def test_there_are_thirty() -> None:
    """The class is as large as one that is taught."""
    assert len(CLASS) >= 30


def test_every_student_gets_the_points_of_the_answers(course: Course) -> None:
    """Each part is worth in the gradebook what the answers state; odd notebooks lose what they lost."""
    assert scores(course, ASSIGNMENT) == {student: expected(student) for student in CLASS}


def test_the_ten_lines_lead_to_grades(courses: dict[str, Course]) -> None:
    """What the README says ends with a table of grades, feedback and an overview, in Chinese too."""
    root = courses["zh"].root
    assert IN_TEN_LINES.count("\n") == 9
    with (root / "grades.csv").open(encoding="utf-8", newline="") as file:
        (row,) = [row for row in csv.DictReader(file) if row["assignment"] == ASSIGNMENT]
    assert (row["student_id"], float(row["score"])) == ("ann", 0)
    feedback = (root / "feedback" / "ann" / "ps1" / "ps1.html").read_text(encoding="utf-8")
    overview = (root / "reports" / "ps1.html").read_text(encoding="utf-8")
    assert "还不对" in feedback
    assert "not yet" not in feedback
    assert "not-answered" in overview
    assert '<html lang="zh">' in overview


def test_a_chinese_course_gives_the_same_points(courses: dict[str, Course]) -> None:
    """Answers to the other assignments are worth what they state, locked cells changed or not."""
    assert any(is_driver(each) for name in ELSEWHERE for each in courses["zh"].released(name).cells)
    for assignment, handed_in in ELSEWHERE.items():
        wanted = {
            student: {part: points for part, (points, _code) in stated(answers).items()}
            for student, answers in handed_in.items()
        }
        assert scores(courses["zh"], assignment) == wanted
    assert "There was an error" not in courses["zh"].said


def test_every_answer_gets_its_points(courses: dict[str, Course]) -> None:
    """Stock nbgrader gives to every answer of every question the points that the answer states."""
    with Gradebook(f"sqlite:///{courses['zh'].root / 'gradebook.db'}") as gradebook:
        found = gradebook.find_submission_notebook(EVERYTHING, EVERYTHING, EVERYBODY)
        points = {grade.name: grade.auto_score for grade in found.grades}
    assert points == {part: stated for part, (stated, _most) in points_of_all().items()}


def test_every_answer_is_validated_as_it_is_graded(
    courses: dict[str, Course], monkeypatch: pytest.MonkeyPatch
) -> None:
    """nbgrader's Validate button names the parts of answers that are not worth all, and no other."""
    handed_in = courses["zh"].root / "submitted" / EVERYBODY / EVERYTHING
    failed = failed_in(handed_in / f"{EVERYTHING}.ipynb", monkeypatch)
    named = {line.removeprefix("# ") for line in failed if line.startswith("# ")}
    assert named == {part for part, (stated, most) in points_of_all().items() if stated < most}


def failed_in(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the lines of the cells that nbgrader's validation of a notebook names."""
    from nbgrader.validator import Validator

    for name in ("AUTOGRAD_LAB_LANG", "AUTOGRAD_LAB_PRIVATE"):
        monkeypatch.delenv(name, raising=False)
    found = Validator().validate(str(notebook))
    assert set(found) <= {"failed"}
    return {line for each in found.get("failed", []) for line in each["source"].splitlines()}


def test_explanations_wait_for_a_person(course: Course, gradebook: Any) -> None:
    """What was explained waits, also where no notebook was found; an empty explanation does not."""
    for student in CLASS:
        entry = gradebook.find_submission(ASSIGNMENT, student)
        assert entry.needs_manual_grade == (student != "s00"), student
        assert entry.score == sum(expected(student).values()), student


def test_one_student_does_not_stop_the_run(course: Course, gradebook: Any) -> None:
    """Only who handed in no notebook of the assignment is named as an error."""
    assert course.said.count("There was an error processing assignment 'ps1' for") == 1
    assert "for student 'renamed'" in course.said
    assert gradebook.find_submission(ASSIGNMENT, "late").total_seconds_late == 1


def test_the_export_holds_the_totals(course: Course) -> None:
    """The exported table has the students' totals."""
    with (course.root / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["assignment"] == ASSIGNMENT]
    totals = {row["student_id"]: float(row["score"]) for row in rows}
    assert totals == {student: total(student) for student in CLASS}


def test_a_release_gives_nothing_away(courses: dict[str, Course]) -> None:
    """Of solutions, hidden lines and the course's secret nothing is released, and no other file."""
    for made in courses.values():
        secret = (made.root / "private" / "secret").read_text(encoding="ascii").strip()
        released = [path for path in (made.root / "release").rglob("*") if path.is_file()]
        assert {path.name for path in released} == {
            f"{path.parent.name}.ipynb" for path in released
        }
        for path in released:
            text = path.read_text(encoding="utf-8")
            for word in (secret, "SOLUTION", "HIDDEN", "private_score", "saved them", "释放了"):
                assert word not in text, path


def test_feedback_explains_and_gives_nothing_away(courses: dict[str, Course]) -> None:
    """A student reads what is not right yet and the hints, never the checks or the secret."""
    secret = (courses["en"].root / "private" / "secret").read_text(encoding="ascii").strip()
    for student in CLASS:
        if student == "renamed":
            continue
        text = page(courses["en"], student)
        for word in (secret, "inputs.uniform", "def implement", "on display"):
            assert word not in text
        codes = {code for part, (_n, code) in stated(BATCHES.get(student, {})).items() if code}
        lost = ODD[student][1] if student in ODD and student != "test deleted" else ()
        assert ("not yet" in text) == bool(codes or lost), student
    assert "backward adds to x.grad." in page(courses["en"], student_with("expects-overwrite"))


def test_grading_again_changes_nothing(course: Course, gradebook: Any) -> None:
    """Autograded twice, and by force, all stays: points, and what a person gave and wrote."""
    student = student_with("expects-overwrite")
    before = scores(course, ASSIGNMENT)
    (notebook,) = gradebook.find_submission(ASSIGNMENT, student).notebooks
    (grade,) = [each for each in notebook.grades if each.name == "q2-explain"]
    grade.manual_score, grade.needs_manual_grade = 2.5, False
    gradebook.db.commit()
    autograded = course.root / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    first = verdicts_in(autograded)
    course.nbgrader("autograde", ASSIGNMENT, "--student", student)
    course.nbgrader("autograde", ASSIGNMENT, "--student", student, "--force")
    assert verdicts_in(autograded) == first != []
    assert scores(course, ASSIGNMENT) == before
    gradebook.db.expire_all()
    assert (grade.manual_score, grade.score) == (2.5, 2.5)


def verdicts_in(path: Path) -> list[Any]:
    """Return the verdicts that an autograded notebook keeps as data."""
    cells = nbformat.read(path, 4).cells
    outputs = [output for each in cells for output in each.get("outputs", [])]
    return [output.data[VERDICT] for output in outputs if VERDICT in output.get("data", {})]


def test_validation_agrees_with_the_grades(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """nbgrader's Validate button passes right notebooks and names exactly what is not right."""
    wrong = student_with("expects-overwrite")
    for student in ("s00", "late", wrong):
        handed_in = course.root / "submitted" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        failed = failed_in(handed_in, monkeypatch)
        points = expected(student)
        named = {part for part in FULL if f'score("{ASSIGNMENT}/{part}", globals())' in failed}
        assert named == {part for part in FULL if points[part] < FULL[part]}, student
        assert bool(failed) == (student != "late")


def test_the_overview_counts_misconceptions(course: Course) -> None:
    """The report holds who met which misconception, what came late, and nothing that was forged."""
    with (course.root / "reports" / "ps1.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["student"].lstrip("'"): row for row in csv.DictReader(file)}
    assert set(rows) == set(CLASS)
    for student, answers in BATCHES.items():
        for part, (points, code) in stated(answers).items():
            assert float(rows[student][part]) == points
            assert code == "" or code in rows[student][f"{part}_codes"].split()
    assert rows["late"]["late"] == "1"
    assert rows["late"]["submitted_utc"] == "2026-03-01 12:00:01"
    assert rows[HOSTILE]["q2-predict_codes"] == ""
    written = [path.name for path in (course.root / "reports").iterdir()]
    assert sorted(written) == ["ps1.csv", "ps1.html"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A chromium for the pages of the class."""
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with chromium_browser() as running:
        yield running


@pytest.fixture
def sheet(browser: Any) -> Iterator[Any]:
    """A fresh page of the browser; no script of a student's may run, no error be raised."""
    context = browser.new_context(viewport={"width": 1000, "height": 800})
    opened = context.new_page()
    opened.set_default_timeout(START_TIMEOUT)
    errors: list[str] = []
    opened.on("dialog", lambda dialog: (errors.append(dialog.message), dialog.dismiss()))
    opened.on("pageerror", lambda error: errors.append(str(error)))
    context.route(
        "**/*",
        lambda route: (
            route.continue_() if route.request.url.startswith(LOOPBACK) else route.abort()
        ),
    )
    yield opened
    context.close()
    # nbgrader's pages fetch this from afar.
    assert set(errors) <= {"MathJax is not defined"}


@pytest.mark.needs_browser
def test_feedback_opens(course: Course, sheet: Any) -> None:
    """A student sees points, what is not right yet and the hints; without network, too."""
    student = student_with("expects-overwrite")
    path = course.root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html"
    sheet.goto(path.as_uri(), wait_until="domcontentloaded")
    shown = sheet.inner_text("body")
    assert "q2-implement: 2 of 4 points" in shown
    assert "✗ accumulated(): not yet" in shown
    assert "Hint: backward adds to x.grad." in shown


@pytest.mark.needs_browser
def test_the_overview_opens(course: Course, sheet: Any) -> None:
    """The overview shows its plots, every student as text, and links to what was handed in."""
    sheet.goto((course.root / "reports" / "ps1.html").as_uri())
    shown = sheet.inner_text("body")
    assert all(student in shown for student in CLASS)
    plots = sheet.locator("img").evaluate_all("all => all.map((one) => one.naturalWidth)")
    assert len(plots) >= 3
    assert all(plots)
    links = sheet.locator("a").evaluate_all("all => all.map((one) => one.href)")
    assert len(links) == 3 * len(CLASS) - 2  # nothing came of the notebook of another name
    for link in links:
        assert Path(unquote(urlsplit(link).path)).is_file()


@pytest.mark.needs_browser
def test_formgrader_shows_the_class(
    course: Course, gradebook: Any, sheet: Any, tmp_path: Path
) -> None:
    """nbgrader's own pages list the class with its points, and open a submission to grade."""
    with jupyter_lab(tmp_path / "home", course.root) as address:
        base, token = address.split("?")
        sheet.goto(f"{base}/formgrader?{token}")  # logs in; the pages below it do not
        sheet.goto(f"{base}/formgrader/manage_submissions/{ASSIGNMENT}")
        sheet.locator("input[type=search]").fill("王")
        row = sheet.locator("tr", has_text="王 小明")
        row.wait_for()
        assert f"{number(sum(expected('王 小明').values()))} / " in row.inner_text()
        sheet.locator("input[type=search]").fill("<img")
        sheet.locator("tr", has_text=HOSTILE).wait_for()
        sheet.goto(f"{base}/formgrader/gradebook/{ASSIGNMENT}/{ASSIGNMENT}")
        sheet.locator("td a", has_text="Submission").first.click()
        sheet.locator("text=q2-implement").first.wait_for()
        assert "score(" in sheet.inner_text("body")
        # nbgrader shuffles its list: the one whose name is a script is looked for.
        hostile = gradebook.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, HOSTILE).id
        sheet.goto(f"{base}/formgrader/submissions/{hostile}")
        sheet.locator(f"text={HOSTILE}").first.wait_for(state="attached")
