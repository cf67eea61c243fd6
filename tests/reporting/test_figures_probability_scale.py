import xml.etree.ElementTree as ET

from xray_core.reporting.figures.probability_scale import probability_scale
from xray_core.types import OperatingPoint

POINT = OperatingPoint("screening", 0.3, "misses few")


def parts(kind, *scale):
    """The style and text of the scale's parts of a kind."""
    return [
        (dict(pair.split(": ") for pair in part.get("style").split("; ")), part.text)
        for part in ET.fromstring(probability_scale(*scale))
        if kind in part.get("class").split()
    ]


def test_probability_scale_marks_probability_and_operating_point():
    ((here, _),) = parts("here", 0.8, POINT)
    ((point, _),) = parts("point", 0.8, POINT)
    ((_, note),) = parts("note", 0.8, POINT)
    assert (here["left"], point["left"], note) == ("80.00%", "30.00%", "operating point 30%")
    words = ET.fromstring(probability_scale(0.8, POINT)).get("aria-label")
    assert "80%" in words
    assert "30%" in words


def test_probability_scale_marks_the_uncertain_band_only_where_there_is_one():
    ((band, _),) = parts("uncertain", 0.8, POINT, (0.2, 0.45))
    assert (band["left"], band["width"]) == ("20.00%", "25.00%")
    assert not parts("uncertain", 0.8, POINT)


def test_probability_scale_colour_follows_the_operating_point():
    ((above, _),), ((below, _),) = (parts("here", p, POINT) for p in (0.31, 0.29))
    (normal, _), (pneumonia, _) = parts("side", 0.8, POINT)
    assert above["background"] != below["background"]
    assert normal["background"] != pneumonia["background"]


def test_probability_scale_notes_the_operating_point_on_the_wider_side():
    assert parts("from", 0.8, POINT)
    assert parts("to", 0.8, OperatingPoint("specific", 0.7, "alarms rarely"))
