"""Tests of what every page has in common."""

from tests import ROOT
from xray_core.ui.pages import HOME, PAGES, sections


def test_every_page_has_a_title_a_purpose_and_one_section():
    files = {path.relative_to(ROOT).as_posix() for path in ROOT.joinpath("pages").glob("*.py")}
    assert sorted(page.path for page in PAGES) == sorted(files | {HOME.path})
    offered = [page for group in sections().values() for page in group]
    assert sorted(page.path for page in offered) == sorted(files)
    assert all(page.title and page.purpose for page in offered)


def test_home_says_what_each_page_is_for(open_page, model, samples):
    captions = [caption.value for caption in open_page(HOME.path).caption]
    assert {page.purpose for page in PAGES if page is not HOME} <= set(captions)
