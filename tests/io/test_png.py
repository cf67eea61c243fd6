"""Of a PNG only the picture counts, with its gamma and its orientation."""

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tests.io.test_radiograph import FILM, difference, encode
from tests.io.test_raster import encode_png
from xray_core.errors import RadiographError
from xray_core.io import png
from xray_core.io.radiograph import decode, load_radiograph

DEEP = np.dstack([FILM.astype(np.uint16) * 16] * 3)


def with_chunk(data, kind, content):
    """The file with a chunk after its header."""
    check = zlib.crc32(kind + content).to_bytes(4, "big")
    return data[:33] + len(content).to_bytes(4, "big") + kind + content + check + data[33:]


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (b"iCCP", b"screen\0\0" + zlib.compress(bytes(3 << 20), 1)),
        (b"iCCP", b"screen\0\0no profile at all"),
        (b"zTXt", b"note\0\0" + zlib.compress(bytes(80 << 20))),
        (b"tEXt", b"note\0" + b"x" * (2 << 20)),
        (b"vpAg", b"of a program"),
    ],
)
def test_profile_or_text_of_any_length_is_skipped(capfd, deep, kind, content):
    plain = encode_png(DEEP) if deep else encode(FILM, "PNG")
    film = load_radiograph(with_chunk(plain, kind, content))
    assert difference(film, decode(plain, "film").pixels) == 0
    assert capfd.readouterr() == ("", "")


def gamma(value):
    return struct.pack(">I", round(value * 100_000))


@pytest.mark.parametrize("value", [1 / 2.2, 0.45, 0])
def test_usual_gamma_changes_nothing(value):
    film = load_radiograph(with_chunk(encode(FILM, "PNG"), b"gAMA", gamma(value)))
    assert difference(film) == 0
    assert film.notes == ()


def test_gamma_of_linear_light_is_applied():
    film = load_radiograph(with_chunk(encode(FILM, "PNG"), b"gAMA", gamma(1)))
    assert difference(film, 255 * (FILM / 255) ** (1 / 2.2)) <= 1
    assert film.notes == ("Its gamma is applied: levels to the power of 0.45.",)


def test_gamma_of_a_deep_film_is_applied_before_its_window():
    light = np.dstack([np.rint(65535 * (FILM / 255) ** 2.2).astype(np.uint16)] * 3)
    film = load_radiograph(with_chunk(encode_png(light), b"gAMA", gamma(1)))
    assert difference(film, (FILM - 20.0) * 255 / (FILM.max() - 20)) < 4


def test_profile_goes_before_the_gamma():
    data = with_chunk(encode(FILM, "PNG"), b"gAMA", gamma(1))
    assert difference(load_radiograph(with_chunk(data, b"sRGB", b"\0"))) == 0


@pytest.mark.parametrize("kind", ["PNG", "BMP", "WEBP"])
def test_alpha_nobody_set_is_none(kind):
    rgba = np.dstack([FILM] * 3 + [np.zeros_like(FILM)])
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    film = load_radiograph(encode(rgba, kind, **options))
    assert difference(film) <= 1
    assert film.notes == ()


def test_alpha_nobody_set_of_a_deep_film_is_none():
    film = load_radiograph(encode_png(np.dstack([DEEP, np.zeros_like(DEEP[..., 0])])))
    assert difference(film, load_radiograph(encode_png(DEEP)).pixels) == 0


def test_picture_in_too_many_pieces_is_refused(monkeypatch):
    monkeypatch.setattr(png, "MAX_CHUNKS", 5)
    data = encode(FILM, "PNG")
    for _ in range(9):
        data = with_chunk(data, b"tEXt", b"a\0b")
    with pytest.raises(RadiographError, match="PNG file that is damaged or cut off"):
        decode(data, "film")


@pytest.mark.parametrize("kind", [b"IHDR", b"acTL", b"gAMA"])
@pytest.mark.parametrize("length", [0, 3])
def test_header_too_short_for_what_it_says_is_refused(kind, length):
    """Also at the very end, where there is nothing behind it to be read instead."""
    data = encode(FILM, "PNG")[:33] + length.to_bytes(4, "big") + kind + bytes(length + 4)
    for cut_off in (data, data + bytes(40)):
        with pytest.raises(RadiographError, match="PNG file that is damaged or cut off"):
            decode(cut_off, "film")


def test_damaged_deep_film_says_nothing_on_the_console(capfd):
    data = bytearray(encode_png(DEEP))
    data[len(data) // 2] ^= 255
    with pytest.raises(RadiographError, match="damaged or cut off"):
        decode(bytes(data), "film")
    assert capfd.readouterr() == ("", "")


def test_orientation_is_kept():
    exif = Image.Exif()
    exif[0x0112] = 3
    file = BytesIO()
    Image.fromarray(FILM).save(file, "PNG", exif=exif)
    assert difference(load_radiograph(file.getvalue()), FILM[::-1, ::-1]) == 0
