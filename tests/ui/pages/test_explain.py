import json
import re

import pytest

from tests.io.test_dicom import write_dicom
from xray_core.datasets.kermany import CLEAR_CASE
from xray_core.io.orientation import AS_IT_CAME

from .conftest import REFUSAL, draw_film

PAGE = "pages/1_Explain.py"


def texts(elements):
    return " ".join(str(element.value) for element in elements)


def upload(app, *files):
    app.file_uploader[0].set_value([(name, data, "image/jpeg") for name, data in files])
    return app.run()


def scale(app):
    (drawn,) = (part for part in app.get("html") if 'class="probability-scale"' in part.proto.body)
    return drawn.proto.body


def components(app):
    """What the parts of the page that run in the browser were given: the door, the viewers."""
    return [json.loads(part.proto.json)[0] for part in app.get("bidi_component")]


def viewed(app):
    """What the film viewer was given."""
    return components(app)[1]


def open_part(app, title):
    """Open one of the tabs below the film."""
    app.session_state["details"] = title
    return app.run()


def choose_method(app, name):
    open_part(app, "The evidence")
    return app.selectbox(key="method").select(name).run()


def choose_target(app, name):
    open_part(app, "The evidence")
    return app.selectbox(key="target").select(name).run()


def choose(app, name, label="PNEUMONIA"):
    """Open a sample film."""
    app.query_params["film"] = f"samples/val/{label}/{name}"
    return app.run()


def turn(app, how):
    """Press one of the viewer's buttons that turn the film."""
    film = app.session_state["current film"]
    kept = dict(app.session_state["orientations"]) if "orientations" in app.session_state else {}
    app.session_state["orientations"] = kept | {film: kept.get(film, AS_IT_CAME).turned(how)}
    return app.run()


@pytest.fixture
def app(open_page, model, samples):
    return open_page(PAGE)


def test_explain_shows_the_samples_while_there_is_no_film_the_clear_case_first(app, samples):
    (door,) = components(app)
    assert not door["folded"]
    first, *others = door["samples"]
    assert (first["name"], first["first"]) == (CLEAR_CASE, True)
    assert first["title"] == "Begin here: bacterial pneumonia"
    assert {one["name"] for one in others} == {row["name"] for row in samples} - {CLEAR_CASE}
    assert all(one["picture"].startswith("data:image/jpeg") for one in door["samples"])
    assert not any(one["first"] for one in others)
    assert not app.exception


def test_explain_folds_the_samples_away_and_keeps_them_one_tap_away(app):
    upload(app, ("child.jpeg", draw_film(0.8)))
    assert components(app)[0]["folded"]
    assert not components(app)[0]["samples"]
    app.session_state["samples shown"] = True
    assert components(app.run())[0]["samples"]


def test_explain_answers_an_upload(app, model):
    upload(app, ("child.jpeg", draw_film(0.8)))
    assert app.header[0].value == "Looks like pneumonia"
    probability = re.search(r"Probability of pneumonia (\d+)% on a scale", scale(app))[1]
    assert int(probability) == pytest.approx(77, abs=5)
    assert "True label" not in texts(app.markdown)
    assert model.runs == 1


def test_explain_answers_a_sample_and_tells_the_truth(app, samples):
    name = next(row["name"] for row in samples if row["label"] == "NORMAL")
    choose(app, name, "NORMAL")
    assert app.header[0].value == "Looks normal"
    assert "True label: **Normal** – the model is right." in texts(app.markdown)


def test_explain_opens_the_sample_that_the_address_names(open_page, model, samples):
    row = next(row for row in samples if row["label"] == "PNEUMONIA")
    app = open_page(PAGE, film=f"samples/val/PNEUMONIA/{row['name']}")
    assert app.header[0].value == "Looks like pneumonia"
    (shown,) = (part for part in components(app) if "pictures" in part)
    assert row["name"] in shown["pictures"][0]["alt"]


def test_explain_says_when_the_address_names_a_film_that_is_not_here(open_page, model, samples):
    app = open_page(PAGE, film="kaggle/train/NORMAL/IM-0001.jpeg")
    assert "is not among the films at hand" in texts(app.warning)


def test_explain_address_says_nothing_of_an_upload(app, samples):
    choose(app, samples[0]["name"], samples[0]["label"])
    assert app.query_params["film"]
    upload(app, ("secret.jpeg", draw_film(0.8)))
    assert not app.query_params


def test_explain_operating_point_changes_the_decision_without_the_network(app, model):
    upload(app, ("child.jpeg", draw_film(0.25)))
    assert app.header[0].value == "Looks normal"
    app.selectbox(key="operating point lungs").select("screening").run()
    assert app.header[0].value == "Looks like pneumonia"
    assert model.runs == 1


def test_explain_gives_the_viewer_film_and_evidence(app, model):
    upload(app, ("child.jpeg", draw_film(0.8)))
    view = viewed(app)
    assert (view["width"], view["height"]) == (300, 240)
    film, evidence = view["pictures"]
    assert film["level"] is None
    assert evidence["level"].startswith("data:image/png")
    assert (len(view["lungs"]), len(view["regions"])) == (2, 1)
    assert "log-odds at a place, on every film" in view["legend"]["means"]
    open_part(app, "The evidence")
    (note,) = (part.help for part in app.markdown if "not where a disease ends" in part.value)
    assert "Dice 0.960 on 600 test films" in note
    assert "do not add up to the score" in note
    assert model.runs == 1


