import io

import numpy as np
import pytest
from PIL import Image

from xray_core.io import images


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((3000, 1500), (1000, 500)), ((200, 300), (200, 300)), ((1, 5000), (1, 1000))],
)
def test_fit_within_shrinks_and_never_enlarges(shape, expected):
    assert images.fit_within(np.zeros(shape, np.uint8), 1000).shape == expected


def test_fit_within_averages_fine_stripes():
    stripes = np.tile(np.array([0, 255], np.uint8), (512, 256))
    small = images.fit_within(stripes, 100)
    assert np.abs(small.astype(float) - 127.5).max() < 30


def test_thumbnail_keeps_the_film_s_shape():
    square = images.thumbnail(np.full((50, 100), 200, np.uint8), 40)
    assert square.shape == (40, 40)
    assert (square[:, 0] > 0).sum() == 20


def test_thumbnail_of_a_small_film_has_no_frame():
    square = images.thumbnail(np.full((30, 20), 200, np.uint8), 40)
    assert square.shape == (30, 30)
    assert (square > 0).sum() == 30 * 20


def test_encode_jpeg_keeps_the_colours_order():
    red = np.zeros((32, 32, 3), np.uint8)
    red[..., 0] = 255
    with Image.open(io.BytesIO(images.encode_jpeg(red))) as read:
        assert read.format == "JPEG"
        assert np.asarray(read)[16, 16, 0] > 240


def test_picture_address_asks_no_server():
    assert images.picture_address(b"\xff\xd8") == "data:image/jpeg;base64,/9g="
    assert images.picture_address(b"") is None
