import numpy as np
import pytest

from tests.fakes import make_analysis
from xray_core import theme
from xray_core.saliency.annotation import annotate
from xray_core.saliency.regions import find_evidence


def coloured(picture):
    return np.ptp(picture.astype(int), axis=2) > 30


def test_annotate_colours_the_evidence_and_leaves_the_rest_of_the_film():
    analysis = make_analysis()
    picture = annotate(analysis)
    assert picture.shape == (240, 300, 3)
    rows, columns = np.nonzero(coloured(picture))
    assert 0.5 < rows.mean() / 240 < 0.65
    assert columns.max() < 150
    assert (picture[:, 200:] == 90).all()


def test_annotate_outlines_and_numbers_regions_in_their_colour():
    analysis = make_analysis()
    regions = find_evidence(analysis).regions
    plain, numbered = annotate(analysis), annotate(analysis, regions)
    changed = (plain != numbered).any(axis=2)
    colour = [int(theme.VIRUS[at : at + 2], 16) for at in (1, 3, 5)]
    assert (numbered[changed] == colour).all(axis=1).any()
    assert (numbered[changed] == 255).all(axis=1).any()
    assert changed.mean() < 0.1


@pytest.mark.parametrize("side", [100, 1000])
def test_annotate_shrinks_and_never_enlarges(side):
    assert max(annotate(make_analysis(), longest_side=side).shape) == min(side, 300)


def test_annotate_follows_alpha():
    analysis = make_analysis()
    assert not coloured(annotate(analysis, alpha=0)).any()
    weak, strong = (annotate(analysis, alpha=alpha).astype(int) for alpha in (0.2, 0.9))
    assert np.abs(strong - 90).sum() > 2 * np.abs(weak - 90).sum()


def test_annotate_leaves_a_refused_film_alone():
    refused = make_analysis(decision="refused")
    assert coloured(annotate(refused.ungated())).any()
    assert (annotate(refused) == 90).all()
