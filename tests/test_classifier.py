"""Tests of `xray_core.classifier` with the shipped models on real films."""

import json
import math
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, replace

import cv2
import numpy as np
import pytest

from xray_core import load_classifier, load_radiograph
from xray_core.classifier import HOME_MADE, OTHER_CLASSES
from xray_core.errors import ModelError, UsageError
from xray_core.inference import quality_gate
from xray_core.inference.decision import class_shares, decide, log_odds
from xray_core.inference.model_card import (
    list_models,
    load_card,
    load_evaluation,
    model_folder,
)
from xray_core.inference.trim import crop, find_frame
from xray_core.saliency.placement import saliency_on_film
from xray_core.saliency.regions import find_evidence
from xray_core.types import WHOLE_FILM, OperatingPoint, Radiograph


def drawn(pixels):
    return Radiograph(pixels.astype(np.uint8), "drawn", "0")


@pytest.fixture(scope="module")
def answers(classifier, sample_films):
    return {sample: classifier.analyze(sample.open()) for sample in sample_films}


def test_analyze_answers_the_sample_films(answers):
    right = [answer.prediction.label == sample.label for sample, answer in answers.items()]
    assert len(right) == 16
    assert sum(right) >= 14
    assert {answer.prediction.decision for answer in answers.values()} <= {
        "normal",
        "pneumonia",
        "uncertain",
    }


def test_analyze_gives_shares_that_agree_with_the_probability(answers, classifier):
    for answer in answers.values():
        prediction = answer.prediction
        assert sum(prediction.classes.values()) == pytest.approx(1)
        positive = sum(prediction.classes[name] for name in classifier.card.positive)
        assert positive == pytest.approx(prediction.probability)


def test_analyze_explains_within_the_view(answers):
    for answer in answers.values():
        assert answer.lungs.box == answer.explanation.box
        assert answer.explanation.saliency.shape == answer.look.class_maps.shape[:2]
    assert any(answer.explanation.saliency.any() for answer in answers.values())


def test_analyze_does_not_depend_on_the_size_or_squeeze_of_a_film(classifier, sample_films):
    differences = []
    for sample in sample_films[::3]:
        film = sample.open()
        squeezed = cv2.resize(film.pixels, (900, 900), interpolation=cv2.INTER_AREA)
        one, other = classifier.analyze(film), classifier.analyze(drawn(squeezed))
        differences.append(abs(one.prediction.score - other.prediction.score))
    assert max(differences) < 0.5


@pytest.fixture(scope="module")
def padded(sample_films):
    """A film, and the same with bars of which none is like the other: half of the picture."""
    pixels = sample_films[8].open().pixels
    film = crop(pixels, find_frame(pixels))
    rows, columns = film.shape
    bars = (0, rows // 2, columns // 8, columns // 4)
    return drawn(film), drawn(cv2.copyMakeBorder(film, *bars, cv2.BORDER_CONSTANT, value=150))


def placed(padded, box):
    """Where a box on the film lies on the picture with bars."""
    film, picture = padded
    left = film.width // 8
    return (
        (left + box.left * film.width) / picture.width,
        box.top * film.height / picture.height,
        (left + box.right * film.width) / picture.width,
        box.bottom * film.height / picture.height,
    )


@pytest.mark.parametrize("model", list_models())
def test_bars_change_neither_the_answer_nor_where_the_evidence_is(padded, model):
    classifier = load_classifier(model)
    film, picture = (classifier.analyze(each) for each in padded)
    assert film.look.frame == WHOLE_FILM != picture.look.frame
    assert picture.prediction.score == film.prediction.score
    assert picture.prediction.decision == film.prediction.decision != "refused"
    assert astuple(picture.lungs.box) == pytest.approx(placed(padded, film.lungs.box))
    assert astuple(picture.explanation.box) == pytest.approx(placed(padded, film.explanation.box))
    assert picture.look.view.box == picture.explanation.box
    shape = padded[1].pixels.shape
    frame = picture.look.frame
    for whole, part in (
        (
            cv2.resize(picture.lungs.mask, shape[::-1]),
            cv2.resize(film.lungs.mask, padded[0].pixels.shape[::-1]),
        ),
        (
            saliency_on_film(picture.explanation, *shape),
            saliency_on_film(film.explanation, *padded[0].pixels.shape),
        ),
    ):
        assert np.abs(crop(whole, frame) - part).mean() < 0.02 * part.max()
        assert whole.sum() == pytest.approx(part.sum(), rel=0.02)
    found, expected = find_evidence(picture), find_evidence(film)
    assert [region.place for region in found.regions] == [r.place for r in expected.regions]
    assert found.right == pytest.approx(expected.right, abs=0.02)
    assert found.left == pytest.approx(expected.left, abs=0.02)
    assert found.whole_film == expected.whole_film


def test_look_is_the_look_of_the_analysis(padded, classifier):
    look, analysis = classifier.look(padded[1]), classifier.analyze(padded[1])
    assert look.frame == analysis.look.frame
    assert look.view.box == analysis.look.view.box
    np.testing.assert_array_equal(look.logits, analysis.look.logits)
    np.testing.assert_array_equal(look.lungs.mask, analysis.look.lungs.mask)


def test_bars_do_not_make_a_small_film_large(padded, classifier):
    small = cv2.resize(padded[0].pixels, (120, 120), interpolation=cv2.INTER_AREA)
    assert classifier.predict(drawn(small)).reasons[0] == quality_gate.TOO_SMALL
    wide = cv2.copyMakeBorder(small, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=150)
    assert classifier.predict(drawn(wide)).reasons[0] == quality_gate.TOO_SMALL


def test_analyze_refuses_a_picture_without_lungs_and_answers_it_all_the_same(classifier):
    refused = classifier.analyze(drawn(np.full((300, 400), 128)))
    assert refused.prediction.refused
    assert refused.prediction.decision == "refused"
    assert refused.prediction.reasons[0] == quality_gate.UNIFORM
    shown = refused.ungated()
    assert 0 <= shown.prediction.probability <= 1
    assert shown.prediction.decision == refused.prediction.answer != "refused"
    assert set(refused.prediction.reasons) < set(shown.prediction.reasons)
    assert any("No lungs were found; the whole picture" in r for r in shown.prediction.reasons)
    assert shown.look is refused.look


def test_ungated_leaves_an_accepted_film_alone(classifier, sample_films):
    prediction = classifier.predict(sample_films[0].open())
    assert prediction.ungated() is prediction


def test_predict_is_the_analysis_without_the_evidence(classifier, sample_films):
    for picture in (sample_films[0].open(), drawn(np.full((300, 400), 128))):
        expected = classifier.analyze(picture).prediction
        assert repr(classifier.predict(picture)) == repr(expected)


def test_analyze_is_the_same_from_many_threads(classifier, sample_films, answers):
    films = [sample.open() for sample in sample_films]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(classifier.analyze, films * 3))
    expected = [answer.prediction.score for answer in answers.values()] * 3
    assert [answer.prediction.score for answer in found] == pytest.approx(expected, abs=1e-5)


