"""How often a film was shown in training: the numbers on the page and the formula below them."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.driver import settle
from xray_core.inference.model_card import DEFAULT_MODEL, load_card
from xray_core.reporting.wording import class_title

pytestmark = pytest.mark.browser


def test_times_shown_are_those_of_the_formula(open_view):
    page = open_view("Class_balance")
    page.get_by_text("share of the draws that fall to the kind").wait_for()
    settle(page)
    formula = page.get_by_text("Times shown =").inner_text()
    assert re.search(r"draws that fall to the kind ÷ share of the training films", formula)
    films = load_card(DEFAULT_MODEL).training["films"]
    shown = {}
    metrics = page.get_by_test_id("stMetric").filter(has_text="×")
    expect(metrics).to_have_count(len(films))
    for metric in metrics.all():
        title, times = metric.inner_text().split("\n")[0], metric.inner_text().split("\n")[-1]
        shown[title] = float(times.removesuffix("×"))
    assert set(shown) == {class_title(name) for name in films}
    # The formula the other way round gives the shares of the draws.
    draws = {
        name: shown[class_title(name)] * number / sum(films.values())
        for name, number in films.items()
    }
    assert sum(draws.values()) == pytest.approx(1, abs=0.01)
    pneumonia = sum(draws[name] for name in ("bacteria", "virus"))
    assert draws["normal"] == pytest.approx(pneumonia, abs=0.01)  # half and half, as the page says
