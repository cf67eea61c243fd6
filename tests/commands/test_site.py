"""Two commands from a folder of films to changed answers, and one that watches."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tests.fakes import FakeClassifier
from tests.inference.test_site_calibration import make_site
from xray_core.__main__ import main
from xray_core.inference.decision import calibrate
from xray_core.inference.model_card import load_card
from xray_core.inference.site_calibration import load_site

NORMALS, PNEUMONIAS = 55, 25


class Grey(FakeClassifier):
    """The fake, whose probability is that of its score by its card."""

    def analyze(self, radiograph, *asked):
        analysis = super().analyze(radiograph, *asked)
        scale, said = self.card.calibration, analysis.prediction
        probability = float(calibrate(said.score, scale["temperature"], scale["bias"]))
        return replace(analysis, prediction=replace(said, probability=probability))


@pytest.fixture
def asked(monkeypatch):
    """Put the fake in the place of the trained model; returns the sites asked for."""
    sites = []

    def load_classifier(name=None, threads=1, site=None):
        sites.append(site and site.title)
        card = load_card("lungs")
        return Grey(site.adjust(card) if site else card)

    monkeypatch.setattr("xray_core.classifier.load_classifier", load_classifier)
    monkeypatch.delenv("XRAY_SITE", raising=False)
    return sites


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Normals dark, pneumonias bright, all of them brighter than the fake's zero; some overlap."""
    root = tmp_path_factory.mktemp("site") / "films"
    generator = np.random.default_rng(0)
    for label, n, level in (("NORMAL", NORMALS, 150), ("PNEUMONIA", PNEUMONIAS, 185)):
        (root / label).mkdir(parents=True)
        for k, grey in enumerate(generator.normal(level, 15, n)):
            pixels = np.full((50 + k, 40), round(np.clip(grey, 0, 255)), np.uint8)
            Image.fromarray(pixels).save(root / label / f"{k}.png")
    return root


def test_two_commands_give_report_site_file_and_changed_answers(asked, films, tmp_path, capsys):
    report, site, pdf = tmp_path / "report.json", tmp_path / "site.json", tmp_path / "report.pdf"
    words = ["validate", "--data", str(films), "--out", str(report), "--report", str(pdf)]
    assert main([*words, "--prevalence", "0.1"]) == 0
    said = capsys.readouterr().out
    assert "The zero of its score is wrong here: the probabilities are too high." in said
    assert json.loads(report.read_text())["data"]["counts"] == {
        "NORMAL": NORMALS,
        "PNEUMONIA": PNEUMONIAS,
    }
    assert pdf.read_bytes().startswith(b"%PDF")
    assert main(["calibrate", "--data", str(films), "--title", "Here", "--out", str(site)]) == 0
    said = capsys.readouterr().out
    assert "the log-odds are moved by -" in said
    assert "On other films of the site this helps" in said
    before, after = (json.loads(site.read_text())[when] for when in ("before", "after"))
    assert after["accuracy"]["value"] > before["accuracy"]["value"] + 0.2
    assert load_site(site).title == "Here"
    assert main(["validate", "--data", str(films), "--out", str(report), "--site", str(site)]) == 0
    again = json.loads(report.read_text())
    assert again["site"] == "Here"
    assert again["specificity"]["value"] > 0.7
    assert asked == [None, None, "Here"]
    assert not list(tmp_path.glob("*.part"))


def test_environment_names_the_site(asked, films, tmp_path, monkeypatch):
    (tmp_path / "site.json").write_text(json.dumps(make_site()))
    monkeypatch.setenv("XRAY_SITE", str(tmp_path / "site.json"))
    assert main(["validate", "--data", str(films), "--out", str(tmp_path / "r.json")]) == 0
    assert main(["score", str(films), "--out", str(tmp_path / "t.csv")]) == 0
    assert asked == ["St Elsewhere"] * 2
    assert (tmp_path / "t.csv").read_text().splitlines()[0].endswith(",error,site")


@pytest.fixture
def more(films, tmp_path):
    """The films with ten more pneumonias: enough of each class to be a reference."""
    root = shutil.copytree(films, tmp_path / "more")
    for k in range(10):
        Image.fromarray(np.full((90 + k, 41), 180 + k, np.uint8)).save(
            root / "PNEUMONIA" / f"more{k}.png"
        )
    return root


