"""Tests of `xray_core.ui.film_viewer.scene`."""

import base64
import json

import cv2
import numpy as np
import pytest

from xray_core.io.images import encode_jpeg
from xray_core.io.radiograph import load_radiograph
from xray_core.saliency.regions import Region
from xray_core.types import Box, Explanation, Lungs, Radiograph
from xray_core.ui.film_viewer import scene

WHOLE = Box(0, 0, 1, 1)
FILM = Radiograph(np.full((300, 400), 90, np.uint8), "film", "0")
LUNGS = Lungs(np.pad(np.ones((32, 32), np.float32), 12), Box(0.2, 0.2, 0.8, 0.8))


def explained(peak=16.0, positive=True, method="hires_cam"):
    saliency = np.zeros((8, 8), np.float32)
    saliency[2, 5] = peak
    return Explanation(saliency, WHOLE, method, positive)


def gather(*explanations, **options):
    pictures = [scene.Picture(str(at), FILM, one) for at, one in enumerate(explanations)]
    return scene.build_scene(pictures, **options)


def decode(address):
    content = base64.b64decode(address.partition(",")[2])
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)


def test_scene_is_json_of_film_and_evidence():
    found = json.loads(json.dumps(gather(None, explained())))
    assert (found["width"], found["height"]) == (400, 300)
    film, evidence = found["pictures"]
    assert film["level"] is None
    assert decode(film["film"]).shape == FILM.pixels.shape
    level = decode(evidence["level"])
    assert level.max() > 245
    row, column = np.unravel_index(level.argmax(), level.shape)
    assert (row * 8 // level.shape[0], column * 8 // level.shape[1]) == (2, 5)
    assert found["positive"]
    assert len(found["colours"]) == 256


def test_scene_sends_no_more_than_a_screen_shows():
    film = Radiograph(np.zeros((2000, 3000), np.uint8), "film", "0")
    large = scene.Picture("", film, explained())
    found = scene.build_scene([large, large])
    assert decode(found["pictures"][0]["film"]).shape == (1000, 1500)
    assert max(decode(found["pictures"][0]["level"]).shape) == scene.LEVELS
    assert found["width"] == 3000


def test_scene_draws_both_pictures_on_one_scale():
    found = gather(explained(16), explained(4))
    first, second = (decode(one["level"]).max() for one in found["pictures"])
    assert first > 245
    assert second == pytest.approx(first / 4, abs=1)


def test_scene_contours_lie_inside_one_another():
    contours = gather(None, explained())["pictures"][1]["contours"]
    widths = [np.ptp(np.array(curve)[:, 0]) for (curve,) in contours]
    assert widths[0] > widths[1] > widths[2] > 0
    assert np.array(contours[2][0]).mean(0) == pytest.approx((275, 94), abs=4)


def test_scene_without_positive_evidence_says_so():
    assert not gather(None, explained(positive=False))["positive"]
    assert not gather(None, explained(0))["positive"]
    assert gather(None, explained(0))["pictures"][1]["level"] is None


def test_scene_outlines_lungs_regions_and_box_in_film_pixels():
    mask = np.zeros((30, 40), bool)
    mask[10:20, 10:20] = True
    region = Region(1, mask, "right", "upper", 0.1, 0.5, 3.0, 5.0)
    box = Box(0.25, -0.1, 0.75, 0.9)
    found = gather(None, explained(), lungs=LUNGS, regions=[region], box=box)
    (lungs,) = found["lungs"]
    assert np.array(lungs).min(0) == pytest.approx((400 * 12 / 56, 300 * 12 / 56), abs=5)
    (drawn,) = found["regions"]
    assert drawn["number"] == "1"
    assert np.array(drawn["outline"]).mean(0) == pytest.approx((150, 150), abs=12)
    assert found["box"][0] == [100, -30]
    assert found["box"][2] == [300, 270]


def test_scale_states_the_share_of_the_evidence():
    even = Explanation(np.ones((8, 8), np.float32), WHOLE, "occlusion")
    everywhere = Lungs(np.ones((56, 56), np.float32), WHOLE)
    assert scene.explain_scale(even, everywhere).most == "1.0%"
    peaked = explained(method="occlusion")
    most = float(scene.explain_scale(peaked, everywhere).most.rstrip("%"))
    assert most == pytest.approx(100 / 100 * 64, rel=0.05)
    assert "log-odds" not in scene.explain_scale(peaked, everywhere).means
    assert scene.explain_scale(explained(positive=False), everywhere) is None
    half = Lungs(np.zeros((56, 56), np.float32), WHOLE)
    half.mask[:28] = 1
    for view, area in ((WHOLE, "film"), (Box(0, 0, 1, 1.01), "lungs")):
        scale = scene.explain_scale(Explanation(even.saliency, view, "occlusion"), half)
        assert scale.means == f"of the evidence on each 1% of the {area}"
        assert float(scale.most.rstrip("%")) == pytest.approx(1 if area == "film" else 0.5, abs=0.1)
    assert scene.explain_scale(explained(0), everywhere) is None
    frame = Box(0, 0, 1, 0.5)
    framed = scene.explain_scale(Explanation(even.saliency, frame, "occlusion"), half, frame)
    assert framed.means == "of the evidence on each 1% of the film"
    assert framed.most == "1.0%"


def test_class_maps_of_all_films_share_one_scale():
    everywhere = Lungs(np.ones((56, 56), np.float32), WHOLE)
    weak, strong = (scene.explain_scale(explained(peak), everywhere) for peak in (2.0, 8.0))
    assert weak.most == strong.most == "16"
    assert "here at most 2.0, in the mean over the film 0.03" in weak.means
    assert "here at most 8.0, in the mean over the film 0.12" in strong.means


def noise():
    return np.random.default_rng(0).integers(0, 255, (600, 500), np.uint8)


def test_scene_sends_the_file_itself_where_a_browser_shows_it():
    content = encode_jpeg(cv2.GaussianBlur(noise(), (0, 0), 5))
    film = load_radiograph(content)
    picture = scene.Picture("", film)
    sent = scene.build_scene([picture, picture])["pictures"][0]["film"]
    assert base64.b64decode(sent.partition(",")[2]) == content
    np.testing.assert_array_equal(decode(sent), film.pixels)


def test_scene_does_not_send_the_file_of_other_pixels():
    film = load_radiograph(encode_jpeg(cv2.GaussianBlur(noise(), (0, 0), 5)))
    inverted = scene.Picture("", film.redrawn(255 - film.pixels))
    sent = decode(scene.build_scene([inverted, inverted])["pictures"][0]["film"])
    assert np.abs(sent.astype(int) - (255 - film.pixels.astype(int))).max() < 12


def test_scene_does_not_send_a_file_of_more_bytes_than_a_screen_needs():
    content = encode_jpeg(noise(), 100)
    film = load_radiograph(content)
    assert film.jpeg == content
    picture = scene.Picture("", film)
    assert len(scene.build_scene([picture, picture])["pictures"][0]["film"]) < len(content)
