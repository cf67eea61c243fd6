"""The gate: what it computes, and whom it lets in."""

import hashlib
import json

import cv2
import numpy as np
import pytest
from PIL import Image

from xray_core.datasets.catalogue import open_folder
from xray_core.errors import ModelError
from xray_core.inference import quality_gate as quality
from xray_core.inference.model_card import MODELS, read_card
from xray_core.inference.quality_gate import KINDS, Gate, describe_film, load_gate
from xray_core.inference.segmentation import load_segmenter, lungs_from_mask
from xray_core.inference.views import FILM_SIZE, reduce_film
from xray_core.io.radiograph import load_radiograph
from xray_core.training.gate import spoiled_films
from xray_core.types import Radiograph

SIZE = (FILM_SIZE, FILM_SIZE)


@pytest.fixture(scope="module")
def examine():
    return load_segmenter().examine


@pytest.fixture(scope="module")
def gate():
    return load_gate()


def judge(gate, examine, pixels):
    radiograph = Radiograph(np.ascontiguousarray(pixels), "film", "0")
    film = reduce_film(radiograph.pixels)
    return gate.assess(film, *examine(film), radiograph.pixels.shape)


def describe(film, lungs, seen):
    return describe_film(film, lungs, seen, quality.percentiles(film))


def made_gate(**changes):
    """A gate of two numbers by hand: the first says child, the second other."""
    output = np.zeros((2, len(KINDS)))
    output[0, 0] = output[1, -1] = 10
    weights = {
        "mean": [0, 0], "scale": [1, 1], "hidden": np.eye(2), "hidden_bias": [0, 0],
        "output": output, "output_bias": np.zeros(len(KINDS)), "centre": [1, 0],
        "directions": [[1.0], [0.0]], "spread": [2.0], "rest": 0.25, "least": 0.5, "farthest": 3,
        "grown": 0.9,
    }  # fmt: skip
    return Gate(weights | changes)


class TestGate:
    def test_shares_sum_to_one_and_follow_the_network(self):
        shares = made_gate().shares(np.array([[1.0, 0], [0, 1]]))
        np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)
        assert KINDS[shares[0].argmax()] == "child"
        assert KINDS[shares[1].argmax()] == "other"

    def test_distance_is_mahalanobis_along_and_beside_the_main_directions(self):
        # 4 along a direction of spread 2, 1 beside it where the variance is 0.25
        distance = made_gate().distances(np.array([[5.0, 1.0], [1.0, 0.0]]))
        np.testing.assert_allclose(distance, [np.sqrt(4 + 4), 0], atol=1e-5)

    def test_numbers_beyond_all_bounds_stay_finite(self):
        assert np.isfinite(made_gate().shares(np.array([[1e30, -1e30]]))).all()


class TestDescription:
    def test_every_film_gives_the_same_count_of_numbers(self):
        seen = np.zeros(256, np.float32)
        mask = np.zeros((80, 80), np.float32)
        empty = lungs_from_mask(mask)
        mask[20:60, 10:30] = mask[20:60, 50:70] = 1
        rows = [
            describe(np.full(SIZE, level, np.uint8), lungs, seen)
            for level in (0, 128, 255)
            for lungs in (empty, lungs_from_mask(mask))
        ]
        assert {row.shape for row in rows} == {rows[0].shape}
        assert np.isfinite(rows).all()

    def test_mask_turned_over_changes_the_numbers(self):
        mask = np.zeros((80, 80), np.float32)
        mask[10:50, 10:30] = mask[10:50, 50:70] = 1
        film, seen = np.zeros(SIZE, np.uint8), np.zeros(256, np.float32)
        upright = describe(film, lungs_from_mask(mask), seen)
        turned = describe(film, lungs_from_mask(mask[::-1].copy()), seen)
        assert np.abs(upright - turned).max() > 0.2


class TestPlainReasons:
    @pytest.mark.parametrize(
        ("pixels", "reason"),
        [
            (np.zeros((300, 300)), quality.UNIFORM),
            (np.full((300, 300), 128), quality.UNIFORM),
            (np.random.default_rng(0).integers(0, 60, (90, 300)), quality.TOO_SMALL),
            (np.random.default_rng(0).integers(0, 22, (300, 300)), quality.TOO_DARK),
        ],
    )  # fmt: skip
    def test_reason_is_named(self, gate, examine, pixels, reason):
        pixels = pixels.astype(np.uint8)
        if reason == quality.TOO_DARK:
            pixels = np.tile(np.linspace(0, 20, 300).astype(np.uint8), (300, 1))
        assert judge(gate, examine, pixels).reasons == (reason,)


