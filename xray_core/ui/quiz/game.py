"""The quiz: one film after the other, then the answers of both."""

import random
from collections import Counter
from collections.abc import Sequence
from itertools import compress
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from xray_core.datasets.catalogue import SOURCES, Catalogue, Sample, open_catalogue
from xray_core.inference.model_card import ModelCard, load_evaluation
from xray_core.reporting.wording import DECISIONS, class_title, count, measured, percent, truth_of
from xray_core.types import Prediction
from xray_core.ui.film_viewer import viewer
from xray_core.ui.film_viewer.scene import Picture, build_scene
from xray_core.ui.pages import EXPLAIN, QUIZ
from xray_core.ui.quiz import rounds
from xray_core.ui.shared import cache, lightbox, model_choice, state, tables
from xray_core.ui.shared.sources import offer_source

_TILE = 320
_ALL = "all"


def choose_catalogue() -> Catalogue | None:
    """The catalogue the films are drawn from, or None where no films are at hand."""
    catalogues = {source: open_catalogue(source) for source in SOURCES}
    at_hand = [name for name, each in catalogues.items() if rounds.draw_films(each.samples, 0)]
    if len(at_hand) > 1:
        found = (film for name in at_hand for film in catalogues[name].samples)
        films = {(film.label, film.name): film for film in found}
        catalogues[_ALL] = Catalogue(_ALL, "All films at hand", tuple(films.values()))
        at_hand.insert(0, _ALL)
    if not at_hand:
        st.info("The quiz needs films, and none are at hand yet.")
        offer_source(catalogues["samples"])
        return None
    if len(at_hand) == 1:
        return catalogues[at_hand[0]]
    source = st.selectbox(
        "Films from",
        at_hand,
        format_func=lambda name: catalogues[name].title,
        key="quiz source",
        bind="query-params",
        help="Films of the training split are never asked for: the model has learned from them.",
        width=420,
    )
    return catalogues[source]


def follow_address(catalogue: Catalogue) -> tuple[int, tuple[Sample, ...], list[str]]:
    """Take up the quiz that the address names or this visit began.

    Returns
    -------
    seed
    films
        That it draws.
    answers
        The visitor's so far.
    """
    seed = rounds.read_seed(st.query_params.get("seed"))
    if seed is None:
        seed, answers = state.quiz() or (random.randrange(rounds.LARGEST_SEED), [])
    else:
        answers = rounds.read_answers(st.query_params.get("answers"))
    films = rounds.draw_films(catalogue.samples, seed)
    answers = answers[: len(films)]
    _keep(seed, answers)
    return seed, films, answers


def ask(seed: int, films: Sequence[Sample], answers: list[str]) -> None:
    """Show the next film and ask for its answer."""
    number = len(answers) + 1
    st.progress(len(answers) / len(films), f"Film {number} of {len(films)}")
    if answers:
        _tell_about(films[len(answers) - 1], answers[-1], number - 1)
    film = films[len(answers)]
    alt = f"Film {number} of {len(films)}: a child's frontal chest film, to be judged"
    with st.container(key="quiz film"):
        viewer.draw(
            build_scene([Picture("Film", state.open_film(film), alt=alt)], name=alt),
            key="quiz viewer",
            shared=True,
            orientation=state.orientation(film),
            on_turn=lambda how: state.turn(film, how),
        )
    with st.container(horizontal=True, horizontal_alignment="center"):
        for label, key in (("NORMAL", "N"), ("PNEUMONIA", "P")):
            st.button(
                label.capitalize(),
                key=f"answer {label}",
                shortcut=key,
                type="primary",
                on_click=_keep,
                args=(seed, [*answers, label]),
            )
        st.toggle("Tell me after each film", key=state.QUIZ_TELLS, persist_state="session")
    with st.expander("What to look for"):
        st.markdown(
            "- **Normal**: both lungs are about equally dark, down to a sharp edge of the heart "
            "and of the diaphragm.\n"
            "- **Bacterial pneumonia** often whitens one part of one lung, with a border.\n"
            "- **Viral pneumonia** is often faint: streaks and haze on both sides, which is why "
            "readers disagree about it."
        )


def _tell_about(film: Sample, answer: str, number: int) -> None:
    """Say what the last film was, where the visitor asked for it."""
    if not st.session_state.get(state.QUIZ_TELLS):
        return
    prediction = cache.predict(film, cache.classifier())
    truth = truth_of(film.label, film.subtype)
    st.markdown(
        f"Film {number} was **{truth.lower()}**. You: {_judge(answer, film)}. "
        f"Model: {_judge_model(prediction, film)}."
    )


