"""What a classifier learns from, and how it is drawn: `xray_core.training.examples`, `fitting`."""

from dataclasses import replace
from math import nan

import cv2
import numpy as np
import pytest

from xray_core.datasets.catalogue import Sample
from xray_core.errors import DataError
from xray_core.io.film_source import InMemory
from xray_core.training.config import TrainingConfig
from xray_core.training.examples import (
    CHILD,
    Example,
    cell_shares,
    classes_of,
    read_adults,
    read_samples,
)
from xray_core.types import WHOLE_FILM, Box, Lungs, View

FILM = np.zeros((224, 224), np.uint8)
LABELS = """image,label,labelled_by,view,patient,split
a.png,normal,radiologists,AP,1,train
b.png,pneumonia,radiologists,PA,2,train
c.png,other_abnormal,radiologists,PA,3,train
d.png,normal,text mining,PA,4,train
e.png,normal,radiologists,PA,5,valid
"""
BOXES = "image,x,y,w,h,label\nb.png,0.25,0.5,0.25,0.25,x\nb.png,0.6,0.1,0.2,0.2,x\n"


def example(group=CHILD, opacity=0.0, **known):
    return Example("a", FILM, None, "p", group, opacity, **known)


@pytest.fixture
def adults(tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "labels.csv").write_text(LABELS)
    (tmp_path / "boxes.csv").write_text(BOXES)
    for number, name in enumerate("abcde"):
        cv2.imwrite(str(tmp_path / f"images/{name}.png"), np.full((64, 64), 40 * number, np.uint8))
    return tmp_path


def test_adults_bring_what_radiologists_know(adults):
    normal, opaque, other = read_adults(adults, "train", None)
    assert [each.name for each in (normal, opaque, other)] == ["a", "b", "c"]
    assert [each.cell for each in (normal, opaque, other)] == [
        ("AP", "normal"),
        ("PA", "opacity"),
        ("PA", "other"),
    ]
    assert normal.boxes == other.boxes == ()
    assert opaque.boxes[0] == Box(0.25, 0.5, 0.5, 0.75)
    assert len(opaque.boxes) == 2
    assert (normal.other, other.other) == (0, 1)
    assert np.isnan(opaque.other)
    assert normal.film[0, 0] == 0
    assert other.film[0, 0] == 80


def test_adults_of_another_split_are_others(adults):
    assert [each.name for each in read_adults(adults, "valid", None)] == ["e"]
    with pytest.raises(DataError, match="labelled films of the split 'test'"):
        read_adults(adults, "test", None)


def test_a_folder_laid_out_otherwise_is_a_sentence(tmp_path):
    with pytest.raises(DataError, match="with the columns image, label, labelled_by"):
        read_adults(tmp_path, "train", None)


def test_batches_tell_neither_source_nor_projection_nor_label():
    examples = [
        *[example()] * 2,
        *[example(opacity=1.0)] * 6,
        *[example("AP", other=0.0)],
        *[example("AP", 1.0)] * 9,
        *[example("PA", other=0.0)] * 7,
        *[example("PA", other=1.0)] * 3,
        *[example("PA", 1.0)],
    ]
    shares = cell_shares(examples)
    assert shares.sum() == pytest.approx(1)
    drawn = {}
    for each, share in zip(examples, shares, strict=True):
        drawn[each.cell] = drawn.get(each.cell, 0) + share
    assert drawn == pytest.approx(
        {
            (CHILD, "normal"): 0.25,
            (CHILD, "opacity"): 0.25,
            ("AP", "normal"): 0.125,
            ("AP", "opacity"): 0.125,
            ("PA", "normal"): 0.0625,
            ("PA", "other"): 0.0625,
            ("PA", "opacity"): 0.125,
        }
    )


def test_the_share_of_children_changes_no_balance_within_them_or_adults():
    examples = [example(), example(opacity=1.0), *[example("PA")] * 2, example("PA", 1.0)]
    np.testing.assert_allclose(cell_shares(examples, 0.8), [0.4, 0.4, 0.05, 0.05, 0.1])


@pytest.mark.parametrize("children", [0.5, 0.8])
def test_children_alone_are_balanced_by_label(children):
    examples = [example()] * 3 + [example(opacity=1.0)]
    np.testing.assert_allclose(cell_shares(examples, children), [1 / 6] * 3 + [1 / 2])


