"""Tests of weights and augmentation on the page Class balance."""

from .test_pages import texts

PAGE = "pages/3_Class_balance.py"


def test_balance_draws_a_film_as_large_as_it_counts(open_page, model, samples):
    captions = texts(open_page(PAGE).caption)
    assert "Normal, 1.95 ×" in captions
    assert "Bacterial pneumonia, 0.70 ×" in captions


def test_balance_shows_each_change_and_draws_others(open_page, model, samples):
    app = open_page(PAGE)
    assert not app.error
    assert "**All together**" in texts(app.markdown)
    before = app.session_state["seed of the changes"]
    next(button for button in app.button if button.label == "Draw other changes").click().run()
    assert app.session_state["seed of the changes"] != before
    assert not app.error


def test_balance_without_films_says_what_is_missing(open_page, model, no_samples):
    assert "needs the sample films" in texts(open_page(PAGE).info)
