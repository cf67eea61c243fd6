"""What may be dropped on the page that explains a film."""

import io
import zipfile

import pytest

from xray_core.io.limits import MAX_UPLOADS

from .conftest import draw_film
from .test_explain import PAGE, texts, upload


def pack(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


@pytest.fixture
def app(open_page, model, samples):
    return open_page(PAGE)


def test_archive_is_opened_as_its_films(app):
    films = {"one.jpeg": draw_film(0.1), "folder/two.jpeg": draw_film(0.8)}
    upload(app, ("films.zip", pack(films)))
    assert list(app.radio[0].options) == ["folder/two.jpeg", "one.jpeg"]
    assert app.header[0].value == "Looks normal"


def test_what_is_wrong_inside_an_archive_is_said_beside_its_films(app):
    inner = pack({"film.jpeg": draw_film(0.5)})
    files = {"../../film.jpeg": draw_film(0.8), "inner.zip": inner, "page.jpeg": b"<html>"}
    upload(app, ("films.zip", pack(files)))
    assert list(app.radio[0].options) == ["film.jpeg"]
    said = texts(app.warning)
    assert "'inner.zip' is a ZIP archive" in said
    assert "'page.jpeg' is a web page" in said
    assert not app.exception


def test_damaged_archive_gives_a_sentence(app):
    upload(app, ("films.zip", pack({"film.jpeg": draw_film(0.8)})[:-30]))
    assert "'films.zip' is damaged, cut off or none" in texts(app.warning)


def test_more_films_than_a_visit_keeps_are_named_and_not_opened(app):
    films = {f"{number:03d}.jpeg": draw_film(number / 100) for number in range(MAX_UPLOADS + 3)}
    upload(app, ("films.zip", pack(films)))
    assert len(app.radio[0].options) == MAX_UPLOADS
    assert f"Expected at most {MAX_UPLOADS} films at a time" in texts(app.warning)


def test_oldest_films_make_room_for_new_bytes(app, monkeypatch):
    first, second = draw_film(0.8), draw_film(0.3)
    monkeypatch.setattr("xray_core.ui.shared.uploads.MAX_VISIT_BYTES", len(first) + len(second) - 1)
    upload(app, ("first.jpeg", first))
    upload(app, ("second.jpeg", second))
    assert list(app.radio[0].options) == ["second.jpeg"]


def test_streamlit_keeps_no_copy_of_an_upload(app, monkeypatch):
    dropped = []
    monkeypatch.setattr(
        "streamlit.runtime.memory_uploaded_file_manager.MemoryUploadedFileManager.remove_file",
        lambda self, session_id, file_id: dropped.append(file_id),
    )
    upload(app, ("one.jpeg", draw_film(0.1)), ("two.jpeg", draw_film(0.8)))
    assert len(set(dropped)) == 2
    assert len(app.radio[0].options) == 2
