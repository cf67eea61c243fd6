import json
from urllib.parse import parse_qs

import pytest

from xray_core.inference.model_card import models_home
from xray_core.ui import pages
from xray_core.ui.shared.frame import DISCLAIMER

from .conftest import draw_film
from .test_explain import upload

PAGES = [page.path for page in pages.PAGES]


def texts(elements):
    return " ".join(str(element.value) for element in elements)


def figures(app):
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


@pytest.mark.parametrize("path", PAGES)
def test_page_draws_the_frame_and_one_disclaimer(open_page, model, samples, path):
    app = open_page(path)
    assert not app.exception
    assert not app.error
    assert [caption.value for caption in app.caption].count(DISCLAIMER) == 1
    assert len(app.title) == 1
    assert {page.title for page in pages.PAGES} <= {
        link.proto.label for link in app.get("page_link")
    }


@pytest.mark.parametrize("path", PAGES)
def test_page_is_calm_without_samples_and_without_a_model(open_page, no_model, no_samples, path):
    app = open_page(path)
    assert not app.exception
    assert "Traceback" not in texts(app.error) + texts(app.info)
    assert app.error or app.info


def test_page_keeps_a_bug_in_the_log(open_page, model, samples, monkeypatch, caplog):
    def fail():
        raise RuntimeError("the secret of the bug")

    monkeypatch.setattr("xray_core.ui.shared.cache.card", fail)
    app = open_page("pages/4_Model.py")
    assert "not your fault" in texts(app.error)
    assert "secret" not in texts(app.error)
    assert "the secret of the bug" in caplog.text


@pytest.mark.parametrize("spoil", ["cut", "delete"])
def test_default_model_whose_card_is_broken_is_not_replaced_in_silence(
    open_page, model, samples, spoil
):
    card = models_home() / "lungs" / "card.json"
    card.write_text(card.read_text()[:40]) if spoil == "cut" else card.unlink()
    app = open_page("pages/1_Explain.py")
    assert "lungs" in texts(app.error)
    assert "Small network" not in texts(app.caption)
    app = open_page("pages/4_Model.py")  # where another can be chosen
    assert app.radio[0].options == ["Small network"]
    app.radio[0].set_value("baseline").run()
    assert not app.error
    assert "Small network in one sentence." in texts(app.markdown)


def test_strangers_words_are_no_markdown(open_page, model, samples):
    foreign = "![x](https://example.org/x.png)"
    app = open_page("pages/1_Explain.py", film=foreign)
    assert "not among the films at hand" in texts(app.warning)
    assert "example.org" not in texts(app.warning)
    upload(app, (f"{foreign}.jpeg", draw_film(0.8)), (f"{foreign}.png", b"no picture"))
    assert "\\!\\[x\\]" in texts(app.warning)
    drawn = [*app.markdown, *app.caption, *app.warning, *app.error, *app.header]
    assert not any(foreign in str(element.value) for element in drawn)
    (films,) = (radio for radio in app.radio if radio.label == "Your films")
    assert foreign not in films.options[0]


def first_films(home):
    links = [link.proto for link in home.get("page_link")]
    return [link for link in links if link.label == "Explain a first film"]


def test_home_leads_to_a_first_explained_film(open_page, model, samples):
    (way,) = first_films(open_page("app.py"))
    app = open_page(f"pages/1_{way.page}.py", film=parse_qs(way.query_string)["film"][0])
    assert app.title[0].value == "Explain a film"
    assert app.header[0].value == "Looks like pneumonia"


def test_home_without_samples_offers_to_fetch_them(open_page, model, no_samples):
    app = open_page("app.py")
    assert "sample films are missing" in texts(app.info)
    assert not first_films(app)


def test_home_fetches_the_samples_only_when_asked(open_page, model, no_samples, monkeypatch):
    calls = []
    monkeypatch.setattr(
        "xray_core.datasets.download.fetch_samples", lambda: calls.append("fetched")
    )
    app = open_page("app.py")
    assert not calls
    app.button(key="fetch samples").click().run()
    assert calls == ["fetched"]


def explain_buttons(app):
    return [button for button in app.button if button.label == "Explain"]


def test_data_set_pages_through_the_films(open_page, model, samples):
    app = open_page("pages/2_Data_set.py")
    assert "16 films of 16" in texts(app.caption)
    assert len(explain_buttons(app)) == 12
    app.get("pagination")[0].set_value(2).run()
    assert len(explain_buttons(app)) == 4


def test_data_set_filters_by_class(open_page, model, samples):
    app = open_page("pages/2_Data_set.py")
    app.get("button_group")[1].set_value("PNEUMONIA").run()
    assert "8 films of 16" in texts(app.caption)
    assert all("PNEUMONIA" in button.key for button in explain_buttons(app))


