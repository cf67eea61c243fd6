"""docs/reliability.md states what the gate's own card states."""

import json

import pytest

from tests.browser.driver import ROOT
from xray_core.inference.model_card import MODELS

CARD = json.loads((MODELS / "quality" / "card.json").read_text())
DOCUMENT = (ROOT / "docs" / "reliability.md").read_text()


@pytest.mark.parametrize("part", ["held-out patients", "kept back", "official test"])
def test_refused_films_are_those_on_the_card(part):
    for name, (refused, count) in CARD["refused"][part].items():
        assert f"| {name} | {refused:,} | {count:,} |" in DOCUMENT


def test_refused_pictures_are_those_on_the_card():
    by_source, by_family = (CARD["refused"][f"{part} held out"] for part in ("sources", "families"))
    for family, (refused, count) in by_source.items():
        row = f"| {family} | {refused:,} | {by_family[family][0]:,} | {count:,} |"
        assert row in DOCUMENT


def test_warned_films_are_those_on_the_card():
    warned = CARD["warned of as an adult's"]
    found, adults = warned["held-out patients"]["adult"]
    new, kept_back = warned["kept back"]["adult"]
    wrongly, children = warned["official test"]["child"]
    assert f"finds {found:,} of {adults:,}\n" in DOCUMENT
    assert f"{new} of {kept_back} kept back" in DOCUMENT
    assert f"{wrongly} of the {children} official test films" in DOCUMENT
