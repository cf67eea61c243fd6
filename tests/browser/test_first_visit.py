"""What a browser remembers of a first visit."""

import pytest

from tests.browser.driver import settle

pytestmark = pytest.mark.browser


def test_tour_once_declined_is_not_offered_again(open_view):
    page = open_view()
    page.get_by_role("button", name="No, thanks").click()
    page.wait_for_function("document.cookie.includes('radiolucent_tour=seen')")
    page.reload()
    settle(page)
    page.get_by_role("button", name="Explain a first film").wait_for()
    assert page.get_by_role("button", name="Take the tour").count() == 0
