"""Charts of test results, drawn from ``evaluation.json``, as Plotly figures."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np
import plotly.graph_objects as go

from xray_core import theme
from xray_core.evaluation import calibration
from xray_core.reporting.figures.charts import finish
from xray_core.reporting.wording import METRICS, measured, percent

_SYMBOLS = ("diamond", "triangle-up", "square", "star")
_LOOKS = (
    {"color": theme.MODEL, "dash": "solid", "symbol": "circle"},
    {"color": theme.BASELINE, "dash": "dot", "symbol": "square"},
)


def _reference(name: str, start: float = 0, end: float = 1) -> go.Scatter:
    """What a curve is to be compared with."""
    line = {"color": theme.UNCERTAIN, "width": 1.5, "dash": "dash"}
    return go.Scatter(
        x=[0, 1], y=[start, end], mode="lines", line=line, name=name, hoverinfo="skip"
    )


def _finish_shares(figure: go.Figure, height: int, x: str, y: str) -> go.Figure:
    """Title the axes, both from 0 to 1, as percentages."""
    axis = {"range": [-0.02, 1.03], "tickformat": ".0%"}
    return finish(figure, height, xaxis=axis | {"title": x}, yaxis=axis | {"title": y})


def confusion_matrix(confusion: Mapping[str, int]) -> go.Figure:
    """Show the films by truth (rows) and answer (columns), from ``tn``, ``fp``, ``fn`` and ``tp``.

    Pneumonia is positive.
    """
    counts = [[confusion["tn"], confusion["fp"]], [confusion["fn"], confusion["tp"]]]
    shares = [[count / max(1, sum(row)) for count in row] for row in counts]
    truths, answers = ["truly normal", "truly pneumonia"], ["answer normal", "answer pneumonia"]
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=answers,
            y=truths,
            zmin=0,
            zmax=1,
            showscale=False,
            xgap=3,
            ygap=3,
            colorscale=[[0, theme.faint(theme.NORMAL, 0.08)], [1, theme.NORMAL]],
            hovertemplate="%{y}, %{x}: %{z:.1%} of the row<extra></extra>",
        )
    )
    for truth, row, row_shares in zip(truths, counts, shares, strict=True):
        for answer, count, share in zip(answers, row, row_shares, strict=True):
            figure.add_annotation(
                x=answer,
                y=truth,
                text=f"<b>{count:,}</b><br>{percent(share)}",
                showarrow=False,
                font={"size": 18} | ({"color": "white"} if share > 0.5 else {}),
            )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(side="top", showgrid=False)
    return finish(figure, 320)


def roc(
    evaluations: Mapping[str, dict[str, Any]], points: Iterable[tuple[str, float, float]] = ()
) -> go.Figure:
    """Draw receiver operating characteristics, one curve for each model.

    Parameters
    ----------
    evaluations
        The models' test reports by title, the model at hand first.
    points
        Name, sensitivity and specificity of operating points to mark.
    """
    figure = go.Figure(_reference("guessing"))
    for (title, evaluation), look in zip(evaluations.items(), _LOOKS, strict=False):
        figure.add_scatter(
            x=evaluation["roc"]["fpr"],
            y=evaluation["roc"]["tpr"],
            customdata=evaluation["roc"]["threshold"],
            mode="lines",
            line={"color": look["color"], "width": 2.5, "dash": look["dash"]},
            name=f"{title}, AUC {measured(evaluation['auc'])}",
            hovertemplate="sensitivity %{y:.1%}, false alarms %{x:.1%}<br>"
            "threshold %{customdata:.3f}<extra></extra>",
        )
    for (name, sensitivity, specificity), symbol in zip(points, cycle(_SYMBOLS)):
        figure.add_scatter(
            x=[1 - specificity],
            y=[sensitivity],
            mode="markers",
            marker={"size": 13, "symbol": symbol, "color": theme.PNEUMONIA},
            name=name,
        )
    return _finish_shares(figure, 440, "false alarms (1 − specificity)", "sensitivity")


def precision_recall(evaluation: dict[str, Any]) -> go.Figure:
    """Draw precision over recall, with the share of pneumonia as what guessing gives."""
    confusion, curve = evaluation["confusion"], evaluation["precision_recall"]
    guessing = (confusion["tp"] + confusion["fn"]) / max(1, sum(confusion.values()))
    figure = go.Figure(_reference("guessing", guessing, guessing))
    figure.add_scatter(
        x=curve["recall"],
        y=curve["precision"],
        mode="lines",
        line={"color": theme.MODEL, "width": 2.5},
        name="model",
        hovertemplate="precision %{y:.1%}, recall %{x:.1%}<extra></extra>",
    )
    return _finish_shares(figure, 400, "recall (sensitivity)", "precision (PPV)")


def reliability(evaluation: dict[str, Any]) -> go.Figure:
    """Compare stated probabilities with what was observed, in bins of about equally many films."""
    bins = evaluation["reliability"]
    figure = go.Figure(_reference("perfect"))
    figure.add_scatter(
        x=bins["probability"],
        y=bins["observed"],
        customdata=bins["n"],
        mode="lines+markers",
        line={"color": theme.MODEL},
        marker={"size": 9},
        name="model",
        hovertemplate="said %{x:.1%}, was %{y:.1%} of %{customdata} films<extra></extra>",
    )
    return _finish_shares(figure, 400, "stated probability", "share with pneumonia")


def risk_coverage(evaluation: dict[str, Any], threshold: float) -> go.Figure:
    """Draw how often answers are wrong over the share of films answered, the surest first.

    Where the report tells of an uncertain band, what it leaves unanswered is marked.
    """
    truth = np.array([film["label"].upper() != "NORMAL" for film in evaluation["films"]])
    probability = np.array([film["probability"] for film in evaluation["films"]])
    answered, wrong = calibration.risk_coverage(probability, truth, threshold)
    figure = go.Figure()
    figure.add_scatter(
        x=answered.tolist(),
        y=wrong.tolist(),
        mode="lines",
        line={"color": theme.MODEL, "width": 2.5},
        name="model",
        hovertemplate="%{x:.1%} answered, %{y:.1%} of these wrong<extra></extra>",
    )
    band = evaluation.get("uncertain") or {}
    if band.get("wrong_outside", {}).get("value") is not None:
        figure.add_scatter(
            x=[1 - band["uncertain"]],
            y=[band["wrong_outside"]["value"]],
            mode="markers",
            marker={"size": 13, "symbol": "diamond", "color": theme.PNEUMONIA},
            name="outside the band",
            hovertemplate="%{x:.1%} answered, %{y:.1%} of these wrong<extra></extra>",
        )
    shares = {"tickformat": ".0%", "rangemode": "tozero"}
    return finish(
        figure,
        320,
        xaxis=shares | {"title": "share of films answered"},
        yaxis=shares | {"title": "share of answers that are wrong"},
    )


def comparison(
    evaluations: Mapping[str, dict[str, Any]],
    names: Sequence[str] = ("accuracy", "auc", "sensitivity", "specificity"),
) -> go.Figure:
    """Set models side by side, measure by measure, with their 95% intervals.

    Parameters
    ----------
    evaluations
        The models' test reports by title, the model at hand first.
    names
        Measures in [0, 1] that the reports hold.
    """
    figure = go.Figure()
    for (title, evaluation), look in zip(evaluations.items(), _LOOKS, strict=False):
        defined = [name for name in names if evaluation[name]["value"] is not None]
        results = [evaluation[name] for name in defined]
        pairs = [(each["value"], each["interval"] or [each["value"]] * 2) for each in results]
        figure.add_scatter(
            x=[value for value, _ in pairs],
            y=[METRICS[name].title for name in defined],
            error_x={
                "type": "data",
                "array": [high - value for value, (_, high) in pairs],
                "arrayminus": [value - low for value, (low, _) in pairs],
                "thickness": 2,
            },
            mode="markers",
            marker={"color": look["color"], "symbol": look["symbol"], "size": 12},
            name=title,
            customdata=[measured(result) for result in results],
            hovertemplate="%{y} %{customdata}<extra>" + title + "</extra>",
        )
    figure.update_xaxes(tickformat=".0%")
    figure.update_yaxes(autorange="reversed")
    return finish(figure, 300, scattermode="group", scattergap=0.6)
