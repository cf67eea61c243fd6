"""Every encoding a person may drop becomes the same film; everything else, one sentence."""

import hashlib
import re
import time
import zlib
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from xray_core.errors import RadiographError
from xray_core.io import radiograph
from xray_core.io.limits import MIN_SIDE
from xray_core.io.radiograph import load_radiograph


def draw_film(rows=60, columns=80):
    """A smooth film without symmetry: brighter to the right, brighter still to the bottom."""
    row, column = np.mgrid[0:rows, 0:columns]
    return (20 + 120 * row / rows + 100 * column / columns).astype(np.uint8)


FILM = draw_film()


def encode(picture, file_format, mode=None, **options):
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image = image.convert(mode) if mode else image
    file = BytesIO()
    image.save(file, file_format, **options)
    return file.getvalue()


def encode_deep(picture):
    done, data = cv2.imencode(".png", picture)
    assert done
    return data.tobytes()


def difference(film, expected=FILM):
    assert film.pixels.shape == expected.shape
    return np.abs(film.pixels.astype(int) - expected).max()


class TestEncodings:
    @pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P"])
    def test_png_of_any_mode_gives_the_grey_levels(self, mode):
        film = load_radiograph(encode(FILM, "PNG", mode))
        # A palette of 216 colours is coarser than the film.
        assert difference(film) <= (26 if mode == "P" else 0)
        assert film.notes == ()

    def test_grey_palette_is_exact(self):
        image = Image.fromarray(FILM).quantize(256)
        film = load_radiograph(encode(image, "PNG"))
        assert difference(film, np.asarray(image.convert("L"))) == 0

    def test_one_bit_png_becomes_black_and_white(self):
        film = load_radiograph(encode(FILM > 130, "PNG"))
        assert difference(film, np.where(FILM > 130, 255, 0)) == 0

    @pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
    @pytest.mark.parametrize("progressive", [False, True])
    def test_jpeg_of_any_mode_gives_the_grey_levels(self, mode, progressive):
        data = encode(FILM, "JPEG", mode, quality=95, progressive=progressive)
        film = load_radiograph(data)
        assert difference(film) <= 4
        assert film.notes == ()

    def test_colour_becomes_luma_and_is_noted(self):
        red = np.zeros((40, 40, 3), np.uint8)
        red[..., 0] = 200
        film = load_radiograph(encode(red, "PNG"))
        assert difference(film, np.full((40, 40), 60)) <= 1  # 0.299 of 200
        assert "colour" in film.notes[0]

    def test_small_coloured_mark_is_no_colour(self):
        picture = np.repeat(FILM[..., None], 3, axis=2)
        picture[0, 0] = (255, 0, 0)
        assert load_radiograph(encode(picture, "PNG")).notes == ()

    def test_transparent_parts_become_black_and_are_noted(self):
        alpha = np.full_like(FILM, 255)
        alpha[:10] = 0
        film = load_radiograph(encode(np.dstack([FILM, FILM, FILM, alpha]), "PNG"))
        assert film.pixels[:10].max() == 0
        assert difference(film, np.where(alpha, FILM, 0)) == 0
        assert "black" in film.notes[0]

    def test_transparent_grey_level_becomes_black(self):
        flat = np.full((40, 40), 90, np.uint8)
        flat[:, 20:] = 180
        film = load_radiograph(encode(flat, "PNG", transparency=180))
        assert difference(film, np.where(flat == 180, 0, flat)) == 0

    @pytest.mark.parametrize("orientation", range(1, 9))
    @pytest.mark.parametrize("file_format", ["PNG", "JPEG"])
    def test_exif_orientation_turns_the_film(self, orientation, file_format):
        exif = Image.Exif()
        exif[0x0112] = orientation
        data = encode(FILM, file_format, exif=exif.tobytes(), quality=100)
        with Image.open(BytesIO(data)) as image:
            expected = np.asarray(ImageOps.exif_transpose(image))
        film = load_radiograph(data)
        assert difference(film, expected) == 0
        assert (len(film.notes) == 1) == (orientation != 1)

    @pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
    def test_broken_exif_does_not_spoil_the_film(self):
        data = encode(FILM, "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff\x01")
        assert load_radiograph(data).pixels.shape == FILM.shape

    def test_name_does_not_decide_the_format(self, tmp_path):
        path = tmp_path / "film.jpeg"
        path.write_bytes(encode(FILM, "PNG"))
        assert difference(load_radiograph(path)) == 0


