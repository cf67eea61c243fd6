"""The page At your hospital: labelled films in, a report, a site file and changed answers out."""

import io
import zipfile

import numpy as np
import pytest

from .conftest import draw_film
from .test_explain import upload as upload_film
from .test_pages import texts

PAGE = "pages/10_At_your_hospital.py"


def pack(normals, pneumonias, names=("NORMAL", "PNEUMONIA"), extra=None):
    """An archive of drawn films, brighter than where the made-up model puts its zero."""
    generator = np.random.default_rng(0)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, n, level in zip(names, (normals, pneumonias), (0.6, 0.75), strict=True):
            for k, brightness in enumerate(generator.normal(level, 0.06, n)):
                film = draw_film(
                    float(np.clip(brightness, 0.1, 1)), width=120 + k, height=round(150 * level)
                )
                archive.writestr(f"films/{name}/{k}.jpeg", film)
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return content.getvalue()


@pytest.fixture
def app(open_page, model, samples, monkeypatch):
    monkeypatch.delenv("XRAY_SITE", raising=False)
    return open_page(PAGE)


def bring(app, data):
    app.file_uploader[0].set_value([("ours.zip", data, "application/zip")]).run(timeout=60)
    return app


def button(app, title):
    return next(each for each in app.button if each.label == title)


def downloads(app):
    return [each.proto.label for each in app.get("download_button")]


def test_films_give_a_report_and_a_site_file(app, model):
    bring(app, pack(55, 25))
    assert not app.exception
    assert not app.error
    assert model.runs == 80
    said = texts(app.markdown)
    assert "55 normal films and 25 with pneumonia" in said
    assert "The zero of its score is wrong here" in said
    assert "the log-odds are moved by" in said
    assert downloads(app) == ["Report as PDF", "Report as JSON", "Site file"]
    assert [metric.label for metric in app.metric][:3] == ["AUC", "Sensitivity", "Specificity"]


def test_prevalence_asks_the_network_nothing(app, model):
    bring(app, pack(55, 25))
    runs = model.runs
    app.slider[0].set_value(40).run(timeout=60)
    assert model.runs == runs
    assert "Where 40% of the films show pneumonia" in texts(app.markdown)


def test_site_is_used_for_the_visit_and_can_be_left(app, model):
    bring(app, pack(55, 25))
    app.text_input[-1].set_value("Our ward").run(timeout=60)
    button(app, "Use it for this visit").click().run(timeout=60)
    assert "calibrated for **Our ward**" in texts(app.info)
    app.switch_page("pages/1_Explain.py").run()
    upload_film(app, ("a.jpeg", draw_film(0.6)))
    said = texts(app.caption)
    assert "Calibrated for Our ward." in said
    assert "Answered by the model **Lungs first**, calibrated for **Our ward**." in said
    app.switch_page("pages/6_Triage.py").run()
    app.file_uploader[0].set_value([("a.jpeg", draw_film(0.6), "image/jpeg")]).run()
    assert "Calibrated for Our ward" in app.dataframe[0].value["Remarks"][0]
    assert "of the site, each calibrated without its patient" in texts(app.caption)
    app.switch_page(PAGE).run(timeout=60)
    button(app, "Back to how it was").click().run(timeout=60)
    assert "calibrated for" not in texts(app.info)


def test_films_survive_a_change_of_page(app, model):
    bring(app, pack(55, 25))
    runs = model.runs
    app.switch_page("pages/4_Model.py").run()
    app.switch_page(PAGE).run(timeout=60)
    assert "How it does here" in texts(app.header)
    assert model.runs == runs
    button(app, "Forget these films").click().run()
    assert "How it does here" not in texts(app.header)
    assert "What to bring" in texts(app.header)


def test_folders_may_have_other_names(app):
    bring(app, pack(12, 12, ("healthy", "opacity")))
    assert "say what these labels count as" in texts(app.warning)
    app.text_input[0].set_value("healthy")
    app.text_input[1].set_value("Opacity").run(timeout=60)
    assert not app.warning
    assert "12 normal films and 12 with pneumonia" in texts(app.markdown)


@pytest.mark.parametrize(
    ("archive", "said"),
    [
        (lambda: pack(3, 2), "bring 7 normal and 8 pneumonia more"),
        (lambda: pack(20, 0), "got 20 and 0: bring 10 pneumonia more"),
        (lambda: pack(12, 12), "bring 38 normal and 8 with pneumonia more"),
        (lambda: b"no archive", "ours.zip"),
        (lambda: pack(12, 12, extra={"films/OTHER/1.jpeg": b"x"}), "1 in 'OTHER'"),
        (
            lambda: pack(
                12,
                12,
                extra={
                    "films/NORMAL/same.jpeg": draw_film(0.5),
                    "films/PNEUMONIA/same.jpeg": draw_film(0.5),
                },
            ),
            "are the same file, labelled NORMAL and PNEUMONIA",
        ),
    ],
    ids=["5 films", "one class", "too few to calibrate", "no archive", "label", "two labels"],
)
def test_wrong_inputs_get_a_sentence(app, archive, said):
    bring(app, archive())
    assert not app.exception
    assert said in (texts(app.error) + texts(app.warning)).replace("\\", "")


def test_unreadable_films_and_duplicates_are_said(app):
    extra = {
        "films/NORMAL/broken.jpeg": b"no film",
        "films/NORMAL/a.jpeg": draw_film(0.5),
        "films/NORMAL/b.jpeg": draw_film(0.5),
    }
    bring(app, pack(12, 12, extra=extra))
    said = texts(app.markdown)
    assert "1 file could not be read" in said
    assert "1 film lay there twice" in said
    assert "13 normal films and 12 with pneumonia" in said