def test_monitor_is_quiet_on_the_same_and_alarmed_by_other_films(asked, more, tmp_path, capsys):
    report, table, out = (tmp_path / name for name in ("r.json", "t.csv", "w.json"))
    assert main(["validate", "--data", str(more), "--out", str(report)]) == 0
    assert main(["score", str(more), "--out", str(table), "--distance"]) == 0
    words = ["monitor", "--table", str(table), "--reference", str(report), "--out", str(out)]
    capsys.readouterr()
    assert main(words) == 0
    assert capsys.readouterr().out.startswith("No alarm")
    assert not json.loads(out.read_text())["alarm"]
    for film in sorted(more.rglob("*.png")):  # another tone: between and beyond what was validated
        pixels = np.asarray(Image.open(film))
        Image.fromarray((255 - (255 - pixels) // 3).astype(np.uint8)).save(film)
    assert main(["score", str(more), "--out", str(table), "--distance"]) == 0
    capsys.readouterr()
    assert main([*words, "--false-alarms", "0.05"]) == 0
    assert capsys.readouterr().out.startswith("Alarm")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("validate", "--data", "nowhere", "--out", "r.json"), "there is no nowhere"),
        (("validate", "--data", "{few}", "--out", "r.json"), "bring 7 normal and 8 pneumonia more"),
        (("validate", "--data", "{one}", "--out", "r.json"), "got 55 and 0"),
        (("validate", "--data", "{films}", "--out", "no/r.json"), "The folder of no/r.json"),
        (("validate", "--data", "{films}", "--by", "age", "--out", "r.json"), "a table for what"),
        (("validate", "--data", "{films}", "--where", "x", "--out", "r"), "--where COLUMN=VALUE"),
        (("validate", "--data", "{films}", "--normal", "fit", "--out", "r"), "55 in 'NORMAL'"),
        (("validate", "--data", "{films}", "--site", "no.json", "--out", "r"), "a site file at no"),
        (("calibrate", "--data", "{few}", "--out", "s.json"), "bring 47 normal and 18 with"),
        (("calibrate", "--data", "{ill}", "--out", "s.json"), "bring 50 normal more"),
        (("monitor", "--table", "no.csv", "--reference", "no.json"), "Expected a report of"),
    ],
)
def test_wrong_inputs_get_one_sentence(asked, films, tmp_path, monkeypatch, capsys, words, message):
    folders = {"films": films}
    for name, counts in {"few": (3, 2), "one": (55, 0), "ill": (0, 25)}.items():
        folders[name] = tmp_path / name
        for label, n in zip(("NORMAL", "PNEUMONIA"), counts, strict=True):
            (tmp_path / name / label).mkdir(parents=True)
            for k in range(n):
                shutil.copy(films / label / f"{k}.png", tmp_path / name / label)
    monkeypatch.chdir(tmp_path)
    assert main([word.format(**folders) for word in words]) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert len(printed.err.splitlines()) == 1
    assert not printed.out


def test_normals_alone_give_a_threshold_and_no_probability(
    asked, films, tmp_path, monkeypatch, capsys
):
    shutil.copytree(films / "NORMAL", tmp_path / "one" / "NORMAL")
    site = tmp_path / "site.json"
    assert main(["calibrate", "--data", str(tmp_path / "one"), "--out", str(site)]) == 0
    assert "a threshold, and no probability" in capsys.readouterr().out
    words = ["validate", "--data", str(films), "--out", str(tmp_path / "r.json")]
    assert main([*words, "--site", str(site)]) == 2
    assert "holds a threshold alone" in capsys.readouterr().err


@pytest.fixture
def film(sample_films, tmp_path):
    path = tmp_path / "film.jpeg"
    path.write_bytes(next(film for film in sample_films if film.label == "PNEUMONIA").read())
    return path


def predict(film, capsys, *words):
    assert main(["predict", str(film), *words]) == 0
    return json.loads(capsys.readouterr().out)


def test_predict_is_changed_by_a_site_and_says_so(film, tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("XRAY_SITE", raising=False)
    (tmp_path / "site.json").write_text(json.dumps(make_site()))
    before = predict(film, capsys)
    after = predict(film, capsys, "--site", str(tmp_path / "site.json"))
    assert "site" not in before
    assert after["site"] == "St Elsewhere"
    assert "Calibrated for St Elsewhere." in after["reasons"]
    assert after["probability"] < before["probability"]
    assert set(after) - set(before) == {"site"}
    own = load_card("lungs").calibration
    odds = np.log(before["probability"] / (1 - before["probability"]))
    score = (odds - own["bias"]) * own["temperature"]
    assert after["probability"] == pytest.approx(1 / (1 + np.exp(-(score / 1.5 - 2.0))), abs=1e-6)


def test_a_threshold_alone_withholds_the_probability(film, tmp_path, capsys):
    site = make_site(kind="threshold", uncertain=None)
    (tmp_path / "site.json").write_text(json.dumps(site))
    answer = predict(film, capsys, "--site", str(tmp_path / "site.json"))
    assert answer["probability"] is None
    assert answer["decision"] in ("normal", "pneumonia")
    words = ["explain", str(film), "--out", str(tmp_path / "o.png")]
    words += ["--site", str(tmp_path / "site.json")]
    assert main([*words, "--report", str(tmp_path / "r.pdf")]) == 2
    assert "holds a threshold alone" in capsys.readouterr().err
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out)["probability"] is None


def test_report_of_a_film_says_what_it_is_calibrated_for(film, tmp_path, capsys):
    pypdf = pytest.importorskip("pypdf")
    (tmp_path / "site.json").write_text(json.dumps(make_site()))
    words = ["explain", str(film), "--out", str(tmp_path / "o.png"), "--report"]
    assert main([*words, str(tmp_path / "r.pdf"), "--site", str(tmp_path / "site.json")]) == 0
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "r.pdf").pages)
    assert "Calibrated for St Elsewhere." in text
    assert "By the model's own calibration, not by the site's." in " ".join(text.split())


def test_a_site_of_another_model_is_refused_by_every_command(film, tmp_path, capsys):
    (tmp_path / "site.json").write_text(json.dumps(make_site(network="0" * 64)))
    assert main(["predict", str(film), "--site", str(tmp_path / "site.json")]) == 2
    assert "run `calibrate` again with this model" in capsys.readouterr().err
