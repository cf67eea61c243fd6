"""What is averaged of normal films."""

import numpy as np

from xray_core.training.normal_films import average_normal


def test_normal_films_are_averaged_place_by_place():
    views = [np.full((4, 4), level, np.float32) for level in (1, 2, 6)]
    views[0][0, 0] = 4
    evidence = {"PNEUMONIA": [np.full((2, 2), level, np.float32) for level in (-1, -2, 0)]}
    normal = average_normal(evidence, views)
    assert normal.films == 3
    np.testing.assert_allclose(normal.grey, [[4, 3, 3, 3], [3] * 4, [3] * 4, [3] * 4])
    np.testing.assert_allclose(normal.evidence["PNEUMONIA"], -1)