class TestSixteenBits:
    @pytest.mark.parametrize("scale", [16, 257])
    def test_film_of_any_depth_fills_the_grey_levels(self, scale):
        film = load_radiograph(encode_deep(FILM.astype(np.uint16) * scale))
        stretched = (FILM - 20.0) * 255 / (FILM.max() - 20)
        assert difference(film, stretched) < 4  # the window leaves a thousandth on either side
        assert "16-bit" in film.notes[0]

    def test_hot_pixel_does_not_darken_the_film(self):
        deep = FILM.astype(np.uint16) * 4
        deep[0, 0] = 65535
        assert load_radiograph(encode_deep(deep)).pixels.mean() > 100

    def test_window_in_the_note_is_the_films_own(self):
        deep = np.tile(np.arange(1000, 2000, dtype=np.uint16), (40, 1))
        low, high = map(int, re.findall(r"\d+", load_radiograph(encode_deep(deep)).notes[0])[1:])
        assert (low, high) == (1000, 1998)

    def test_colour_is_read_with_all_bits(self):
        deep = np.repeat(FILM[..., None].astype(np.uint16) * 16, 3, axis=2)
        grey = load_radiograph(encode_deep(FILM.astype(np.uint16) * 16))
        assert difference(load_radiograph(encode_deep(deep)), grey.pixels) <= 1

    def test_real_colour_is_noted(self):
        deep = np.zeros((40, 40, 3), np.uint16)
        deep[..., 2] = 40000
        assert "colour" in load_radiograph(encode_deep(deep)).notes[0]

    def test_transparency_becomes_black(self):
        deep = np.full((40, 40, 4), 65535, np.uint16)
        deep[:20, :, 3] = 0
        film = load_radiograph(encode_deep(deep))
        assert film.pixels[:20].max() == 0
        assert film.pixels[20:].min() == 255

    def test_exif_orientation_is_applied(self):
        exif = Image.Exif()
        exif[0x0112] = 6
        upright = load_radiograph(encode_deep(FILM.astype(np.uint16) * 16)).pixels
        picture = Image.fromarray(FILM.astype(np.uint16) * 16)
        film = load_radiograph(encode(picture, "PNG", exif=exif.tobytes()))
        assert difference(film, np.rot90(upright, -1)) == 0

    def test_uniform_film_is_not_an_error(self):
        film = load_radiograph(encode_deep(np.full((40, 40), 3000, np.uint16)))
        assert np.unique(film.pixels).size == 1


class TestIdentity:
    def test_path_and_bytes_give_the_same_film(self, tmp_path):
        path = tmp_path / "one.png"
        path.write_bytes(encode(FILM, "PNG"))
        film = load_radiograph(str(path))
        assert film.digest == hashlib.sha256(path.read_bytes()).hexdigest()
        assert film.digest == load_radiograph(path.read_bytes()).digest
        assert film.name == "one.png"

    def test_given_name_wins(self, tmp_path):
        path = tmp_path / "one.png"
        path.write_bytes(encode(FILM, "PNG"))
        assert load_radiograph(path, "Anna").name == "Anna"
        assert load_radiograph(path.read_bytes(), "Anna").name == "Anna"

    def test_pixels_are_contiguous_after_a_rotation(self):
        exif = Image.Exif()
        exif[0x0112] = 6
        film = load_radiograph(encode(FILM, "PNG", exif=exif.tobytes()))
        assert film.pixels.flags.c_contiguous
        assert (film.height, film.width) == FILM.shape[::-1]