def test_explain_asks_for_another_target_once(app, model):
    upload(app, ("child.jpeg", draw_film(0.8)))
    before = viewed(app)
    open_part(app, "The evidence")
    app.selectbox(key="target").select("NORMAL").run()
    assert viewed(app)["pictures"][1]["title"] == "Evidence for normal"
    assert viewed(app)["pictures"][1]["level"] != before["pictures"][1]["level"]
    assert "of the evidence for normal lies in the" in texts(app.markdown)
    app.selectbox(key="target").select("PNEUMONIA").run()
    app.selectbox(key="target").select("NORMAL").run()
    assert (model.runs, model.maps) == (1, 2)


def test_explain_is_uncertain_in_the_band(app):
    upload(app, ("child.jpeg", draw_film(0.43)))
    assert app.header[0].value == "Not sure"


def test_explain_refuses_and_shows_anyway_only_on_request(app, model):
    upload(app, ("black.jpeg", draw_film(0.01)))
    assert app.header[0].value == "No answer"
    assert REFUSAL in texts(app.markdown)
    assert "Details" not in [element.value for element in app.header]
    (film,) = viewed(app)["pictures"]
    assert film["level"] is None
    assert viewed(app)["turns"]
    app.toggle[0].set_value(True).run()
    assert "The model refused this film" in texts(app.warning)
    assert "Looks normal" in [element.value for element in app.header]
    assert len(viewed(app)["pictures"]) == 2


def test_explain_judges_a_refused_film_again_when_it_is_turned(app, model):
    model.refuses = lambda radiograph: radiograph.width > radiograph.height
    upload(app, ("child.jpeg", draw_film(0.8)))
    assert app.header[0].value == "No answer"
    turn(app, "rotate")
    assert app.header[0].value == "Looks like pneumonia"
    assert (viewed(app)["width"], viewed(app)["height"]) == (240, 300)
    assert "turned by hand before it was judged: by 90°" in texts(app.caption)
    turn(app, "reset")
    assert app.header[0].value == "No answer"
    assert model.runs == 2  # the film as it came was judged already


def test_explain_shows_a_negative_and_judges_it_only_of_a_refused_film(app, model):
    upload(app, ("child.jpeg", draw_film(0.8)))
    turn(app, "invert")
    assert viewed(app)["inverted"]
    assert (model.runs, app.header[0].value) == (1, "Looks like pneumonia")
    upload(app, ("black.jpeg", draw_film(0.01)))
    assert app.header[0].value == "No answer"
    turn(app, "invert")
    assert app.header[0].value == "Looks like pneumonia"
    assert not viewed(app)["inverted"]  # its pixels are the negative themselves
    assert "judged as its negative" in texts(app.caption)


def test_explain_says_what_is_wrong_with_a_broken_file(app):
    upload(app, ("notes.txt", b"not a film"))
    assert "'notes.txt'" in texts(app.warning)
    assert not app.exception


def test_explain_answers_a_dicom_whose_name_has_no_extension(app, model):
    assert "DICOM" in app.file_uploader[0].label
    assert not app.file_uploader[0].proto.type
    upload(app, ("IM000001", write_dicom()))
    assert not app.warning
    assert model.runs == 1


def test_explain_keeps_the_good_films_beside_a_broken_one(app):
    upload(app, ("a.jpeg", draw_film(0.8)), ("b.jpeg", b"\xff\xd8\xffbroken"))
    assert "'b.jpeg'" in texts(app.warning)
    assert app.header[0].value == "Looks like pneumonia"


def test_explain_lists_several_films_and_shows_the_one_chosen(app):
    upload(app, ("bright.jpeg", draw_film(0.8)), ("dark.jpeg", draw_film(0.2)))
    assert list(app.dataframe[0].value["Answer"]) == ["Looks like pneumonia", "Looks normal"]
    assert app.header[0].value == "Looks normal"
    app.radio(key="upload").set_value(next(iter(app.session_state["uploads"]))).run()
    assert app.header[0].value == "Looks like pneumonia"


def test_explain_upload_survives_a_change_of_page(app, model):
    upload(app, ("child.jpeg", draw_film(0.8)))
    app.switch_page("pages/4_Model.py").run()
    app.switch_page(PAGE).run()
    assert app.header[0].value == "Looks like pneumonia"
    assert model.runs == 1


def test_explain_forgets_uploads_on_request(app):
    upload(app, ("child.jpeg", draw_film(0.8)))
    next(button for button in app.button if button.label == "Forget my films").click().run()
    assert not app.session_state["uploads"]
    assert components(app)[0]["samples"]


def test_explain_does_without_samples(open_page, model, no_samples):
    app = open_page(PAGE)
    assert "sample films are missing" in texts(app.info)
    assert "internet" in app.button(key="fetch samples").label
    upload(app, ("child.jpeg", draw_film(0.8)))
    assert app.header[0].value == "Looks like pneumonia"


def test_explain_says_when_there_is_no_model(open_page, no_model, samples):
    app = open_page(PAGE)
    assert "There is no model 'lungs'" in texts(app.error)
    assert not app.exception