class TestSeveralFilms:
    @pytest.mark.parametrize("width", [300, 500])
    def test_one_above_the_other_are_refused(self, classifier, sample_films, width):
        pixels = [film.open().pixels for film in sample_films[4:6]]
        halves = [cv2.resize(one, (width, width * 3 // 4)) for one in pixels]
        prediction = classifier.predict(Radiograph(np.vstack(halves), "two", "0"))
        assert prediction.reasons[0] == quality.SEVERAL

    def test_side_by_side_are_refused(self, classifier, sample_films):
        pixels = [cv2.resize(film.open().pixels, (400, 300)) for film in sample_films[4:6]]
        assert classifier.predict(Radiograph(np.hstack(pixels), "two", "0")).refused

    def test_one_film_is_not_taken_for_several(self, examine, sample_films):
        for film in sample_films:
            lungs, _ = examine(reduce_film(film.open().pixels))
            assert not quality.shows_several_films(lungs.mask)

    def test_lungs_side_by_side_are_those_of_one_film(self):
        mask = np.zeros((40, 40), np.float32)
        mask[5:30, 3:17] = mask[8:34, 22:37] = 1
        assert not quality.shows_several_films(mask)
        assert quality.shows_several_films(np.vstack([mask, mask]))
        assert quality.shows_several_films(np.hstack([mask, mask]))
        assert not quality.shows_several_films(np.zeros((40, 40), np.float32))


class TestSmallFilms:
    @pytest.mark.parametrize(("side", "warned"), [(190, True), (224, False), (600, False)])
    def test_film_whose_noise_counts_is_warned_of(self, gate, examine, sample_films, side, warned):
        pixels = sample_films[0].open().pixels
        scale = side / min(pixels.shape)
        small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        found = judge(gate, examine, small)
        assert found.accepted
        assert (quality.SMALL in found.warnings) == warned


def turned(pixels, degrees):
    rows, columns = pixels.shape
    matrix = cv2.getRotationMatrix2D((columns / 2, rows / 2), -degrees, 1)
    return cv2.warpAffine(pixels, matrix, (columns, rows))


class TestTilt:
    @pytest.mark.parametrize("degrees", [-20, 20])
    def test_tilted_film_is_warned_of(self, gate, examine, sample_films, degrees):
        found = [
            judge(gate, examine, turned(film.open().pixels, degrees)) for film in sample_films[:8]
        ]
        warned = [any("askew" in text for text in answer.warnings) for answer in found]
        assert sum(warned) >= 4

    def test_upright_films_are_not(self, gate, examine, sample_films):
        found = [judge(gate, examine, film.open().pixels) for film in sample_films]
        assert sum("askew" in text for answer in found for text in answer.warnings) <= 1

    @pytest.mark.parametrize("degrees", [-15, 0, 15])
    def test_tilt_is_that_of_the_lungs_on_a_film_of_any_shape(self, degrees):
        film = np.zeros((300, 500), np.uint8)
        film[80:220, 120:200] = film[80:220, 300:380] = 255
        mask = cv2.resize(turned(film, degrees), (112, 112)).astype(np.float32) / 255
        found = quality.tilt_of(mask, film.shape) + quality.UPRIGHT_TILT
        assert found == pytest.approx(degrees, abs=1)

    def test_one_lung_tells_no_tilt(self):
        mask = np.zeros((40, 40), np.float32)
        mask[5:30, 3:17] = 1
        assert quality.tilt_of(mask, (40, 40)) == 0


class TestShippedGate:
    def test_full_size_films_are_accepted_also_when_saved_badly(self, gate, examine, sample_films):
        refused = []
        for sample in sample_films:
            film = sample.open()
            _, code = cv2.imencode(".jpg", film.pixels, [cv2.IMWRITE_JPEG_QUALITY, 15])
            for pixels in (film.pixels, cv2.imdecode(code, cv2.IMREAD_GRAYSCALE)):
                if judge(gate, examine, pixels).reasons:
                    refused.append(sample.name)
        assert len(refused) <= 1

    @pytest.mark.parametrize(
        ("spoil", "kind"),
        [
            (np.rot90, "turned by 90°"),
            (lambda film: np.rot90(film, 3), "turned by 90°"),
            (lambda film: np.rot90(film, 2), "upside down"),
            (lambda film: 255 - film, "inverted"),
        ],
    )
    def test_spoiled_films_are_refused_with_the_reason(
        self, gate, examine, sample_films, spoil, kind
    ):
        found = [judge(gate, examine, spoil(sample.open().pixels)) for sample in sample_films]
        assert sum(quality.REASONS[kind] in answer.reasons for answer in found) >= 15

    def test_drawn_pictures_are_refused(self, gate, examine):
        rng = np.random.default_rng(99)
        answers = [judge(gate, examine, spoiled_films.draw_other(rng)) for _ in range(100)]
        assert all(answer.reasons for answer in answers)

    def test_published_files_of_other_parts_are_refused(self, gate, examine):
        from pathlib import Path

        from pydicom.data.data_manager import DATA_ROOT

        for name in ("693_J2KI", "CT_small", "examples_overlay", "JPEG2000"):
            film = load_radiograph(Path(DATA_ROOT) / "test_files" / f"{name}.dcm")
            assert judge(gate, examine, film.pixels).reasons, name

    def test_gate_was_fitted_with_the_shipped_lung_finder(self):
        gate, lungs = (read_card(MODELS / name) for name in ("quality", "lung_fields"))
        assert gate["segmentation"] == lungs["files"]["model.tflite"], "run train-gate again"

    def test_card_names_the_file(self, tmp_path, monkeypatch):
        folder = tmp_path / "quality"
        folder.mkdir()
        (folder / "gate.npz").write_bytes(b"something else")
        digest = hashlib.sha256(b"the gate").hexdigest()
        (folder / "card.json").write_text(json.dumps({"files": {"gate.npz": digest}}))
        monkeypatch.setenv("XRAY_MODELS", str(tmp_path))
        with pytest.raises(ModelError, match="SHA-256"):
            load_gate()


class TestClassifierWithGate:
    def test_refused_picture_is_answered_beside_the_gate(self, classifier):
        film = Radiograph(spoiled_films.draw_other(np.random.default_rng(0)), "drawn", "0")
        refused = classifier.predict(film)
        assert refused.decision == "refused"
        assert refused.reasons == refused.quality.reasons
        answered = refused.ungated()
        assert answered.decision == refused.answer
        assert 0 <= answered.probability <= 1
        assert refused.reasons[0] in answered.reasons

    def test_inverted_film_is_answered_like_the_upright_one(self, classifier, sample_films):
        differences = []
        for sample in sample_films[::4]:
            film = sample.open()
            inverted = Radiograph(255 - film.pixels, film.name, "1")
            right, wrong = classifier.analyze(film), classifier.analyze(inverted)
            assert any("inverted back" in reason for reason in wrong.prediction.reasons)
            differences.append(abs(right.prediction.score - wrong.prediction.score))
            np.testing.assert_array_equal(wrong.radiograph.pixels, film.pixels)
        assert max(differences) < 1e-4

    def test_warnings_of_the_file_reach_the_answer(self, classifier, sample_films):
        film = sample_films[0].open()
        warned = Radiograph(film.pixels, "a", "0", (), ("this film is of a 63-year-old.",))
        assert "this film is of a 63-year-old." in classifier.analyze(warned).prediction.reasons


@pytest.fixture(scope="module")
def films(official_films):
    return [s.open().pixels for s in open_folder(official_films).select(split="test")]


@pytest.mark.slow
class TestOfficialFilms:
    """Films that neither the gate nor the segmentation was fitted on."""

    def test_at_most_one_in_a_hundred_is_refused(self, gate, examine, films):
        refused = [bool(judge(gate, examine, film).reasons) for film in films]
        assert np.mean(refused) <= 0.01

    @pytest.mark.parametrize("turns", [1, 2, 3])
    def test_turned_films_are_caught(self, gate, examine, films, turns):
        caught = [bool(judge(gate, examine, np.rot90(film, turns)).reasons) for film in films]
        assert np.mean(caught) >= 0.95


def test_crop_shows_only_a_part_of_the_lungs():
    mask = np.zeros((80, 80), np.float32)
    mask[20:60, 10:30] = mask[20:60, 50:70] = 1
    film = np.asarray(Image.fromarray((mask * 255).astype(np.uint8)).resize(SIZE))
    part = spoiled_films.crop(film, mask, np.random.default_rng(0))
    assert part.shape == SIZE
    assert part.dtype == np.uint8


def test_percentiles_are_those_of_numpy():
    film = np.random.default_rng(0).normal(120, 60, (50, 41)).clip(0, 255).astype(np.uint8)
    expected = np.percentile(film, quality.PERCENTILES)
    np.testing.assert_allclose(quality.percentiles(film), expected)
