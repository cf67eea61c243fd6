"""Tests of the averages and the similar films on the page Data set."""

from .test_explain import upload
from .test_pages import figures, texts

PAGE = "pages/2_Data_set.py"
VIEW = "view of the data"


def test_averages_show_each_class_and_how_it_differs(open_page, model, samples):
    app = open_page(PAGE, **{VIEW: "Averages"})
    assert "**Normal**, mean of 8 films" in texts(app.caption)
    assert "normal 47" in texts(app.markdown)
    assert {trace["name"] for trace in figures(app)[0]["data"]} == {"Normal", "Bacterial pneumonia"}
    app.get("button_group")[0].set_value("aspect").run()
    assert "Median shape" in texts(app.markdown)


def test_similar_films_are_those_of_the_film_at_hand(open_page, sample_films):
    app = open_page(PAGE, **{VIEW: "Similar films"})
    assert not app.error
    tiles = [text.value for text in app.markdown if ", similarity 0." in text.value]
    assert len(tiles) == 6
    similarities = [float(tile.split()[-1]) for tile in tiles]
    assert similarities == sorted(similarities, reverse=True)
    assert "Compared with 16 films" in texts(app.caption)


def test_only_the_open_view_is_computed(open_page, model, samples):
    assert "mean of 8 films" not in texts(open_page(PAGE).caption)


def test_similar_films_to_an_upload_name_no_label_and_leave_the_address_alone(
    open_page, sample_films
):
    app = open_page("pages/1_Explain.py")
    upload(app, ("name-of-a-patient.jpeg", sample_films[0].read()))
    app.switch_page(PAGE)
    app.query_params[VIEW] = "Similar films"
    app.run()
    assert "your own film" in texts(app.caption)
    assert "This one is labelled" not in texts(app.markdown)
    # the same film is among the samples
    assert "similarity 1.00" in texts(app.markdown)
    assert "patient" not in str(dict(app.query_params))
