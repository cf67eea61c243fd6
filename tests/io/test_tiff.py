"""TIFFs of every kind that is read give the film, and the others their kind."""

import struct
from io import BytesIO

import numpy as np
import pytest
import tifffile
from PIL import Image

from tests.io.test_radiograph import FILM, difference
from xray_core.errors import RadiographError
from xray_core.io import tiff
from xray_core.io.radiograph import decode, load_radiograph

DEEP = FILM.astype(np.uint16) * 16
STRETCHED = (FILM - 20.0) * 255 / (FILM.max() - 20)  # what a deep film is windowed to


def encode(pixels, **options):
    file = BytesIO()
    tifffile.imwrite(file, pixels, **{"photometric": "minisblack"} | options)
    return file.getvalue()


def full(pixels):
    return np.full_like(pixels, np.iinfo(pixels.dtype).max)


DEEP_KINDS = {
    "grey": (DEEP, {}),
    "big-endian": (DEEP, {"byteorder": ">"}),
    "BigTIFF": (DEEP, {"bigtiff": True}),
    "big-endian BigTIFF": (DEEP, {"bigtiff": True, "byteorder": ">"}),
    "tiles": (DEEP, {"tile": (32, 32)}),
    "LZW": (DEEP, {"compression": "lzw", "predictor": True}),
    "Deflate": (DEEP, {"compression": "zlib", "predictor": True}),
    "signed": (DEEP.astype(np.int16) - 2000, {}),
    "signed, of 32 bits": (DEEP.astype(np.int32) - 2000, {}),
    "of 32 bits": (DEEP.astype(np.uint32), {}),
    "floats": (DEEP.astype(np.float32) / 4080, {}),
    "floats with a hole": (np.where(FILM == 25, np.nan, DEEP / 4080).astype(np.float32), {}),
    "alpha": (np.dstack([DEEP, full(DEEP)]), {"extrasamples": ["unassalpha"]}),
    "alpha nobody set": (np.dstack([DEEP, 0 * DEEP]), {"extrasamples": ["unassalpha"]}),
    "another channel": (np.dstack([DEEP, 0 * DEEP]), {"extrasamples": ["unspecified"]}),
    "RGB": (np.dstack([DEEP] * 3), {"photometric": "rgb"}),
    "RGB, big-endian": (np.dstack([DEEP] * 3), {"photometric": "rgb", "byteorder": ">"}),
    "RGB, planes apart": (
        np.stack([DEEP] * 3),
        {"photometric": "rgb", "planarconfig": "separate"},
    ),
    "RGBA": (
        np.dstack([*[DEEP] * 3, full(DEEP)]),
        {"photometric": "rgb", "extrasamples": ["unassalpha"]},
    ),
    "white is zero": (65535 - DEEP, {"photometric": "miniswhite"}),
}


@pytest.mark.parametrize("kind", DEEP_KINDS)
def test_deep_film_of_any_kind_is_windowed(kind):
    pixels, options = DEEP_KINDS[kind]
    film = load_radiograph(encode(pixels, **options))
    away = np.abs(film.pixels - np.clip(STRETCHED, 0, 255))
    assert np.median(away) < 3
    assert "16-bit" in film.notes[0]
    assert film.warnings == ()


FLAT_KINDS = {
    "grey": (FILM, {}),
    "signed": (FILM.astype(int) - 128, {"dtype": np.int8}),
    "white is zero": (255 - FILM, {"photometric": "miniswhite"}),
    "RGB": (np.dstack([FILM] * 3), {"photometric": "rgb"}),
    "RGB, planes apart": (
        np.stack([FILM] * 3),
        {"photometric": "rgb", "planarconfig": "separate"},
    ),
    "alpha": (np.dstack([FILM, full(FILM)]), {"extrasamples": ["unassalpha"]}),
    "alpha nobody set": (np.dstack([FILM, 0 * FILM]), {"extrasamples": ["unassalpha"]}),
    "Zstandard": (FILM, {"compression": "zstd"}),
}


