"""Charts of test results, drawn from ``evaluation.json``, as Plotly figures."""

from itertools import cycle

import plotly.graph_objects as go

from xray_core import theme
from xray_core.reporting.figures.charts import finish
from xray_core.reporting.wording import METRICS, measured, percent

_SYMBOLS = ("diamond", "triangle-up", "square", "star")
_REFERENCE = {"color": theme.UNCERTAIN, "width": 1.5, "dash": "dash"}


def confusion_matrix(confusion):
    """Show the films by truth (rows) and answer (columns).

    Parameters
    ----------
    confusion : mapping
        Counts ``tn``, ``fp``, ``fn`` and ``tp``; pneumonia is positive.
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


def roc(evaluations, points=()):
    """Draw receiver operating characteristics, one curve for each model.

    Parameters
    ----------
    evaluations : mapping of str to dict
        The models' test reports by title, the model at hand first.
    points : sequence of (str, float, float)
        Name, sensitivity and specificity of operating points to mark.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line=_REFERENCE, name="guessing", hoverinfo="skip"
    )
    looks = ((theme.MODEL, "solid"), (theme.BASELINE, "dot"))
    for (title, evaluation), (colour, dash) in zip(evaluations.items(), looks, strict=False):
        figure.add_scatter(
            x=evaluation["roc"]["fpr"],
            y=evaluation["roc"]["tpr"],
            customdata=evaluation["roc"]["threshold"],
            mode="lines",
            line={"color": colour, "width": 2.5, "dash": dash},
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
    figure.update_xaxes(title="false alarms (1 − specificity)", range=[-0.01, 1.02])
    figure.update_yaxes(title="sensitivity", range=[0, 1.03])
    figure.update_layout(xaxis_tickformat=".0%", yaxis_tickformat=".0%")
    return finish(figure, 440)


def precision_recall(evaluation):
    """Draw precision over recall, with the share of pneumonia as what guessing gives.

    Parameters
    ----------
    evaluation : dict
        A test report.
    """
    confusion = evaluation["confusion"]
    guessing = (confusion["tp"] + confusion["fn"]) / max(1, sum(confusion.values()))
    curve = evaluation["precision_recall"]
    figure = go.Figure()
    figure.add_scatter(x=[0, 1], y=[guessing] * 2, mode="lines", line=_REFERENCE, name="guessing")
    figure.add_scatter(
        x=curve["recall"],
        y=curve["precision"],
        mode="lines",
        line={"color": theme.MODEL, "width": 2.5},
        name="model",
        hovertemplate="precision %{y:.1%}, recall %{x:.1%}<extra></extra>",
    )
    figure.update_xaxes(title="recall (sensitivity)", range=[0, 1.02], tickformat=".0%")
    figure.update_yaxes(title="precision (PPV)", range=[0, 1.03], tickformat=".0%")
    return finish(figure, 400)


def reliability(evaluation):
    """Compare the stated probabilities with what was observed, in bins of about equally many films.

    Parameters
    ----------
    evaluation : dict
        A test report.
    """
    bins = evaluation["reliability"]
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line=_REFERENCE, name="perfect", hoverinfo="skip"
    )
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
    figure.update_xaxes(title="stated probability", range=[-0.02, 1.02], tickformat=".0%")
    figure.update_yaxes(title="share with pneumonia", range=[-0.02, 1.02], tickformat=".0%")
    return finish(figure, 400)


def comparison(evaluations, names=("accuracy", "auc", "sensitivity", "specificity")):
    """Set models side by side, measure by measure, with their 95% intervals.

    Parameters
    ----------
    evaluations : mapping of str to dict
        The models' test reports by title, the model at hand first.
    names : sequence of str
        Measures in [0, 1] that the reports hold.
    """
    figure = go.Figure()
    looks = ((theme.MODEL, "circle"), (theme.BASELINE, "square"))
    for (title, evaluation), (colour, symbol) in zip(evaluations.items(), looks, strict=False):
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
            marker={"color": colour, "symbol": symbol, "size": 12},
            name=title,
            customdata=[measured(result) for result in results],
            hovertemplate="%{y} %{customdata}<extra>" + title + "</extra>",
        )
    figure.update_xaxes(tickformat=".0%")
    figure.update_yaxes(autorange="reversed")
    return finish(figure, 300, scattermode="group", scattergap=0.6)
