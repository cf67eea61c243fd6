"""What a film's file says without a look at a lung."""

import math
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from xray_core.audit.file_properties import THUMBNAIL, estimate_jpeg_quality, measure_films
from xray_core.datasets.catalogue import open_folder

NOISE = np.random.default_rng(0).integers(0, 256, (60, 90), np.uint8)


def encode(file_format, **options):
    file = BytesIO()
    Image.fromarray(NOISE).save(file, file_format, **options)
    return file.getvalue()


@pytest.mark.parametrize("quality", [5, 30, 60, 75, 90, 95, 99])
def test_estimate_jpeg_quality_finds_the_setting(quality):
    assert estimate_jpeg_quality(encode("JPEG", quality=quality)) == quality


def test_estimate_jpeg_quality_takes_the_nearest_of_other_tables():
    table = [16 + place // 4 for place in range(64)]
    estimate = estimate_jpeg_quality(encode("JPEG", qtables=[table]))
    assert 40 <= estimate <= 85


def test_estimate_jpeg_quality_is_nan_for_png():
    assert math.isnan(estimate_jpeg_quality(encode("PNG")))


@pytest.fixture
def measured(tmp_path):
    folder = tmp_path / "train" / "NORMAL"
    folder.mkdir(parents=True)
    (folder / "a.jpeg").write_bytes(encode("JPEG", quality=80))
    (folder / "b.png").write_bytes(encode("PNG"))
    (folder / "c.jpeg").write_bytes(b"broken")
    Image.new("L", (40, 40), 7).save(folder / "d.png")
    seen = []

    def progress(samples):
        for sample in samples:
            seen.append(sample.name)
            yield sample

    table, thumbnails = measure_films(open_folder(tmp_path).samples, progress)
    assert seen == ["a.jpeg", "b.png", "c.jpeg", "d.png"]
    return table.set_index("name"), thumbnails


def test_measure_films_gives_size_and_compression(measured):
    table, _ = measured
    size = len(encode("JPEG", quality=80))
    row = table.loc["a.jpeg"]
    assert (row["bytes"], row["width"], row["height"]) == (size, 90, 60)
    assert row["bytes_per_pixel"] == pytest.approx(size / 5400)
    assert row["aspect"] == 1.5
    assert row["jpeg_quality"] == 80
    assert math.isnan(table.loc["b.png", "jpeg_quality"])
    assert (row["split"], row["label"], row["subtype"]) == ("train", "NORMAL", "normal")


def test_measure_films_keeps_a_broken_film_as_a_row(measured):
    table, thumbnails = measured
    assert "expected a radiograph" in table.loc["c.jpeg", "error"]
    assert math.isnan(table.loc["c.jpeg", "width"])
    assert (table["error"] == "").sum() == 3
    assert not thumbnails[2].any()


def test_thumbnails_are_normed_and_survive_compression(measured):
    _, thumbnails = measured
    assert thumbnails.shape == (4, THUMBNAIL**2)
    assert thumbnails[0] @ thumbnails[0] == pytest.approx(1, abs=1e-5)
    assert abs(thumbnails[0].sum()) < 1e-3
    assert thumbnails[0] @ thumbnails[1] > 0.9
    assert not thumbnails[3].any()  # uniform
