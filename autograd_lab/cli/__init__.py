"""The command line, `autograd-lab`: one module per command, and the group they belong to.

Part of the roof: parse, call a room, say what happened. It may import any room; nobody imports it.
"""

import click

from . import course, export, grade, lab, report, similar


@click.group()
@click.version_option(package_name="autograd_lab", prog_name="autograd-lab")
def main() -> None:
    """See and practise automatic differentiation in Jupyter."""


main.add_command(course.course)
main.add_command(export.export)
main.add_command(grade.grade)
main.add_command(lab.lab)
main.add_command(report.report)
main.add_command(similar.similar_code)
