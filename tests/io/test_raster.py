"""Formats beside JPEG and PNG, and pictures that are something else as well."""

import struct
import zipfile
import zlib
from io import BytesIO

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from tests.io.test_radiograph import FILM, difference, encode
from xray_core.errors import RadiographError
from xray_core.io import codestream, raster
from xray_core.io.radiograph import decode, load_radiograph


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
    for reader in (raster, codestream):
        monkeypatch.setattr(reader, "MAX_SCANS", 2)
    with pytest.raises(RadiographError, match="damaged"):
        load_radiograph(data)


def test_byte_between_the_segments_hides_no_scans(monkeypatch):
    data = encode(FILM, "JPEG", progressive=True)
    data = data[:2] + b"\xff" + data[2:]  # allowed, and no mark of a segment
    assert load_radiograph(data).pixels.shape == FILM.shape
    for reader in (raster, codestream):
        monkeypatch.setattr(reader, "MAX_SCANS", 2)
    with pytest.raises(RadiographError, match="damaged"):
        decode(data, "film")


def archive():
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as content:
        content.writestr("a.txt", "hello")
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP"])
@pytest.mark.parametrize(
    "tail",
    [b"<SCRIPT>alert(1)</script>", b"<?php echo 1;", b"<html>", archive()],
    ids=["script", "php", "page", "archive"],
)
def test_polyglot_is_refused(kind, tail):
    data = encode(FILM, kind)
    assert load_radiograph(data).notes == ()
    with pytest.raises(RadiographError, match="second kind of file"):
        load_radiograph(data + tail)