@pytest.mark.parametrize("kind", FLAT_KINDS)
def test_film_of_8_bits_keeps_its_levels(kind):
    pixels, options = FLAT_KINDS[kind]
    dtype = options.pop("dtype", pixels.dtype)
    film = load_radiograph(encode(pixels.astype(dtype), **options))
    assert difference(film) <= 1
    assert film.notes == ()


@pytest.mark.parametrize(
    ("mode", "compression", "most"),
    [
        ("L", "jpeg", 12),
        ("P", None, 26),
        ("CMYK", None, 1),
        ("RGB", "jpeg", 12),
        ("1", "group4", 0),
    ],
)
def test_what_pillow_writes_is_read_as_pillow_reads_it(mode, compression, most):
    file = BytesIO()
    picture = Image.fromarray(FILM).convert(mode)
    picture.save(file, "TIFF", compression=compression)
    expected = np.asarray(picture.convert("L"))
    assert difference(load_radiograph(file.getvalue()), expected) <= most


def test_small_copy_of_the_film_is_no_second_page():
    file = BytesIO()
    with tifffile.TiffWriter(file) as writer:
        writer.write(FILM, photometric="minisblack")
        writer.write(FILM[::2, ::2], photometric="minisblack", subfiletype=1)
    assert difference(load_radiograph(file.getvalue())) == 0


def test_transparent_parts_are_black():
    alpha = full(DEEP)
    alpha[:10] = 0
    film = load_radiograph(encode(np.dstack([DEEP, alpha]), extrasamples=["unassalpha"]))
    assert film.pixels[:10].max() == 0
    assert film.pixels[10:].max() == 255
    assert "Transparent parts are shown black." in film.notes


def test_unknown_compression_is_named():
    data = encode(FILM)
    tag = b"\x03\x01\x03\x00\x01\x00\x00\x00"  # 259, a short
    data = data.replace(tag + b"\x01\x00", tag + b"\x06\x00")
    with pytest.raises(RadiographError, match="is a TIFF with the compression OJPEG"):
        load_radiograph(data, "a.tif")


def test_colours_that_are_not_read_are_named():
    data = encode(np.dstack([FILM] * 3), photometric="rgb")
    tag = b"\x06\x01\x03\x00\x01\x00\x00\x00"  # 262, a short
    data = data.replace(tag + b"\x02\x00", tag + b"\x08\x00")
    with pytest.raises(RadiographError, match="TIFF in colours of the kind CIELAB"):
        load_radiograph(data)


def test_strip_that_unpacks_to_more_than_its_share_is_refused():
    data = encode(np.zeros((64, 20_000), np.uint8), compression="zlib", rowsperstrip=64)
    tag = b"\x00\x01\x04\x00\x01\x00\x00\x00"  # 256, the width, a long
    data = data.replace(tag + (20_000).to_bytes(4, "little"), tag + (64).to_bytes(4, "little"))
    with pytest.raises(RadiographError, match="TIFF file that is damaged"):
        load_radiograph(data)


def test_tile_larger_than_any_film_is_not_unpacked(monkeypatch):
    data = encode(FILM, tile=(64, 96))
    for tag, value in ((b"\x42\x01", 96), (b"\x43\x01", 64)):
        for kind, length in ((b"\x03\x00", 2), (b"\x04\x00", 4)):
            entry = tag + kind + b"\x01\x00\x00\x00" + value.to_bytes(length, "little")
            data = data.replace(entry, entry[:8] + (46_000).to_bytes(length, "little"))
    monkeypatch.setattr(tifffile.TiffPage, "asarray", lambda *_, **__: pytest.fail("unpacked"))
    with pytest.raises(RadiographError, match="its own size in a tile"):
        decode(data, "film")


def test_first_bytes_tell_a_tiff():
    assert {encode(FILM, bigtiff=big, byteorder=order)[:4] for big in (0, 1) for order in "<>"} == {
        *tiff.STARTS
    }


def test_big_tiff_that_names_a_place_beyond_every_file_is_damaged():
    data = b"II" + struct.pack("<HHHQ", 43, 8, 0, 2**64 - 1) + bytes(99)
    with pytest.raises(RadiographError, match="TIFF file"):
        decode(data, "film")