def show_results(seed: int, films: Sequence[Sample], answers: list[str]) -> None:
    """Compare the visitor's answers with the model's and the truth."""
    classifier = cache.classifier()
    with st.spinner("The model reads the same films"):
        predictions = [cache.predict(sample, classifier) for sample in films]
    truths = [sample.label for sample in films]
    yours = rounds.score(answers, truths)
    said = [prediction.decision.upper() for prediction in predictions]
    its = rounds.score(said, truths)
    you, model = st.columns(2, gap="medium")
    _show_score(you, "You", yours)
    _show_score(model, model_choice.title(classifier.card), its)
    st.markdown(_compare(yours, its, classifier.card))
    _show_films(films, answers, predictions)
    tables.small_table(
        _tabulate(films, answers, said),
        alt="Right and wrong answers of you and of the model by what the films truly show",
    )
    st.caption(
        "The model answers at its own operating point; where it gives no answer, that counts as "
        "wrong, and so does *not sure*. The labels are those of the published films, and they "
        "are not beyond doubt either."
    )
    with st.container(horizontal=True):
        st.button("Ten other films", type="primary", on_click=_begin_again)
        st.page_link(
            QUIZ.path,
            label="The same films for somebody else",
            query_params={"seed": str(seed)},
            help="Copy the address of this link: it holds the films, and not your answers.",
        )


def _show_score(place: DeltaGenerator, who: str, score: dict[str, Any]) -> None:
    low, high = score["interval"]
    place.metric(
        who,
        f"{score['right']} of {score['n']}",
        delta=f"95% interval {percent(low)} to {percent(high)}",
        delta_color="off",
        delta_arrow="off",
        border=True,
        help="Wilson's interval: the shares of right answers that this result is compatible with.",
    )


def _compare(yours: dict[str, Any], its: dict[str, Any], card: ModelCard) -> str:
    told = (
        "You and the model got the same number right."
        if yours["right"] == its["right"]
        else f"{'You' if yours['right'] > its['right'] else 'The model'} got more right."
    )
    told += (
        f" {count(its['n'], 'film').capitalize()} are few: the intervals say how little that "
        "tells about either of you."
    )
    if card.home_made:
        return f"{told} How it does on more films stands on the page *Train it yourself*."
    evaluation = load_evaluation(card.name, card.home)
    return (
        f"{told} On the official test the model's accuracy is "
        f"{measured(evaluation['accuracy'])}, on {count(evaluation['data']['n'], 'film')}."
    )


def _show_films(films: Sequence[Sample], answers: list[str], predictions: list[Prediction]) -> None:
    with st.container(key="quiz films"), st.grid(5, min_column_width=170, gap="medium"):
        trios = zip(films, answers, predictions, strict=True)
        for number, (sample, answer, prediction) in enumerate(trios, 1):
            truth = truth_of(sample.label, sample.subtype)
            with st.container(gap="xsmall"):
                lightbox.draw(
                    cache.sample_tile(sample, _TILE)[0],
                    name=f"quiz {number}",
                    alt=f"Film {number}: {truth}",
                )
                its = _judge_model(prediction, sample)
                st.markdown(
                    f"**{number}. {truth}**  \nYou: {_judge(answer, sample)}  \nModel: {its}"
                )
                if st.button("Explain", key=f"explain {number}"):
                    st.switch_page(EXPLAIN.path, query_params=state.address(sample))


def _tabulate(
    films: Sequence[Sample], answers: Sequence[str], said: Sequence[str]
) -> list[dict[str, str]]:
    """Right answers by what the films truly show."""
    titles = ("Films", "You were right", "The model was right")
    rows: dict[str, Counter[str]] = {}
    for film, mine, its in zip(films, answers, said, strict=True):
        found = (True, mine == film.label, its == film.label)
        rows.setdefault(class_title(film.subtype), Counter()).update(compress(titles, found))
    return [
        {"Truth": truth, **{title: str(row[title]) for title in titles}}
        for truth, row in rows.items()
    ]


def _judge(answer: str, sample: Sample) -> str:
    return f"{answer.lower()}, {'right' if answer == sample.label else '**wrong**'}"


def _judge_model(prediction: Prediction, sample: Sample) -> str:
    """The model's answer in the words of the page Explain, and whether it is right."""
    said = DECISIONS[prediction.decision].lower()
    if prediction.refused:
        return said
    said += f", {percent(prediction.probability)}"
    if prediction.decision == "uncertain":
        return said
    right = prediction.decision.upper() == sample.label
    return f"{said}, {'right' if right else '**wrong**'}"


def _begin_again() -> None:
    _keep(random.randrange(rounds.LARGEST_SEED), [])


def _keep(seed: int, answers: list[str]) -> None:
    """Keep the quiz in the visit and in the address, which outlives a reload."""
    state.keep_quiz(seed, answers)
    st.query_params["seed"] = str(seed)
    if answers:
        st.query_params["answers"] = rounds.write_answers(answers)
    elif "answers" in st.query_params:
        del st.query_params["answers"]
