"""What visitors see when the model's files are spoiled or changed under the running app."""

import shutil

import pytest
import streamlit as st

from xray_core import load_classifier
from xray_core.inference.model_card import LITERT_FILE, MODELS

from .test_explain import PAGE, texts, upload

MODEL = "chosen model"


@pytest.fixture
def folder(tmp_path, monkeypatch, sample_films):
    """The default model's folder, in a copy of all models that a test may damage."""
    home = tmp_path / "models"
    shutil.copytree(MODELS, home)
    monkeypatch.setenv("XRAY_MODELS", str(home))
    return home / "lungs"


@pytest.fixture
def films(sample_films):
    return [sample.read() for sample in sample_films[:2]]


def delete(file):
    file.unlink()


def truncate(file):
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def swap(file):
    shutil.copy(file.parents[1] / "baseline" / file.name, file)


def answers(app):
    return list(app.session_state["answers"].values())


@pytest.mark.parametrize("spoil", [delete, truncate, swap])
@pytest.mark.parametrize("file", [LITERT_FILE, "card.json"])
def test_spoiled_file_changes_no_answer_and_is_named_after_a_restart(
    open_page, folder, films, file, spoil
):
    app = open_page(PAGE)
    app.session_state[MODEL] = "lungs"
    upload(app, ("one.jpeg", films[0]))
    before = answers(app)[0]
    spoil(folder / file)
    upload(app, ("two.jpeg", films[1]))
    upload(app, ("one.jpeg", films[0]))
    st.cache_resource.clear()  # as a restart does
    again = open_page(PAGE)
    again.session_state[MODEL] = "lungs"
    upload(again, ("one.jpeg", films[0]))
    assert [answer.probability for answer in answers(app)[:1]] == [before.probability]
    assert len(again.error) == 1
    assert "restore" in texts(again.error) or "choose" in texts(again.error)
    assert "answers" not in again.session_state
    assert not app.exception
    assert not again.exception


@pytest.mark.parametrize("name", ["lung_fields", "quality"])
def test_spoiled_lungs_or_gate_gives_a_sentence(open_page, folder, films, name):
    for file in (folder.parent / name).iterdir():
        truncate(file) if file.suffix != ".json" else file.write_text("{")
    app = open_page(PAGE)
    upload(app, ("one.jpeg", films[0]))
    assert "restore" in texts(app.error)
    assert not app.exception


def test_model_replaced_under_the_app_answers_as_the_new_one(open_page, folder, films):
    app = open_page(PAGE)
    upload(app, ("one.jpeg", films[0]))
    shutil.rmtree(folder)
    shutil.copytree(folder.parent / "baseline", folder)
    expected = load_classifier("baseline")
    upload(app, ("one.jpeg", films[0]))
    found = answers(app)
    assert len(found) == 2
    film = next(iter(app.session_state["uploads"].values())).open()
    assert found[1].probability == expected.analyze(film).prediction.probability
    assert found[1].probability != found[0].probability


def test_two_visitors_with_two_models_each_get_their_own_answer(open_page, folder, films):
    visitors = {name: open_page(PAGE) for name in ("lungs", "baseline")}
    for data in films:
        for name, app in visitors.items():
            app.session_state[MODEL] = name
            upload(app, ("film.jpeg", data))
    for name, app in visitors.items():
        assert [answer.model for answer in answers(app)] == [name, name]
    first, second = (answers(app) for app in visitors.values())
    assert all(a.probability != b.probability for a, b in zip(first, second, strict=True))


def test_package_that_is_not_installed_is_named_with_what_to_do(open_page, films, monkeypatch):
    def fail(*_):
        raise ModuleNotFoundError("No module named 'keras'", name="keras")

    app = open_page(PAGE)
    upload(app, ("one.jpeg", films[0]))
    monkeypatch.setattr("xray_core.classifier.Classifier.explain", fail)
    app.session_state["answers"].clear()
    upload(app, ("two.jpeg", films[1]))
    assert 'pip install "radiolucent[train]"' in texts(app.error)
    assert "went wrong" not in texts(app.error)
    assert not app.exception