def test_analyze_refuses_an_unknown_method(classifier):
    with pytest.raises(UsageError, match="Expected a method out of hires_cam"):
        classifier.analyze(drawn(np.zeros((64, 64))), method="tea leaves")


def test_log_odds_by_hand():
    logits = np.log([[1.0, 2.0, 3.0]])
    for signs, expected in (
        ((-1, 1, 1), math.log(5)),
        ((0, 1, 0), math.log(2)),
        ((-1, 0, 0), -math.log(1)),
        ((0, 1, -1), math.log(2 / 3)),
    ):
        assert log_odds(logits, np.array(signs))[0] == pytest.approx(expected)


def test_class_shares_by_hand():
    logits = np.array([9.0, math.log(1), math.log(3), -9.0])
    shares = class_shares(logits, 0.8, ("normal", "bacteria", "virus"))
    assert shares == pytest.approx({"normal": 0.2, "bacteria": 0.2, "virus": 0.6})
    two = class_shares(logits[:1], 0.8, ("normal", "pneumonia"))
    assert two == pytest.approx({"normal": 0.2, "pneumonia": 0.8})


@pytest.mark.parametrize(
    ("probability", "threshold", "expected"),
    [
        (0.5, 0.5, ("PNEUMONIA", "pneumonia")),
        (0.49, 0.5, ("NORMAL", "normal")),
        (0.2, 0.1, ("PNEUMONIA", "pneumonia")),
        (0.9, 0.95, ("NORMAL", "normal")),
    ],
)
def test_decide_follows_the_operating_point(probability, threshold, expected):
    assert decide(probability, OperatingPoint("x", threshold, "")) == expected


@pytest.mark.parametrize(("probability", "decision"), [(0.3, "uncertain"), (0.7, "uncertain")])
def test_decide_counts_both_ends_of_the_band(probability, decision):
    assert decide(probability, OperatingPoint("x", 0.5, ""), (0.3, 0.7))[1] == decision
    assert decide(0.29, OperatingPoint("x", 0.5, ""), (0.3, 0.7))[1] == "normal"


def test_decide_says_the_labels_of_a_model_of_other_classes():
    point = OperatingPoint("x", 0.5, "")
    assert decide(0.6, point, labels=("NORMAL", "TB")) == ("TB", "pneumonia")
    assert decide(0.4, point, labels=("NORMAL", "TB")) == ("NORMAL", "normal")


