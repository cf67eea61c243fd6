"""What a browser remembers of a first visit."""

import pytest

from tests.browser.driver import DRAWN, settle

pytestmark = pytest.mark.browser


def test_tour_once_declined_is_not_offered_again(open_view):
    page = open_view()
    page.get_by_role("button", name="No, thanks").click()
    page.wait_for_function("document.cookie.includes('radiolucent_tour=seen')")
    page.reload()
    settle(page)
    page.get_by_role("link", name="Explain a first film").wait_for()
    assert page.get_by_role("button", name="Take the tour").count() == 0


def test_first_film_is_explained_without_a_library_of_megabytes(open_view, sample_films):
    page = open_view()
    settle(page)
    page.get_by_role("link", name="Explain a first film").click()
    page.locator(DRAWN).wait_for(timeout=30_000)
    settle(page)
    loaded = page.evaluate(
        "performance.getEntriesByType('resource').map(one => [one.decodedBodySize, one.name])"
    )
    assert any("BidiComponent" in name for _, name in loaded), "the list must reach this page"
    size, name = max(loaded)
    assert size < 1e6, name
