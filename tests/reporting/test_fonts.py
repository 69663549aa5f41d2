"""Names in any script: other fonts help, and what none of them has is said once."""

import warnings

import pytest

from roadsigns.reporting import fonts
from roadsigns.reporting.figure import figure_at


def draw(folder, *texts):
    """A plot with each text."""
    for number, text in enumerate(texts):
        with figure_at(folder / f"{number}.png", width=1, height=1) as figure:
            figure.text(0, 0.5, text)


def test_characters_that_no_font_has_are_one_warning_for_all_plots(tmp_path):
    """Not one for each character and plot. These are of an old script that no listed font has."""
    fonts._warn_of_missing.cache_clear()
    with pytest.warns(UserWarning, match="No installed font has the characters \U00012000\U00012001, so") as caught:
        draw(tmp_path, "\U00012000\U00012001", "\U00012001\U00012000")

    assert len(caught) == 1


def test_other_warnings_of_drawing_are_kept():
    """Only Matplotlib's on single characters are gathered."""
    with pytest.warns(UserWarning, match="something else"), fonts.missing_glyphs_in_one_warning():
        warnings.warn("something else", stacklevel=1)


def test_installed_fonts_help_only_inside_the_block(monkeypatch):
    """The caller's own plots keep their fonts."""
    from matplotlib import rcParams

    before = list(rcParams["font.family"])
    monkeypatch.setattr(fonts, "FALLBACKS", ("No Such Font", "DejaVu Serif"))

    with fonts.fonts_of_all_scripts():
        assert rcParams["font.family"] == ["DejaVu Sans", "DejaVu Serif"]
    assert rcParams["font.family"] == before
