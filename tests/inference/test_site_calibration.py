import json

import pytest

from xray_core.errors import ModelError, UsageError
from xray_core.inference.model_card import load_card
from xray_core.inference.site_calibration import chosen_site, load_site, parse_site, site_from


def make_site(**changes):
    """A site file for the shipped default model."""
    card = load_card("lungs")
    return {
        "schema": "radiolucent-site-1",
        "title": "St Elsewhere",
        "kind": "intercept",
        "model": "lungs",
        "network": card.raw["files"]["model.tflite"],
        "calibration": {"temperature": 1.5, "bias": -2.0, "prior": 0.5},
        "operating_points": [{"name": "balanced", "threshold": 0.5, "meaning": "Here."}],
        "uncertain": [0.3, 0.6],
    } | changes


def test_adjust_puts_the_site_in_the_place_of_the_model_s_own():
    card = load_card("lungs")
    adjusted = site_from(make_site()).adjust(card)
    assert adjusted.calibration == {"temperature": 1.5, "bias": -2.0, "prior": 0.5}
    assert [point.meaning for point in adjusted.operating_points] == ["Here."]
    assert adjusted.uncertain == (0.3, 0.6)
    assert (adjusted.site, adjusted.gives_probability) == ("St Elsewhere", True)
    assert (card.site, card.gives_probability) == ("", True)


def test_a_site_of_another_network_is_refused():
    site = site_from(make_site(network="0" * 64))
    with pytest.raises(ModelError, match="run `calibrate` again with this model"):
        site.adjust(load_card("lungs"))


def test_a_threshold_alone_gives_no_probability():
    site = site_from(make_site(kind="threshold", uncertain=None))
    assert not site.adjust(load_card("lungs")).gives_probability


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "other"},
        {"kind": "magic"},
        {"title": ""},
        {"calibration": {"temperature": 0, "bias": 0, "prior": 0.5}},
        {"calibration": {}},
        {"operating_points": []},
        {"operating_points": [{"name": "x", "threshold": 7, "meaning": ""}]},
        {"uncertain": 3},
    ],
)
def test_what_is_no_site_file_is_said(change):
    content = json.dumps(make_site(**change)).encode()
    with pytest.raises(UsageError, match="Expected a site file as `calibrate` writes it"):
        parse_site(content)


def test_load_site_says_what_it_cannot_read(tmp_path):
    with pytest.raises(UsageError, match="could not read it"):
        load_site(tmp_path / "nowhere.json")
    (tmp_path / "film.json").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(UsageError, match="is none"):
        load_site(tmp_path / "film.json")
    (tmp_path / "large.json").write_bytes(b" " * (2**20 + 1))
    with pytest.raises(UsageError, match="too large"):
        load_site(tmp_path / "large.json")


def test_chosen_site_is_the_one_named_then_that_of_the_environment(tmp_path, monkeypatch):
    for name in ("named", "environment"):
        (tmp_path / f"{name}.json").write_text(json.dumps(make_site(title=name)))
    monkeypatch.delenv("XRAY_SITE", raising=False)
    assert chosen_site() is None
    monkeypatch.setenv("XRAY_SITE", str(tmp_path / "environment.json"))
    assert chosen_site().title == "environment"
    assert chosen_site(str(tmp_path / "named.json")).title == "named"