def test_data_set_filters_cannot_contradict(open_page, model, samples):
    app = open_page("pages/2_Data_set.py")
    app.get("button_group")[2].set_value("bacteria").run()
    assert "8 films of 16" in texts(app.caption)
    app.get("button_group")[1].set_value("NORMAL").run()
    assert "8 films of 16" in texts(app.caption)
    assert all("NORMAL" in button.key for button in explain_buttons(app))
    assert [option.content for option in app.get("button_group")[2].proto.options] == ["Normal"]
    assert "subtype" not in app.query_params


def test_data_set_explains_a_film_with_one_click(open_page, model, samples):
    app = open_page("pages/2_Data_set.py")
    explain_buttons(app)[0].click().run()
    assert app.title[0].value == "Explain a film"
    assert app.header[0].value == "Looks normal"


def test_data_set_says_that_the_download_uses_the_internet(open_page, model, samples, monkeypatch):
    calls = []
    monkeypatch.setattr(
        "xray_core.datasets.download.fetch_pneumoniamnist",
        lambda progress, size: calls.append(progress(1, 2)),
    )
    app = open_page("pages/2_Data_set.py")
    button = app.button(key="fetch pneumoniamnist")
    assert "internet" in button.label
    assert not calls
    button.click().run()
    assert len(calls) == 1


def test_data_set_shows_what_stopped_a_download(open_page, model, samples, monkeypatch):
    from xray_core.errors import DataError

    def fail(progress, size):
        raise DataError("the server did not answer: try again")

    monkeypatch.setattr("xray_core.datasets.download.fetch_pneumoniamnist", fail)
    app = open_page("pages/2_Data_set.py")
    app.button(key="fetch pneumoniamnist").click().run()
    assert "The server did not answer: try again" in texts(app.error)


def test_class_balance_counts_films_and_patients(open_page, model):
    app = open_page("pages/3_Class_balance.py")
    films = app.dataframe[0].value.set_index("Split")["All"]
    assert films["All"] == 5856
    app.get("button_group")[0].set_value("patients").run()
    patients = app.dataframe[0].value.set_index("Split")["All"]
    assert patients["All"] < films["All"]


def test_class_balance_sets_the_lazy_answer_beside_the_model(open_page, model):
    app = open_page("pages/3_Class_balance.py")
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["Always pneumonia"] == "50.0%"
    assert metrics["Model: accuracy"] == "85.0%"
    assert metrics["Normal"] == "1.95 ×"


def test_class_balance_does_without_a_model(open_page, no_model):
    app = open_page("pages/3_Class_balance.py")
    assert len(figures(app)) == 1
    assert "There is no model" in texts(app.error)


def test_model_shows_the_test_report(open_page, model):
    app = open_page("pages/4_Model.py")
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["Accuracy"] == "0.850"
    assert "20 films" in texts(app.caption)


def test_model_threshold_moves_the_measures_without_the_network(open_page, model):
    app = open_page("pages/4_Model.py")

    def sensitivity():
        return [metric.value for metric in app.metric if metric.label == "Sensitivity"][-1]

    before = sensitivity()
    app.slider(key="threshold lungs").set_value(80).run()
    assert sensitivity() != before
    assert model.runs == 0


def test_model_prevalence_moves_the_predictive_values_alone(open_page, model):
    app = open_page("pages/4_Model.py")

    def values():
        return {metric.label: metric.value for metric in app.metric}

    app.slider(key="threshold lungs").set_value(32).run()
    before = values()
    app.slider(key="prevalence").set_value(1).run()
    after = values()
    assert {label for label in before if before[label] != after[label]} == {"PPV", "NPV"}


def test_model_choice_holds_on_every_page(open_page, model, samples):
    app = open_page("pages/4_Model.py")
    app.radio(key="model").set_value("baseline").run()
    assert "Small network in one sentence." in texts(app.markdown)
    app.switch_page("pages/1_Explain.py").run()
    assert "Small network" in texts(app.caption)


def test_model_choice_is_in_the_address_and_taken_from_it(open_page, model, samples):
    app = open_page("pages/4_Model.py")
    app.radio(key="model").set_value("baseline").run()
    assert app.query_params["model"] in (["baseline"], "baseline")
    assert "Small network" in texts(open_page("pages/7_How_it_sees.py", model="baseline").caption)
    assert "Lungs first" in texts(open_page("pages/7_How_it_sees.py", model="nonsense").caption)


def test_model_compares_with_the_baseline(open_page, model):
    app = open_page("pages/4_Model.py")
    names = [trace.get("name") for figure in figures(app) for trace in figure["data"]]
    assert "Lungs first" in names
    assert "Small network" in names


def test_model_without_a_test_report_still_shows_its_training(open_page, model, tmp_path):
    (tmp_path / "models" / "lungs" / "evaluation.json").unlink()
    app = open_page("pages/4_Model.py")
    assert "evaluation.json" in texts(app.error)
    names = [trace.get("name") for figure in figures(app) for trace in figure["data"]]
    assert "validation loss" in names
