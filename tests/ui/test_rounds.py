from dataclasses import dataclass

import pytest

from xray_core.ui.quiz.rounds import (
    draw_films,
    read_answers,
    read_seed,
    score,
    wilson_interval,
    write_answers,
)


@dataclass(frozen=True)
class Film:
    name: str
    label: str = "NORMAL"
    split: str = "test"


FILMS = tuple(Film(str(n), ("NORMAL", "PNEUMONIA")[n % 2]) for n in range(40))


def test_a_seed_always_draws_the_same_films_and_another_seed_others():
    assert draw_films(FILMS, 3) == draw_films(FILMS, 3)
    assert draw_films(FILMS, 3) != draw_films(FILMS, 4)
    assert len(set(draw_films(FILMS, 3))) == 10


def test_how_many_films_are_ill_is_left_to_chance():
    ill = {sum(film.label == "PNEUMONIA" for film in draw_films(FILMS, seed)) for seed in range(20)}
    assert len(ill) > 2


def test_films_that_the_network_learned_from_and_unknown_classes_are_never_drawn():
    films = (*FILMS[:4], Film("a", split="train"), Film("b", label="COVID"))
    assert set(draw_films(films, 0)) == set(FILMS[:4])


def test_fewer_films_make_a_shorter_quiz():
    assert len(draw_films(FILMS[:3], 0)) == 3
    assert draw_films((), 0) == ()


@pytest.mark.parametrize(
    ("text", "seed"), [("7", 7), ("0", 0), ("10000", None), ("-1", None), ("x", None), (None, None)]
)
def test_read_seed_takes_a_small_whole_number(text, seed):
    assert read_seed(text) == seed


def test_answers_survive_the_address():
    answers = ["NORMAL", "PNEUMONIA", "PNEUMONIA"]
    assert write_answers(answers) == "npp"
    assert read_answers("npp") == answers


def test_read_answers_ends_at_what_is_no_answer():
    assert read_answers("npX<script>") == ["NORMAL", "PNEUMONIA"]
    assert read_answers("n" * 30) == ["NORMAL"] * 10
    assert read_answers(None) == []


def test_score_counts_what_is_right():
    result = score(["NORMAL", "", "PNEUMONIA"], ["NORMAL", "NORMAL", "NORMAL"])
    assert (result["right"], result["n"]) == (1, 3)
    assert result["value"] == pytest.approx(1 / 3)


def test_wilson_interval_agrees_with_the_published_example():
    # Newcombe, Statistics in Medicine 1998, table I: 15 of 148
    low, high = wilson_interval(15, 148)
    assert (round(low, 4), round(high, 4)) == (0.0624, 0.1605)


def test_wilson_interval_of_ten_right_answers_still_leaves_doubt():
    low, high = wilson_interval(10, 10)
    assert 0.7 < low < 0.75
    assert high == 1
    assert wilson_interval(0, 10) == pytest.approx((1 - high, 1 - low))
