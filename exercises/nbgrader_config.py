"""nbgrader's settings for this course; every `nbgrader` command run in this folder reads them."""

import os
import sys
from pathlib import Path

from nbgrader.converters import Autograde

from autograd_lab.grading.course import PRIVATE, prepare_private

LANGUAGE = "en"

course = Path(__file__).resolve().parent

c = get_config()  # noqa: F821 (nbgrader provides it)
c.CourseDirectory.root = str(course)
c.CourseDirectory.course_id = "autograd_lab"
# A comment is enough of a stub: what is left empty is not answered, and not an error either.
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE"}
# One student's copied cell must not stop the run for all.
c.Autograde.sanitize_preprocessors = [
    "autograd_lab.grading.sanitize.repair_metadata",
    # By name: formgrader shows the settings as JSON.
    *(f"{each.__module__}.{each.__name__}" for each in Autograde.sanitize_preprocessors.default()),
]
# Scripts in what students wrote stay inert in feedback and in formgrader; figures and tables stay.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.preprocessors = ["autograd_lab.grading.feedback.inert"]
c.HTMLExporter.filters = {
    "clean_html": "autograd_lab.grading.feedback.clean",
    "markdown2html": "autograd_lab.grading.feedback.markdown",
}
# Per cell. The checks take well under a second; this is for answers that never end.
c.Execute.timeout = 60

# The kernels that grade find the course's secret by this variable; students never have either.
os.environ[PRIVATE] = str(prepare_private(course / "private"))
os.environ["AUTOGRAD_LAB_LANG"] = LANGUAGE
# nbgrader calls `alembic`, which lies beside Python also where the environment is not activated.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