def test_targets_say_what_is_known_and_no_more():
    from xray_core.training.losses import targets_of

    child = example(opacity=1.0, subtype=1)
    adult = example("AP", other=1.0)
    opaque = example("AP", 1.0, other=nan)
    assert targets_of(child, 4, 2).tolist() == [1, 0, 1, -1]
    assert targets_of(adult, 4, 2).tolist() == [0, -1, -1, 1]
    assert targets_of(opaque, 4, 2).tolist() == [1, -1, -1, -1]
    assert targets_of(child, 3, 2).tolist() == [1, 0, 1]
    assert targets_of(example(opacity=1.0), 1, 0).tolist() == [1]


def test_places_are_known_inside_boxes_and_outside_but_not_at_their_rims():
    from xray_core.training.fitting import opaque_places

    view = View(np.zeros((128, 128, 2), np.float32), WHOLE_FILM)
    framed = example("AP", 1.0, boxes=(Box(0.25, 0.5, 0.5, 0.75),))
    places = opaque_places(framed, view, None, 16)
    assert places[8:12, 4:8].min() == 1
    assert places[:7].max() == places[:, 9:].max() == 0
    shifted = np.array([[1, 0, 0.25], [0, 1, 0]])  # what is seen lies a quarter to the left
    np.testing.assert_array_equal(opaque_places(framed, view, shifted, 16)[8:12, 0:4], 1)
    half = example("AP", 1.0, boxes=(Box(0.0, 0.0, 0.52, 1.0),))
    assert set(opaque_places(half, view, None, 16)[5].tolist()) == {1, -1, 0}
    assert opaque_places(example(), view, None, 16).max() == -1
    assert opaque_places(replace(framed, boxes=()), view, None, 16).min() == 0


def test_the_loss_of_what_is_unknown_is_nothing():
    from xray_core.training.losses import logits_loss, places_loss

    loss = logits_loss(2, TrainingConfig(label_smoothing=0.0))
    logits = np.array([[0.0, 1.0, 1.0, 9.0], [0.0, 5.0, -5.0, 9.0]], np.float32)
    unknown = np.array([[1, -1, -1, -1], [0, -1, -1, -1]], np.float32)
    np.testing.assert_allclose(loss(unknown, logits), np.log(2), rtol=1e-5)
    known = np.array([[1, 1, 0, -1], [0, -1, -1, 1]], np.float32)
    config = TrainingConfig()
    expected = [np.log(2) + config.subtype_weight * np.log(2), np.log(2)]
    np.testing.assert_allclose(loss(known, logits), expected, atol=1e-3)
    nothing = np.full((1, 4, 4), -1, np.float32)
    assert float(places_loss(nothing, np.ones((1, 4, 4), np.float32))[0]) == 0


def test_few_places_with_opacity_count_as_much_as_the_many_without():
    from xray_core.training.losses import places_loss

    target = np.zeros((1, 4, 4), np.float32)
    target[0, 0, 0] = 1
    missed, alarmed = np.full((2, 1, 4, 4), -9, np.float32)
    alarmed[:] = 9
    first, second = (float(places_loss(target, each)[0]) for each in (missed, alarmed))
    assert first == pytest.approx(4.5, rel=1e-3)
    assert second == pytest.approx(4.5, rel=1e-3)


def test_exchanged_lungs_bring_their_label_and_half_of_them_an_opacity():
    from xray_core.training.fitting import Batches

    mask = np.zeros((80, 80), np.float32)
    mask[20:60, 10:35] = mask[20:60, 45:70] = 1
    lungs = Lungs(mask, Box(0.1, 0.2, 0.9, 0.8))
    across = np.tile(np.linspace(0, 200, 224).astype(np.uint8), (224, 1))
    normal = Example("n", across, lungs, "a", CHILD, 0.0, boxes=())
    ill = Example("i", across.T.copy(), lungs, "b", CHILD, 1.0, 1)
    batches = Batches([normal, ill], TrainingConfig(exchanged=1.0), 3, 2, 16)
    rng = np.random.default_rng(0)
    made = [batches._exchange(normal, rng) for _ in range(200)]
    assert 80 < sum(each.opacity for each in made) < 120
    for each in made[:20]:
        assert each.boxes == (None if each.opacity else ())
        assert each.subtype == (1 if each.opacity else -1)
        down = np.diff(each.film[70:150, 45:85].astype(float), axis=0)
        assert (down.mean() > 0.5) == bool(each.opacity)
        np.testing.assert_array_equal(each.film[:40], across[:40])
    assert (
        Batches([normal, ill], TrainingConfig(exchanged=0.0), 3, 2, 16)._exchange(normal, rng)
        is normal
    )


