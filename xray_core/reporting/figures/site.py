"""Charts of a site's validation, as Plotly figures."""

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from xray_core import theme
from xray_core.reporting.figures.charts import finish


def decision_curve(net_benefit: Mapping[str, Any]) -> go.Figure:
    """Draw net benefit over the probability from which one would act.

    From `xray_core.site.validate.net_benefit`.
    """
    figure = go.Figure()
    looks = {
        "model": ("by the model", theme.MODEL, "solid"),
        "all": ("treating all", theme.PNEUMONIA, "dash"),
        "none": ("treating none", theme.UNCERTAIN, "dot"),
    }
    for key, (name, colour, dash) in looks.items():
        figure.add_scatter(
            x=net_benefit["threshold"],
            y=net_benefit[key],
            mode="lines",
            line={"color": colour, "dash": dash, "width": 2.5},
            name=name,
            hovertemplate="acting from %{x:.0%}: %{y:.3f}<extra>" + name + "</extra>",
        )
    highest = max(*net_benefit["model"], net_benefit["prevalence"])
    figure.update_xaxes(title="acting from this probability on", tickformat=".0%")
    figure.update_yaxes(title="net benefit per film", range=[-0.15 * highest, 1.1 * highest])
    return finish(figure, 360)
