"""On the way of one upload through the page Explain nothing is computed twice."""

from collections import Counter

import pytest

from xray_core.inference.litert import LiteRtModel
from xray_core.io import radiograph
from xray_core.io.images import encode_jpeg

from .test_explain import PAGE, choose_method, open_part, texts, upload


@pytest.fixture
def counted(monkeypatch):
    """How often each file was decoded, and each network was shown each view."""
    decoded, shown = Counter(), Counter()
    decode, run = radiograph.decode, LiteRtModel.__call__

    def count_decodings(data, name):
        decoded[data] += 1
        return decode(data, name)

    def count_passes(network, values):
        shown.update((id(network), view.tobytes()) for view in values)
        return run(network, values)

    monkeypatch.setattr(radiograph, "decode", count_decodings)
    monkeypatch.setattr(LiteRtModel, "__call__", count_passes)
    return decoded, shown


def test_film_is_decoded_once_and_each_network_sees_each_view_once(
    open_page, sample_films, classifier, counted
):
    decoded, shown = counted
    film = encode_jpeg(sample_films[-1].open().pixels)
    app = open_page(PAGE)
    upload(app, ("child.jpeg", film))
    passes = [sum(shown.values())]
    for method in ("hires_cam", "occlusion", "beyond_normal"):
        choose_method(app, method)
        passes.append(sum(shown.values()))
    open_part(app, "Check this map")
    passes.append(sum(shown.values()))
    open_part(app, "What if")
    next(button for button in app.button if button.label == "Make a dot there").click().run()
    passes.append(sum(shown.values()))
    assert not app.exception
    assert not app.error
    assert "The score " in texts(app.markdown)
    assert decoded[film] == 1
    networks = {network for network, _ in shown}
    assert len(networks) == 2
    # but for the film without its regions, which the line beside the map and its check ask for
    assert sorted(shown.values())[-2:] == [1, 2]
    # three for the answer and that line, none for a map that the answer has, then views that are
    # new, and one for the line beside each map
    first, after_hires_cam, after_occlusion, back, checked, after_stroke = passes
    assert first == after_hires_cam == 3
    assert 20 < after_occlusion - first < 65
    assert back == after_occlusion + 1
    assert checked - back > 100
    assert after_stroke - checked == 2
