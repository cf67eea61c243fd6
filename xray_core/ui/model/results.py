"""What was measured of a model: test results, thresholds, training, baseline."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from xray_core.evaluation.operating_points import at_threshold
from xray_core.inference.model_card import (
    DEFAULT_MODEL,
    ModelCard,
    list_models,
    load_card,
    load_evaluation,
    load_external,
    load_history,
    load_probes,
)
from xray_core.reporting.figures import charts as figures
from xray_core.reporting.figures import results
from xray_core.reporting.text import card as card_text
from xray_core.reporting.text import evaluation as result_tables
from xray_core.reporting.text import probes as probe_tables
from xray_core.reporting.text.training import read_curves
from xray_core.reporting.wording import METRICS, class_title, count, measured, percent
from xray_core.ui.shared import cache, charts, model_choice, state, tables

_HIDDEN = ("brier",)  # says much the same as the log loss


def choose_model() -> ModelCard:
    """Let the visitor choose the model that answers everywhere."""
    at_hand = model_choice.at_hand()
    titles = {name: model_choice.title(model_choice.card(name)) for name in at_hand}
    chosen = model_choice.chosen() or DEFAULT_MODEL
    st.session_state[state.MODEL] = chosen if chosen in titles else None
    st.radio(
        "The model that answers on every page",
        list(titles),
        format_func=titles.get,
        key=state.MODEL,
        on_change=lambda: model_choice.choose(st.session_state[state.MODEL]),
        horizontal=True,
    )
    card = cache.card()
    if card.summary:
        st.markdown(card.summary)
    if card.home_made:
        st.info(
            "This network is home-made. It was not put to the official test by the whole chain of "
            "this app, so what follows has gaps; its own results stand on *Train it yourself*."
        )
    return card


def show_test(card: ModelCard) -> None:
    """Show the results on the official test split."""
    evaluation = load_evaluation(card.name, card.home)
    data = evaluation["data"]
    st.caption(
        f"{count(data['n'], 'film')} of {count(data['patients'], 'patient')} in no training and no "
        "choice of thresholds. Below each measure its 95% interval, in which films of one patient "
        "count as such. Intercept and slope of the calibration let both classes count alike. "
        f"Operating point: {evaluation['operating_point']['name']}, "
        f"{percent(evaluation['operating_point']['threshold'])}."
    )
    with st.grid(4, min_column_width=150):
        for name, result in result_tables.headline(evaluation).items():
            if name not in _HIDDEN:
                _show_measure(name, result)
    show_external(card)
    left, right = st.columns(2, gap="large")
    with left:
        _draw_confusion(evaluation["confusion"], "Answers and truth")
        charts.draw(
            results.reliability(evaluation),
            title="Do the probabilities mean what they say?",
            alt="Observed share of pneumonia over the stated probability",
        )
    with right:
        charts.draw(
            results.roc({card.title: evaluation}, _points(evaluation)),
            title="Sensitivity against false alarms",
            alt=f"ROC curve with an area of {measured(evaluation['auc'])}",
        )
        charts.draw(
            results.precision_recall(evaluation),
            title="Precision and recall",
            alt="Precision over recall, far above what guessing gives",
        )
    for subtype, result in evaluation.get("subgroups", {}).items():
        st.caption(f"{class_title(subtype)}: sensitivity {measured(result['sensitivity'])}.")
    if card.uncertain and "uncertain" in evaluation:
        st.header("Where it does not answer", anchor=False)
        level = card.raw["uncertain"].get("level")
        coverage = card_text.describe_coverage(evaluation["uncertain"], level)
        st.markdown(f"{card_text.describe_band(card)} {coverage}")
        charts.draw(
            results.risk_coverage(evaluation, card.default_operating_point.threshold),
            title="If only the surest films were answered",
            alt="Share of wrong answers over the share of films answered, the surest first",
        )


def show_external(
    card: ModelCard,
    heading: str = "On films from elsewhere",
    describe: Callable[[dict[str, Any]], str] = lambda report: "",
) -> None:
    """Show how the model does on films of other kinds; ``describe`` adds a word on the report."""
    st.header(heading, anchor=False)
    reports = load_external(card.name, card.home)
    if not reports:
        st.markdown("Not measured for this model: nothing is known of how it does elsewhere.")
    for report in reports:
        st.markdown(f"**{report['title']}.** {report['note']} {describe(report)}".rstrip())
        if report["groups"]:
            tables.small_table(
                result_tables.external(report),
                alt=f"How the model ranks films from elsewhere, {report['title']}",
            )
        tables.small_table(
            result_tables.called(report),
            alt=f"How many films from elsewhere the model calls pneumonia, {report['title']}",
        )


def show_probes(card: ModelCard) -> None:
    """Show what the model leans on besides disease, of films that it was not fitted on."""
    report = load_probes(card.name, card.home)
    if not report:
        return
    st.header("What it leans on", anchor=False)
    st.markdown(
        f"Measured on {report['data']['children']:,} films of children and "
        f"{report['data']['adults']:,} of adults that the network was not fitted on, none of them "
        "of a test. Scores and effects are log-odds."
    )
    for title, rows in probe_tables.list_probes(report):
        with st.expander(title):
            tables.small_table(probe_tables.table(rows), alt=title)


def show_threshold(card: ModelCard) -> None:
    """Let the visitor move threshold and prevalence; the network does not run."""
    evaluation = load_evaluation(card.name, card.home)
    left, right = st.columns([2, 3], gap="large")
    with left:
        threshold = st.slider(
            "Call it pneumonia from this probability on",
            min_value=0,
            max_value=100,
            format="%d%%",
            value=round(100 * card.default_operating_point.threshold),
            key=f"{state.THRESHOLD} {card.name}",
            persist_state="session",
            bind="query-params",
        )
        prevalence = st.slider(
            "Children with pneumonia among those X-rayed (prevalence)",
            min_value=1,
            max_value=99,
            format="%d%%",
            value=20,
            key=state.PREVALENCE,
            persist_state="session",
            bind="query-params",
            help="In the test split it is far higher than in most waiting rooms. Sensitivity and "
            "specificity do not depend on it; PPV and NPV do.",
        )
        result = at_threshold(evaluation["films"], threshold / 100, prevalence / 100)
        with st.grid(2, min_column_width=120):
            for name in ("sensitivity", "specificity", "ppv", "npv"):
                wording = METRICS[name]
                st.metric(wording.title, percent(result[name]), help=wording.meaning, border=True)
    with right:
        title = f"{count(len(evaluation['films']), 'test film')} at this threshold"
        _draw_confusion(result["confusion"], title)
    tables.small_table(
        result_tables.operating_points(evaluation),
        title="The operating points, on the test films",
        alt="Sensitivity and specificity at each operating point, with 95% intervals",
    )


def show_training(card: ModelCard) -> None:
    """Show how the training went."""
    history = load_history(card.name, card.home)
    curves = figures.training_curves(history)
    for place, (title, figure) in zip(st.columns(2, gap="large"), curves.items(), strict=False):
        with place:
            charts.draw(figure, title=title, alt=f"{title} over the epochs of training")
    for words in read_curves(history["epochs"]):
        st.markdown(words)


def show_comparison(card: ModelCard) -> None:
    """Set the model beside the others."""
    others = [load_card(name) for name in list_models() if name != card.name]
    if not others:
        st.info("There is no other model to compare with.")
        return
    evaluations = {each.title: load_evaluation(each.name, each.home) for each in (card, others[0])}
    left, right = st.columns(2, gap="large")
    with left:
        charts.draw(
            results.comparison(evaluations),
            title="Measures with 95% intervals",
            alt="Accuracy, AUC, sensitivity and specificity of both models with intervals",
        )
    with right:
        charts.draw(
            results.roc(evaluations),
            title="Sensitivity against false alarms",
            key="both roc",
            alt="ROC curves of both models",
        )

    differences = result_tables.differences(cache.compare(card.name, others[0].name))
    tables.small_table(
        differences,
        title=f"{card.title} less {others[0].title}, film by film",
        alt="Differences of both models' measures on the same films, with 95% intervals",
    )


def _draw_confusion(confusion: dict[str, int], title: str) -> None:
    alt = (
        "{tn} normal films called normal, {fp} called pneumonia; {tp} pneumonia films found, {fn} "
        "missed"
    )
    figure = results.confusion_matrix(confusion)
    charts.draw(figure, title=title, alt=alt.format(**confusion))


def _show_measure(name: str, result: dict[str, Any]) -> None:
    wording, interval = METRICS[name], result["interval"]
    st.metric(
        wording.title,
        measured({**result, "interval": None}),
        delta=f"{interval[0]:.3f} to {interval[1]:.3f}" if interval else None,
        delta_color="off",
        delta_arrow="off",
        help=wording.meaning,
        border=True,
    )


def _points(evaluation: dict[str, Any]) -> list[tuple[str, float, float]]:
    return [
        (name, point["sensitivity"]["value"], point["specificity"]["value"])
        for name, point in evaluation["operating_points"].items()
        if None not in (point["sensitivity"]["value"], point["specificity"]["value"])
    ]