def test_an_opacity_drawn_into_a_normal_film_is_pneumonia_of_a_known_place():
    from xray_core.training.fitting import Batches, opaque_places
    from xray_core.training.losses import UNKNOWN

    mask = np.zeros((80, 80), np.float32)
    mask[20:60, 10:35] = mask[20:60, 45:70] = 1
    lungs = Lungs(mask, Box(0.1, 0.2, 0.9, 0.8))
    normal = Example("n", FILM, lungs, "a", "AP", 0.0, other=0.0, boxes=())
    others = [
        replace(normal, other=1.0),
        replace(normal, opacity=1.0, other=nan, boxes=None),
        replace(normal, lungs=None),
    ]
    batches = Batches([normal], TrainingConfig(drawn=1.0), 3, 2, 16)
    rng = np.random.default_rng(3)
    assert all(batches._draw(each, rng) is each for each in others)
    made = [batches._draw(normal, rng) for _ in range(20)]
    assert all(each.cell == ("AP", "opacity") and np.isnan(each.other) for each in made)
    view = View(np.zeros((128, 128, 2), np.float32), WHOLE_FILM)
    for each in made:
        places = opaque_places(each, view, None, 16)
        assert set(np.unique(places)) <= {0, 1, UNKNOWN}
        shares = each.drawn.reshape(16, 14, 16, 14).mean((1, 3))
        np.testing.assert_array_equal(places[shares == 1], 1)
        np.testing.assert_array_equal(places[shares == 0], 0)
    assert any((opaque_places(each, view, None, 16) == 1).any() for each in made)
    assert Batches([normal], TrainingConfig(drawn=0.0), 3, 2, 16)._draw(normal, rng) is normal


def test_batches_have_the_shapes_that_the_network_is_trained_with():
    from xray_core.training.fitting import Batches

    films = [example(boxes=()), example(opacity=1.0, subtype=0), example("AP", other=0.0)]
    config = TrainingConfig(field_of_view="film", image_size=32, batch_size=8)
    views, targets = Batches(films, config, 4, 2, 2)[0]
    assert views.shape == (8, 32, 32, 2)
    assert targets["logits"].shape == (8, 4)
    assert targets["places"].shape == (8, 2, 2)


def test_the_pretrained_network_keeps_its_first_blocks_and_gives_places_of_8_pixels():
    from xray_core.training.fitting import freeze, with_places
    from xray_core.training.networks import build_classifier

    network = build_classifier("efficientnet_lite0", 64, 4, stages=5, dropout=0.2)
    freeze(network, 3)
    model = with_places(network)
    assert network.get_layer("class_maps").output.shape == (None, 8, 8, 4)
    assert model.output["places"].shape == (None, 8, 8)
    fixed = {
        layer.name.split(".")[1]
        for layer in network.layers
        if not layer.trainable and layer.name.startswith("blocks.")
    }
    assert fixed == {"0", "1", "2"}
    assert not network.get_layer("conv_stem").trainable
    assert network.get_layer("mix").trainable


def sample(name, label, subtype):
    film = cv2.imencode(".png", np.full((64, 64), 90, np.uint8))[1].tobytes()
    return Sample(
        name, InMemory(film), source="folder", split="train", label=label, subtype=subtype,
        patient="",
    )  # fmt: skip


def test_classes_are_kinds_where_all_names_tell_them():
    normal, ill = sample("a.png", "NORMAL", "normal"), sample("b.png", "PNEUMONIA", "virus")
    assert classes_of([ill, normal]) == ("normal", "virus")
    assert classes_of([ill, normal, sample("c.png", "PNEUMONIA", "")]) == ("normal", "pneumonia")
    retina = [sample("a.png", name, "") for name in ("DRUSEN", "NORMAL", "CNV", "DME")]
    assert classes_of(retina) == ("normal", "cnv", "dme", "drusen")


def test_samples_are_read_by_their_class():
    films = [
        sample("a.png", "NORMAL", "normal"),
        sample("b.png", "PNEUMONIA", "virus"),
        sample("c.png", "PNEUMONIA", ""),
    ]
    read = read_samples(films, ("normal", "bacteria", "virus"), None, lambda x, **_: x)
    assert [(each.opacity, each.subtype) for each in read] == [(0, -1), (1, 1), (1, -1)]
    assert [each.boxes for each in read] == [(), None, None]
    kinds = read_samples(films[1:2], ("bacteria", "virus"), None, lambda x, **_: x)
    assert [(each.opacity, each.subtype) for each in kinds] == [(1, -1)]
