"""What stands in the plots of the labs: symbols that matplotlib's own font has, in every language."""

import re
import warnings

import pytest

from autograd_lab import i18n
from autograd_lab.engine.creation import tensor
from autograd_lab.widgets import ControlFlowLab, DerivativeLab, ModesLab, VJPLab

CHINESE = re.compile("[\u3000-\u9fff\uff00-\uffef]")


@pytest.fixture
def texts(monkeypatch):
    """Speak Chinese with DejaVu alone; return the list of all that is written into plots from now on."""
    from matplotlib.figure import Figure
    from matplotlib.font_manager import fontManager
    from matplotlib.text import Text

    fonts = [font for font in fontManager.ttflist if "DejaVu" in font.name]
    assert fonts
    monkeypatch.setattr(fontManager, "ttflist", fonts)
    written = []
    save = Figure.savefig

    def savefig(figure, *args, **options):
        save(figure, *args, **options)
        written.extend(text.get_text() for text in figure.findobj(Text))

    monkeypatch.setattr(Figure, "savefig", savefig)
    i18n.set_language("zh")
    yield written
    i18n.set_language(None)


LABS = [
    lambda: ControlFlowLab(a=[1.0, 0.0, -3.0]),
    lambda: DerivativeLab("４ｘ＾３＋ｘ＾２＋３", 1.25),
    lambda: ModesLab(x=tensor([1.0, 2.0, 3.0]), outputs=3),
    lambda: VJPLab(x=tensor([1.0, -2.5])),
]


@pytest.mark.parametrize("make", LABS)
def test_no_plot_holds_chinese_and_nothing_warns(make, texts):
    """The caption beside it is Chinese; the letters in the plot are not."""
    with warnings.catch_warnings(action="error"):
        lab = make()
        shown = lab.snapshot()
    assert CHINESE.search(lab.answer)
    assert CHINESE.search(shown)
    assert any(texts)
    assert not CHINESE.search(" ".join(texts))