class TestLevels:
    """Grey levels that are in memory already: arrays and Pillow images."""

    @pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P"])
    def test_pillow_image_gives_what_its_file_gives(self, mode):
        image = Image.fromarray(FILM).convert(mode)
        file = load_radiograph(encode(image, "PNG"))
        film = load_radiograph(image)
        np.testing.assert_array_equal(film.pixels, file.pixels)
        assert (film.notes, film.warnings) == (file.notes, file.warnings)

    def test_array_is_the_film(self):
        film = load_radiograph(FILM, "mine")
        np.testing.assert_array_equal(film.pixels, FILM)
        assert (film.name, film.notes, film.jpeg) == ("mine", (), None)

    def test_later_changes_to_the_array_do_not_reach_the_film(self):
        levels = FILM.copy()
        film = load_radiograph(levels)
        levels[:] = 0
        np.testing.assert_array_equal(film.pixels, FILM)

    def test_sixteen_bits_are_windowed_as_in_a_file(self):
        deep = FILM.astype(np.uint16) * 16
        file = load_radiograph(encode_deep(deep))
        for source in (deep, Image.fromarray(deep)):
            film = load_radiograph(source)
            np.testing.assert_array_equal(film.pixels, file.pixels)
            assert film.notes == file.notes

    def test_colour_is_noted(self):
        colours = np.stack([FILM, FILM // 2, FILM], -1)
        assert "colour" in load_radiograph(colours).notes[0]

    def test_other_levels_are_other_films(self):
        one, other, turned = (load_radiograph(levels) for levels in (FILM, FILM + 1, FILM.T))
        assert len({one.digest, other.digest, turned.digest}) == 3
        assert load_radiograph(FILM).digest == one.digest

    @pytest.mark.parametrize(
        "levels",
        [FILM.astype(float), FILM.astype(np.int16), FILM[None], np.stack([FILM] * 2, -1), FILM[0]],
        ids=["float", "signed", "batch", "two channels", "a row"],
    )
    def test_what_is_no_film_is_refused_with_its_kind(self, levels):
        with pytest.raises(RadiographError, match=f"is {levels.dtype} .*convert it first"):
            load_radiograph(levels, "mine")

    def test_small_array_is_refused_with_its_size(self):
        with pytest.raises(RadiographError, match="20 × 10"):
            load_radiograph(np.zeros((10, 20), np.uint8))

    def test_float_image_is_refused(self):
        with pytest.raises(RadiographError, match="has 32"):
            load_radiograph(Image.fromarray(FILM).convert("F"))


def gif():
    return encode(FILM, "GIF")


FOREIGN = {
    "empty": b"",
    "a GIF picture": gif(),
    "a PDF document": b"%PDF-1.7\n",
    "a web page": b"\xef\xbb\xbf\n <!DOCTYPE html><html></html>",
    "a ZIP archive": b"PK\x03\x04" + bytes(30),
    "an SVG drawing": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "a program": b"MZ" + bytes(200),
    "a Python pickle": b"\x80\x04\x95" + bytes(20),
    "a HEIC picture": b"\x00\x00\x00\x18ftypheic" + bytes(20),
    "an AVIF picture": b"\x00\x00\x00\x18ftypavif" + bytes(20),
    "a video": b"\x00\x00\x00\x18ftypisom" + bytes(20),
    "a JPEG 2000 picture": b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(20),
    "a JPEG XL picture": b"\x00\x00\x00\x0cJXL \r\n\x87\n" + bytes(20),
    "none of these": b"hello, I am a text",
}


class TestRefusals:
    @pytest.mark.parametrize("what", FOREIGN)
    def test_foreign_content_is_named(self, what):
        with pytest.raises(RadiographError, match=f"'x.png' is {what}.*as one of these"):
            load_radiograph(FOREIGN[what], "x.png")

    @pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "deep"])
    def test_cut_off_film_is_called_damaged(self, kind, share):
        film = np.random.default_rng(0).integers(0, 255, (200, 300), np.uint8)
        data = encode_deep(film.astype(np.uint16) * 16) if kind == "deep" else encode(film, kind)
        with pytest.raises(RadiographError, match="damaged or cut off"):
            load_radiograph(data[: int(len(data) * share)])

    @pytest.mark.parametrize("start", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"])
    def test_noise_behind_a_right_start_is_called_damaged(self, start):
        noise = np.random.default_rng(1).integers(0, 256, 5000, np.uint8).tobytes()
        with pytest.raises(RadiographError, match="damaged or cut off"):
            load_radiograph(start + noise)

    @pytest.mark.parametrize("seed", range(20))
    def test_flipped_bytes_give_a_film_or_a_sentence(self, seed):
        rng = np.random.default_rng(seed)
        data = bytearray(encode(FILM, ["JPEG", "PNG"][seed % 2]))
        for place in rng.integers(20, len(data), 5):
            data[place] = rng.integers(256)
        sentence = ""
        try:
            film = load_radiograph(bytes(data))
        except RadiographError as error:
            film, sentence = None, str(error)
        assert sentence.startswith("expected a radiograph") or film.pixels.size > 0

    def test_small_film_is_refused_with_its_size(self):
        small = draw_film(MIN_SIDE - 1, 50)
        with pytest.raises(RadiographError, match=r"at least 32 pixels .* has 50 × 31"):
            load_radiograph(encode(small, "PNG"))

    def test_smallest_film_is_read(self):
        small = draw_film(MIN_SIDE, MIN_SIDE)
        assert load_radiograph(encode(small, "PNG")).pixels.shape == small.shape

    @pytest.mark.parametrize("kind", ["JPEG", "PNG"])
    def test_bomb_is_refused_before_it_is_decoded(self, kind):
        # 20,000 by 20,000 pixels would be 400 MB: only the header claims them.
        data = bytearray(encode(FILM, kind))
        place, length = (16, 4) if kind == "PNG" else (data.index(b"\xff\xc0") + 5, 2)
        data[place : place + 2 * length] = (20000).to_bytes(length, "big") * 2
        if kind == "PNG":
            data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
        started = time.perf_counter()
        with pytest.raises(RadiographError, match=r"at most 24 million pixels.*20000 × 20000"):
            load_radiograph(bytes(data))
        assert time.perf_counter() - started < 0.5

    def test_large_file_is_refused_without_reading_it(self, tmp_path, monkeypatch):
        path = tmp_path / "large.png"
        with path.open("wb") as file:
            file.truncate(radiograph.MAX_BYTES + 1)
        monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("the file was read"))
        with pytest.raises(RadiographError, match=r"at most 64 MB, but 'large.png' has 64 MB"):
            load_radiograph(path)

    def test_large_content_is_refused(self, monkeypatch):
        monkeypatch.setattr(radiograph, "MAX_BYTES", 100)
        with pytest.raises(RadiographError, match="save the film smaller"):
            load_radiograph(encode(FILM, "PNG"))

    def test_folder_is_refused(self, tmp_path):
        with pytest.raises(RadiographError, match="is a folder: name one file"):
            load_radiograph(tmp_path)

    @pytest.mark.parametrize("path", ["nowhere/film.png", "with\0null.png", "x" * 5000])
    def test_path_to_nothing_is_refused(self, path):
        with pytest.raises(RadiographError, match="check the path"):
            load_radiograph(path)


def test_every_official_film_can_be_read(official_films):
    from xray_core.datasets.catalogue import open_folder

    samples = open_folder(official_films).samples
    assert len(samples) == 5856
    for sample in samples:
        assert sample.open().pixels.size
