"""Tests of `xray_core.saliency.support`, and of what is said of it."""

from types import SimpleNamespace

import numpy as np
import pytest

from tests.fakes import BALANCED, make_look
from xray_core.reporting.text.checks import judge_support
from xray_core.saliency.regions import Findings, find_evidence
from xray_core.saliency.support import Support, density, find_support
from xray_core.types import WHOLE_FILM, Analysis, Explanation, Lungs, Prediction, Radiograph, View

SIDE = 32


class Brightest:
    """Sees one thing: the view's brightest place."""

    card = SimpleNamespace(image_size=SIDE)
    normal = SimpleNamespace(grey=np.full((SIDE, SIDE), -1, np.float32))

    def scores(self, views, target="PNEUMONIA"):
        return views[..., 0].max(axis=(1, 2))

    def probability(self, score):
        return 1 / (1 + np.exp(-np.asarray(score)))


@pytest.fixture
def analysis():
    """A film with one dense place in the right lung, which the map names."""
    mask = np.zeros((SIDE, SIDE), np.float32)
    mask[4:28, 2:14] = mask[4:28, 18:30] = 1
    saliency = np.zeros((SIDE, SIDE), np.float32)
    saliency[8:12, 4:10] = 9
    grey = np.where(saliency > 0, 2, -1 + 0.1 * mask).astype(np.float32)
    view = View(np.stack([grey, np.ones_like(grey)], -1), WHOLE_FILM)
    look = make_look(mask=mask, box=WHOLE_FILM)
    look = SimpleNamespace(lungs=Lungs(mask, WHOLE_FILM), view=view, frame=look.frame)
    film = Radiograph(np.zeros((256, 256), np.uint8), "film", "")
    prediction = Prediction(2.0, 0.88, {}, "PNEUMONIA", "pneumonia", "lungs")
    return Analysis(film, prediction, Explanation(saliency, WHOLE_FILM, "hires_cam"), look)


def test_support_asks_for_the_film_with_normal_lung_in_what_is_coloured(analysis):
    found = find_evidence(analysis)
    support = find_support(analysis, found.regions, Brightest())
    rim = analysis.look.view.grey[found.regions[0].mask[4::8, 4::8] == 0].max()
    assert rim < 2  # nothing of the dense place is left
    assert support.without == pytest.approx(1 / (1 + np.exp(0.9)))
    assert support.instead == "normal"
    assert support.density > 0.8


def test_support_says_what_gives_way_without_normal_films_or_for_normal(analysis):
    alone = Brightest()
    alone.normal = None
    support = find_support(analysis, find_evidence(analysis).regions, alone)
    assert (support.instead, np.isnan(support.density)) == ("grey", True)
    explanation = Explanation(
        analysis.explanation.saliency, WHOLE_FILM, "hires_cam", True, "NORMAL"
    )
    normal = Analysis(analysis.radiograph, analysis.prediction, explanation, analysis.look)
    support = find_support(normal, find_evidence(normal).regions, Brightest())
    assert (support.instead, np.isnan(support.density)) == ("blurred", True)


def test_support_without_regions_asks_nothing(analysis):
    assert np.isnan(find_support(analysis, (), Brightest()).without)


def test_density_is_what_is_denser_than_normal_films(analysis):
    found = density(analysis.look, Brightest())
    assert found[10, 7] == found.max() > 1
    assert found[20, 24] == pytest.approx(0.1, abs=0.02)
    assert found.min() >= 0


def judge(analysis, before, without, target="PNEUMONIA", regions=None, right=0.6, correlation=0.4):
    regions = find_evidence(analysis).regions if regions is None else regions
    found = Findings(regions, right, 0.2, 0.0, False, True, target)
    support = Support(without, "blurred" if target == "NORMAL" else "normal", correlation)
    return judge_support(support, found, before, BALANCED, (0.4, 0.45))


RESTS = "The answer rests on what is coloured: with normal lung in its place the model says 8%."
ALONE = (
    "The answer does not rest on what is coloured alone: with normal lung in its place the model "
    "says 71% instead of 97%."
)


def test_judge_support_says_whether_the_answer_rests_on_what_is_coloured(analysis):
    assert judge(analysis, 0.97, 0.08).startswith(RESTS)
    assert judge(analysis, 0.97, 0.71).startswith(ALONE)
    assert judge(analysis, 0.1, 0.35) == (
        "The answer does not rest on what is coloured: with normal lung in its place the model "
        "says 35% instead of 10%."
    )
    unsure = judge(analysis, 0.42, 0.08)
    assert unsure.startswith("With normal lung in its place the model says 8% instead of 42%.")
    normal = judge(analysis, 0.1, 0.6, "NORMAL")
    assert normal.startswith(
        "The answer rests on what is coloured: with its detail blurred the model"
    )
    several = judge(analysis, 0.97, 0.08, regions=2 * find_evidence(analysis).regions)
    assert several.startswith(RESTS)


def test_judge_support_says_whether_density_points_there_and_one_lung_stands_out(analysis):
    said = judge(analysis, 0.97, 0.08)
    assert "points at the same places (correlation 0.40); the right lung stands out" in said
    assert said.endswith("against the left (60% of the evidence against 20%).")
    said = judge(analysis, 0.97, 0.08, right=0.3, correlation=-0.1)
    assert "points elsewhere (correlation -0.10); neither lung stands out (right 30% of" in said
    flat = judge(analysis, 0.97, 0.08, correlation=np.nan)
    assert flat.removeprefix(RESTS).startswith(" The right lung stands out")


def test_judge_support_without_a_region(analysis):
    spread = judge(analysis, 0.97, np.nan, regions=())
    assert spread == "The answer rests on no one place."
    assert judge(analysis, 0.1, np.nan, regions=()) == ""


def test_shipped_network_is_asked_what_the_checks_ask(classifier, sample_films):
    from xray_core.saliency.checks import check_film

    analysis = classifier.analyze(sample_films[-1].open())
    regions = find_evidence(analysis).regions
    _, (_, filled), _ = check_film(analysis, regions, classifier)
    support = find_support(analysis, regions, classifier)
    assert support.without == pytest.approx(float(classifier.probability(filled.after)), abs=1e-3)
    assert support.without < analysis.prediction.probability
