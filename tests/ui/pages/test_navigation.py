"""Tests of what every page has in common."""

from pathlib import Path

from xray_core.ui.shared.frame import HOME, LABELS, PURPOSES, SECTIONS

from .conftest import ROOT


def test_every_page_has_a_label_a_purpose_and_one_section():
    pages = {
        HOME,
        *(path.relative_to(ROOT).as_posix() for path in Path(ROOT, "pages").glob("*.py")),
    }
    assert set(LABELS) == pages
    assert set(PURPOSES) == pages - {HOME}
    assert sorted(path for paths in SECTIONS.values() for path in paths) == sorted(pages - {HOME})


def test_home_says_what_each_page_is_for(open_page, model, samples):
    captions = [caption.value for caption in open_page(HOME).caption]
    assert set(PURPOSES.values()) <= set(captions)