class TestPhotographs:
    def photograph(self, exif=None, coloured=False):
        image = Image.fromarray(FILM).convert("RGB")
        if coloured:
            image = Image.merge(
                "RGB",
                [band.point(lambda v, n=n: v // n) for n, band in enumerate(image.split(), 1)],
            )
        return encode(image, "JPEG", exif=Image.Exif() if exif is None else exif)

    def test_exposure_time_makes_it_a_photograph(self):
        exif = Image.Exif()
        exif.get_ifd(raster.EXIF)[raster.EXPOSURE] = 0.01
        assert load_radiograph(self.photograph(exif)).warnings == (raster.PHOTOGRAPH,)

    def test_colour_makes_it_a_photograph(self):
        assert load_radiograph(self.photograph(coloured=True)).warnings == (raster.PHOTOGRAPH,)

    def test_maker_of_a_scanner_does_not(self):
        exif = Image.Exif()
        exif[0x010F] = "Maker of scanners"
        assert load_radiograph(self.photograph(exif)).warnings == ()


class TestDeepColour:
    """All 16 bits count: Pillow alone would drop the lower eight."""

    @pytest.mark.parametrize("channels", [2, 3, 4])
    def test_levels_that_differ_in_the_low_byte_only_are_told_apart(self, channels):
        deep = (512 + FILM.astype(np.uint16)) // 2  # 266 to 375 of 65,535
        colours = {2: 1, 3: 3, 4: 3}[channels]
        opaque = [np.full_like(deep, 65535)] * (channels - colours)
        layers = [deep] * colours + opaque
        film = load_radiograph(encode_png(np.dstack(layers)))
        assert (
            difference(film, (deep - deep.min()) * 255.0 / np.ptp(deep)) <= 6
        )  # of the window's tails

    @pytest.mark.parametrize("channels", [2, 4])
    def test_transparent_part_is_black(self, channels):
        deep = FILM.astype(np.uint16) * 200
        alpha = np.full_like(deep, 65535)
        alpha[:10] = 0
        film = load_radiograph(encode_png(np.dstack([deep] * (channels - 1) + [alpha])))
        assert film.pixels[:10].max() == 0
        assert film.pixels[10:].min() > 0
        assert "Transparent parts are shown black." in film.notes


def test_deep_png_whose_chunk_claims_more_than_the_file_is_never_decoded(monkeypatch):
    whole = encode_png(np.dstack([FILM.astype(np.uint16) * 200] * 3))
    at = whole.index(b"IDAT") - 4
    decoded = []
    monkeypatch.setattr(raster, "decode_deep", lambda *_: decoded.append(1))
    for broken in (whole[:at] + b"\xfe" + whole[at + 1 :], whole[:-12] + b"\xfe\0\0\0IEND"):
        with pytest.raises(RadiographError, match="damaged"):
            decode(broken, "film")
    assert not decoded


def test_deep_png_may_be_followed_by_something_else():
    whole = encode_png(np.dstack([FILM.astype(np.uint16) * 200] * 3))
    film = load_radiograph(whole + b"\xff" * 20)
    assert difference(film, load_radiograph(whole).pixels) == 0


def encode_png(deep):
    """A 16-bit PNG of two to four channels, without a filter."""
    rows, columns, channels = deep.shape
    kind = {2: 4, 3: 2, 4: 6}[channels]
    lines = b"".join(b"\0" + row.astype(">u2").tobytes() for row in deep)

    def chunk(name, content):
        check = zlib.crc32(name + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + name + content + check

    header = struct.pack(">2L5B", columns, rows, 16, kind, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def exif_turned(turn):
    exif = Image.Exif()
    exif[raster.ORIENTATION] = turn
    return exif


@pytest.mark.parametrize(
    ("kept", "kind", "mode", "options"),
    [
        (True, "JPEG", "L", {}),
        (True, "JPEG", "L", {"exif": exif_turned(1)}),
        (False, "JPEG", "RGB", {}),
        (True, "JPEG", "L", {"progressive": True}),
        (False, "JPEG", "L", {"exif": exif_turned(6)}),
        (False, "JPEG", "L", {"icc_profile": b"a profile"}),
        (False, "PNG", "L", {}),
    ],
)
def test_only_a_jpeg_that_a_browser_shows_alike_is_noted(kept, kind, mode, options):
    data = encode(FILM, kind, mode, **options)
    assert load_radiograph(data).jpeg == (data if kept else None)


def test_cut_off_plain_jpeg_is_refused():
    with pytest.raises(RadiographError, match="damaged or cut off"):
        load_radiograph(encode(FILM, "JPEG")[:-400])


@pytest.mark.parametrize("bits", [8, 12, 16])
def test_lossless_jpeg_is_read(bits):
    codes = FILM if bits == 8 else FILM.astype(np.uint16) * 16
    film = load_radiograph(imagecodecs.jpeg8_encode(codes, lossless=True, bitspersample=bits))
    deep = load_radiograph(encode_tiff(codes))
    assert difference(film, deep.pixels) == 0


def test_jpeg_of_12_bits_is_read():
    codes = FILM.astype(np.uint16) * 16
    film = load_radiograph(imagecodecs.jpeg8_encode(codes, level=98, bitspersample=12))
    assert difference(film, load_radiograph(encode_tiff(codes)).pixels) <= 6
    assert "16-bit film" in film.notes[0]


def test_jpeg_ls_is_read():
    assert difference(load_radiograph(imagecodecs.jpegls_encode(FILM))) == 0


@pytest.mark.parametrize("kind", ["lossless", "JPEG-LS"])
def test_cut_off_uncommon_jpeg_is_called_damaged(kind):
    if kind == "JPEG-LS":
        data = imagecodecs.jpegls_encode(FILM)
    else:
        data = imagecodecs.jpeg8_encode(FILM, lossless=True)
    with pytest.raises(RadiographError, match="JPEG file that is damaged or cut off"):
        load_radiograph(data[:-100])


def test_whole_file_of_a_kind_that_is_not_read_is_not_called_damaged():
    data = bytearray(encode(FILM, "BMP"))
    data[30] = 4  # its compression: a JPEG inside
    with pytest.raises(RadiographError, match="is a BMP file of a kind that is not read"):
        load_radiograph(bytes(data))
