"""Formats beside JPEG and PNG, and pictures that are something else as well."""

import zipfile
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tests.test_radiographs import FILM, difference, encode
from xray_core import pictures
from xray_core.errors import RadiographError
from xray_core.radiographs import load_radiograph


def encode_tiff(picture, **options):
    file = BytesIO()
    Image.fromarray(picture).save(file, "TIFF", **options)
    return file.getvalue()


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_tiff_gives_the_grey_levels(compression):
    assert difference(load_radiograph(encode_tiff(FILM, compression=compression))) == 0


@pytest.mark.parametrize("order", ["<u2", ">u2"])
def test_deep_tiff_is_windowed_in_either_byte_order(order):
    film = load_radiograph(encode_tiff((FILM.astype(np.uint16) * 16).astype(order)))
    assert difference(film, (FILM - 20.0) * 255 / (FILM.max() - 20)) < 4
    assert "16-bit" in film.notes[0]


def test_tiff_with_white_as_zero_is_inverted():
    deep = FILM.astype(np.uint16) * 16
    upright = load_radiograph(encode_tiff(deep)).pixels
    film = load_radiograph(encode_tiff(65535 - deep, tiffinfo={262: 0}))
    assert difference(film, upright) <= 1


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_tiff_orientation_is_applied_once(orientation):
    data = encode_tiff(FILM, tiffinfo={274: orientation})
    turns = {1: 0, 3: 2, 6: 3, 8: 1}[orientation]
    film = load_radiograph(data)
    assert difference(film, np.rot90(FILM, turns)) == 0
    assert len(film.notes) == (orientation != 1)


@pytest.mark.parametrize("mode", ["L", "RGB", "P", "1"])
def test_bmp_of_any_mode_is_read(mode):
    film = load_radiograph(encode(FILM, "BMP", mode))
    assert difference(film) <= {"1": 255, "P": 26}.get(mode, 0)


def test_webp_gives_the_grey_levels():
    assert difference(load_radiograph(encode(FILM, "WEBP", "RGB", lossless=True))) <= 1


@pytest.mark.parametrize("kind", ["TIFF", "WEBP", "PNG"])
def test_several_pages_are_refused(kind):
    pages = [Image.fromarray(np.roll(FILM, shift)) for shift in range(3)]
    data = encode(pages[0], kind, save_all=True, append_images=pages[1:])
    with pytest.raises(RadiographError, match=r"of one frame, but 'a' has 3"):
        load_radiograph(data, "a")


@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_tiff_of_32_bits_is_refused(kind):
    with pytest.raises(RadiographError, match="has 32: save it with 16"):
        load_radiograph(encode_tiff(FILM.astype(kind)))


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
@pytest.mark.parametrize("kind", ["TIFF", "BMP", "WEBP"])
def test_cut_off_picture_is_called_damaged(kind, share):
    noise = np.random.default_rng(0).integers(0, 255, (200, 300), np.uint8)
    data = encode(noise, kind)
    with pytest.raises(RadiographError, match="damaged or cut off"):
        load_radiograph(data[: int(len(data) * share)])


def test_progressive_jpeg_of_endless_scans_is_refused(monkeypatch):
    data = encode(FILM, "JPEG", progressive=True)
    assert load_radiograph(data).pixels.shape == FILM.shape
    monkeypatch.setattr(pictures, "MAX_SCANS", 2)
    with pytest.raises(RadiographError, match="damaged"):
        load_radiograph(data)


def archive():
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as content:
        content.writestr("a.txt", "hello")
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP"])
@pytest.mark.parametrize(
    "tail", [b"<SCRIPT>alert(1)</script>", b"<?php echo 1;", b"<html>", archive()], ids=repr
)
def test_polyglot_is_refused(kind, tail):
    data = encode(FILM, kind)
    assert load_radiograph(data).notes == ()
    with pytest.raises(RadiographError, match="second kind of file"):
        load_radiograph(data + tail)
