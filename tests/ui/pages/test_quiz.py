"""Tests of the page Quiz."""

import re
from dataclasses import replace

from .conftest import draw_film
from .test_pages import texts

PAGE = "pages/8_Quiz.py"


def answer(app, label):
    return app.button(key=f"answer {label}").click().run()


def test_quiz_asks_one_film_after_the_other(open_page, model, samples):
    app = open_page(PAGE, seed="7")
    assert "Film 1 of 10" in texts(app.get("progress")) + str(app.get("progress")[0].proto)
    answer(app, "NORMAL")
    assert "Film 2 of 10" in str(app.get("progress")[0].proto)
    assert app.query_params["answers"] in (["n"], "n")
    assert model.runs == 0


def test_quiz_never_tells_the_truth_before_the_end(open_page, model, samples):
    app = open_page(PAGE, seed="7", answers="nnnnnnnnn")
    page = "".join(
        str(element.proto)
        for kind in ("image", "markdown", "bidi_component")
        for element in app.get(kind)
    )
    assert "to be judged" in page
    assert not [row["name"] for row in samples if row["name"] in page]
    assert not app.metric


def test_quiz_ends_with_both_scores_and_the_truth(open_page, model, samples):
    app = open_page(PAGE, seed="7", answers="nnnnnnnnn")
    answer(app, "PNEUMONIA")
    scores = {metric.label: (metric.value, metric.delta) for metric in app.metric}
    ill = sum(int(row["Films"]) for row in _rows(app) if "pneumonia" in row["Truth"])
    assert sum(int(row["Films"]) for row in _rows(app)) == 10
    right = int(scores["You"][0].split()[0])
    assert right in (10 - ill - 1, 10 - ill + 1)
    assert right == sum(int(row["You were right"]) for row in _rows(app))
    # the drawn pneumonias are bright, which is all that this model looks at
    assert scores["Lungs first"][0] == "10 of 10"
    assert scores["Lungs first"][1] == "95% interval 72% to 100%"
    assert model.runs
    assert "0.850" in texts(app.markdown)


def test_quiz_tells_after_each_film_on_request(open_page, model, samples):
    app = open_page(PAGE, seed="7")
    answer(app, "NORMAL")
    assert "Film 1 was" not in texts(app.markdown)
    app.toggle(key="quiz tells").set_value(True).run()
    assert "Film 1 was **" in texts(app.markdown)
    answer(app, "NORMAL")
    assert re.search(r"Film 2 was \*\*.*\. Model: looks like", texts(app.markdown))


def test_quiz_calls_an_answer_what_explain_calls_it(open_page, model, samples):
    model._card = replace(model.card, uncertain=(0.0, 1.0))
    app = open_page(PAGE, seed="7", answers="n" * 10)
    said = [part.value for part in app.markdown if "Model: " in part.value]
    assert len(said) == 10
    assert all(re.search(r"Model: not sure, \d+%$", one) for one in said)
    scores = {metric.label: metric.value for metric in app.metric}
    assert scores["Lungs first"] == "0 of 10"


def test_quiz_draws_from_all_films_at_hand(open_page, model, samples, tmp_path, monkeypatch):
    more = tmp_path / "more" / "test" / "NORMAL"
    more.mkdir(parents=True)
    for number in range(30):
        (more / f"{number}.jpeg").write_bytes(draw_film(0.2))
    app = open_page(PAGE)
    monkeypatch.setenv("XRAY_DATA", str(tmp_path / "more"))
    normal = []
    for seed in range(5):
        app.query_params["seed"] = str(seed)
        app.query_params["answers"] = "n" * 10
        app.run()
        normal += [int(row["Films"]) for row in _rows(app) if row["Truth"] == "Normal"]
    assert app.selectbox(key="quiz source").value == "all"
    assert max(normal) > 8  # of the samples no more are normal
    assert min(normal) < 10  # and only they have pneumonia


def test_quiz_survives_a_change_of_page(open_page, model, samples):
    app = open_page(PAGE, seed="7", answers="np")
    app.switch_page("app.py").run()
    app.query_params.clear()
    app.switch_page(PAGE).run()
    assert "Film 3 of 10" in str(app.get("progress")[0].proto)
    assert app.query_params["seed"] in (["7"], "7")
    assert app.query_params["answers"] in (["np"], "np")


def test_quiz_begins_again_with_other_films(open_page, model, samples):
    app = open_page(PAGE, seed="7", answers="n" * 10)
    next(button for button in app.button if button.label == "Ten other films").click().run()
    assert "Film 1 of 10" in str(app.get("progress")[0].proto)
    assert "answers" not in app.query_params


def test_quiz_with_a_broken_address_starts_afresh(open_page, model, samples):
    app = open_page(PAGE, seed="<script>", answers="zzz")
    assert not app.exception
    assert "Film 1 of 10" in str(app.get("progress")[0].proto)
    assert app.query_params["seed"][0].isdecimal()


def test_quiz_without_films_offers_to_fetch_them(open_page, model, no_samples):
    app = open_page(PAGE)
    assert "sample films are missing" in texts(app.info)
    assert "internet" in app.button(key="fetch samples").label


def _rows(app):
    return app.table[0].value.astype(str).to_dict("records")