@pytest.mark.parametrize("name", list_models())
def test_evaluation_is_what_the_shipped_weights_give(name, official_films):
    from xray_core.datasets.catalogue import open_folder

    samples = open_folder(official_films).select(split="test")
    known = {row["file"]: row["probability"] for row in load_evaluation(name)["films"]}
    assert len(samples) == len(known) == 624
    model = load_classifier(name)
    found = [model.predict(s.open()).probability for s in samples]
    expected = [known[sample.name] for sample in samples]
    np.testing.assert_allclose(found, expected, atol=0.01)


def test_command_predict_answers_every_file(classifier, sample_films, tmp_path, capsys):
    from xray_core.__main__ import main

    film = tmp_path / "film.jpeg"
    film.write_bytes(sample_films[0].read())
    (tmp_path / "note.txt").write_text("not a film")
    assert main(["predict", str(film), str(tmp_path / "note.txt"), str(film), "--json"]) == 2
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [bool(row["error"]) for row in rows] == [False, True, False]
    assert rows[0] == rows[2]
    assert set(rows[0]) == {
        "file",
        "label",
        "probability",
        "decision",
        "reasons",
        "model",
        "error",
    }
    assert main(["predict", str(film)]) == 0


def test_command_explain_writes_the_map_at_the_films_size(sample_films, tmp_path, capsys):
    from xray_core.__main__ import main

    sample = next(sample for sample in sample_films if sample.label == "PNEUMONIA")
    film = tmp_path / "film.jpeg"
    film.write_bytes(sample.read())
    overlay, saliency = tmp_path / "overlay.png", tmp_path / "map.npy"
    assert main(["explain", str(film), "--out", str(overlay), "--saliency", str(saliency)]) == 0
    found, radiograph = np.load(saliency), load_radiograph(film)
    assert found.dtype == np.float32
    assert found.shape == (radiograph.height, radiograph.width)
    assert found.min() >= 0
    assert found.max() > 0
    assert cv2.imread(str(overlay)).shape[:2] == found.shape
    assert json.loads(capsys.readouterr().out)["file"] == str(film)


def test_command_explain_writes_a_map_for_a_refused_picture(tmp_path, capsys):
    from xray_core.__main__ import main

    cv2.imwrite(str(tmp_path / "grey.png"), np.full((80, 120), 128, np.uint8))
    words = ["explain", str(tmp_path / "grey.png"), "--out", str(tmp_path / "o.png")]
    assert main([*words, "--saliency", str(tmp_path / "m.npy")]) == 0
    assert np.load(tmp_path / "m.npy").shape == (80, 120)
    assert json.loads(capsys.readouterr().out)["decision"] == "refused"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--out", "x.jpg"], "ends in .png"),
        (["--out", "nowhere/x.png"], "folder that exists"),
        (["--out", "x.png", "--saliency", "m.csv"], "ends in .npy"),
        (["--out", "x.png", "--method", "tea"], "Expected a method"),
    ],
)
def test_command_explain_refuses_bad_usage(words, message, sample_films, tmp_path, capsys):
    from xray_core.__main__ import main

    film = tmp_path / "film.jpeg"
    film.write_bytes(sample_films[0].read())
    assert main(["explain", str(film), *words]) == 2
    error = capsys.readouterr().err
    assert re.search(message, error)
    assert "Traceback" not in error


def test_a_home_of_one_model_shares_the_segmentation_and_the_gate(tmp_path, sample_films):
    shutil.copytree(model_folder("baseline"), tmp_path / "home-1")
    alone = load_classifier("home-1", home=tmp_path)
    film = sample_films[0].open()
    expected = load_classifier("baseline").predict(film)
    assert alone.predict(film).score == expected.score
    assert alone.predict(film).quality == expected.quality
    (tmp_path / "quality").mkdir()  # a folder that has begun to bring its own must have them all
    with pytest.raises(ModelError):
        load_classifier("home-1", home=tmp_path)


def test_only_a_card_that_says_so_is_home_made(tmp_path):
    shutil.copytree(model_folder("baseline"), tmp_path / "home-1")
    assert not load_card("home-1", tmp_path).home_made
    card = json.loads((tmp_path / "home-1" / "card.json").read_text())
    (tmp_path / "home-1" / "card.json").write_text(json.dumps(card | {"home_made": True}))
    assert load_card("home-1", tmp_path).home_made


def test_home_made_model_answers_like_any_other_and_says_so(home_made, sample_films):
    film = sample_films[-1].open()
    shipped = load_classifier("baseline").predict(film)
    prediction = home_made.predict(film)
    assert home_made.card.home_made
    assert prediction.score == pytest.approx(shipped.score, abs=1e-4)
    assert HOME_MADE in prediction.reasons
    assert HOME_MADE not in shipped.reasons


def test_home_made_model_of_other_classes_says_how_to_read_it(home_made, sample_films, monkeypatch):
    card = replace(home_made.card, labels=("CNV", "DME"))
    monkeypatch.setattr(home_made, "card", card)
    assert OTHER_CLASSES.format("CNV", "DME") in home_made.predict(sample_films[-1].open()).reasons
