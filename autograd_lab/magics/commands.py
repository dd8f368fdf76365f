"""What `%autograd` does: show a graph, answer a question, compare two recordings, choose settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError

from ..grading.course import question_names
from ..grading.notebook import check as check_question
from ..i18n import _, language, set_language
from ..showing import TRACE_NAME, Answer, answer
from ..trace.findings.why import why as why_in
from ..trace.model import Trace
from ..trace.sources.behind import behind, is_tensor
from ..views.compare import Comparison
from ..views.display import Display
from .needs import need
from .options import DEFAULTS, display_of, parser, present, read

if TYPE_CHECKING:
    from .cells import AutogradMagics


def run(magics: AutogradMagics, line: str) -> None:
    """Carry out one line: a command and its words, or the names of what to show."""
    command, _space, words = line.strip().partition(" ")
    if command in COMMANDS:
        COMMANDS[command](magics, words.strip())
    else:
        show(magics, line)


def show(magics: AutogradMagics, line: str) -> None:
    """Show the graph behind tensors; without a name, the last recording again."""
    options = read(parser("%autograd", "names"), line, magics.defaults)
    if not options.names:
        present(display_of(_trace(magics, TRACE_NAME), options), options)
        return
    values = [_evaluated(magics, name) for name in options.names]
    if len(values) == 1 and isinstance(_as_trace(values[0]), Trace):
        present(display_of(_as_trace(values[0]), options), options)
        return
    for name, value in zip(options.names, values, strict=True):
        if not is_tensor(value):
            raise UsageError(
                _("%autograd shows tensors; {name} is of type {kind}").format(
                    name=name, kind=type(value).__name__
                )
            )
    graph = behind(values, magics.shell.user_ns)
    present(Display(graph, static=options.static, max_nodes=options.max_nodes), options)


def why(magics: AutogradMagics, words: str) -> None:
    """Say why the `.grad` of a tensor is what it is."""
    if not words:
        raise UsageError(_("%autograd why needs the name of a tensor: %autograd why x"))
    trace, namespace = magics.shell.user_ns.get(TRACE_NAME), magics.shell.user_ns
    if isinstance(trace, Trace) and words in {v.name for v in trace.variables}:
        print(Answer(why_in(trace, words)))
        return
    value = _evaluated(magics, words)
    if not is_tensor(value):
        raise UsageError(
            _("%autograd why asks about a tensor; {name} is of type {kind}").format(
                name=words, kind=type(value).__name__
            )
        )
    print(answer(value, namespace))


def on(magics: AutogradMagics, words: str) -> None:
    """Record and show every cell from the next one on; options become those of the session."""
    if words:
        config(magics, words)
    magics.every_cell = True


def off(magics: AutogradMagics, words: str) -> None:
    """Record only cells under `%%autograd` again."""
    magics.every_cell = False


def config(magics: AutogradMagics, words: str) -> None:
    """Set the options of the session, `reset` them, or print them."""
    if words == "reset":
        magics.defaults = dict(DEFAULTS)
    elif words:
        options = vars(read(parser("%autograd config"), words, magics.defaults))
        if options["save"] != magics.defaults["save"]:
            raise UsageError(_("--save names one file, it cannot be a setting for every cell"))
        magics.defaults = options
    for name, value in magics.defaults.items():
        if name != "save":
            print(f"--{name.replace('_', '-'):10} {value}")


def compare(magics: AutogradMagics, words: str) -> None:
    """Show two recordings side by side."""
    options = read(parser("%autograd compare", "names"), words, magics.defaults)
    if len(options.names) != 2:
        raise UsageError(_("%autograd compare needs two recordings: %autograd compare a b"))
    first, second = (_trace(magics, name) for name in options.names)
    names = (options.names[0], options.names[1])
    shown = Comparison(first, second, names, static=options.static, max_nodes=options.max_nodes)
    if options.save is not None:
        raise UsageError(_("%autograd compare cannot write files; save each recording by itself"))
    present(shown, options)


def needs(magics: AutogradMagics, words: str) -> None:
    """Let the cells that follow do nothing where a library is missing."""
    if not words.isidentifier():
        raise UsageError(_("%autograd needs takes the name of one library: %autograd needs torch"))
    need(magics.shell, words)


def check(magics: AutogradMagics, words: str) -> None:
    """Say what is right so far in a question of an exercise."""
    if not words:
        raise UsageError(_("%autograd check needs the name of a question: %autograd check q2"))
    check_question(words, magics.shell.user_ns)


def lang(magics: AutogradMagics, words: str) -> None:
    """Choose the language of all that is shown, or print it."""
    try:
        if words:
            set_language(None if words == "auto" else words)
    except ValueError as error:
        raise UsageError(str(error)) from None
    print(language())


COMMANDS: dict[str, Callable[[AutogradMagics, str], None]] = {
    "why": why,
    "on": on,
    "off": off,
    "config": config,
    "compare": compare,
    "needs": needs,
    "check": check,
    "lang": lang,
}


def _evaluated(magics: AutogradMagics, expression: str) -> Any:
    try:
        return magics.shell.ev(expression)
    except Exception as error:
        raise UsageError(f"%autograd {expression}: {type(error).__name__}: {error}") from None


def _trace(magics: AutogradMagics, name: str) -> Trace:
    value = _as_trace(magics.shell.user_ns.get(name))
    if isinstance(value, Trace):
        return value
    if name == TRACE_NAME:
        raise UsageError(_("nothing was recorded yet: begin a cell with %%autograd"))
    raise UsageError(
        _(
            "{name} holds no recording; after a cell under %%autograd, {name} = _autograd keeps it"
        ).format(name=name)
    )


def _as_trace(value: Any) -> Any:
    """Return a trace, also out of what `record()` returned."""
    trace = getattr(value, "trace", None)
    return trace if isinstance(trace, Trace) else value


def completions(magics: AutogradMagics, line: str) -> list[str]:
    """Return what may follow in a line that begins with `%autograd` or `%%autograd`."""
    flags = [option for action in parser("%autograd")._actions for option in action.option_strings]
    offered = [flag for flag in flags if flag.startswith("--") and flag != "--help"]
    if line.lstrip().startswith("%%"):
        return offered
    words = line.split()
    finished = words if line[-1:].isspace() else words[:-1]
    command = finished[1] if len(finished) > 1 else ""
    if command == "lang":
        return ["auto", "en", "zh"]
    if command == "check":
        return question_names()
    variables = magics.shell.user_ns.items()
    if command == "compare":
        return [*(name for name, v in variables if isinstance(_as_trace(v), Trace)), *offered]
    tensors = [name for name, value in variables if is_tensor(value)]
    if command == "why":
        return tensors
    return [*offered, *tensors, *(() if command else COMMANDS)]
