"""An evaluation as a page for people: one HTML file that needs nothing else."""

from html import escape

from xray_core import wording
from xray_core.evaluate import HEADLINE

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1c1f24; background: #fff;
       max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: .3rem .9rem .3rem 0; border-bottom: 1px solid #d9dce1; text-align: left; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); gap: 1rem; }
"""


def describe_data(report):
    """Say in two sentences what was measured on what."""
    data, point = report["data"], report["operating_point"]
    where = "/".join(filter(None, (data["folder"], data["split"])))
    counts = ", ".join(f"{n:,} {label}" for label, n in data["counts"].items())
    return (
        f"Model {report['model']} on {where}: {wording.count(data['n'], 'film')} ({counts}) of "
        f"{wording.count(data['patients'], 'patient')}, all answered; the quality gate would have "
        f"refused {report['refused']:,}. Operating point {point['name']}: pneumonia from a "
        f"probability of {point['threshold']:.3f}."
    )


def list_measures(report):
    """List (title, measured) of everything that is one number with an interval."""
    rows = [(wording.METRICS[name].title, report[name]) for name in HEADLINE]
    for subtype, group in report["subgroups"].items():
        for name, result in group.items():
            title = wording.SUBTYPES.get(subtype, subtype)
            rows.append((f"{wording.METRICS[name].title}, {title.lower()}", result))
    if "three_class" in report:
        classes = report["three_class"]["classes"]
        rows.append((f"Accuracy, {len(classes)} classes", report["three_class"]["accuracy"]))
    return rows


def render_report(report):
    """Write the report of ``evaluate`` as HTML with interactive figures.

    Returns
    -------
    str
        A whole document of about 5 MB, nearly all of it the chart library, so that it opens
        without a network.
    """
    title = f"Evaluation of {report['model']}"
    sections = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(describe_data(report))}</p>",
        f"<p>{escape(wording.DISCLAIMER)}</p>",
        "<p>Intervals hold 95%, from resampled children.</p>",
        _table(
            ("Measure", "Value (95% interval)", "Films", ""),
            [
                (name, wording.measured(result), result["n"], result.get("reason", ""))
                for name, result in list_measures(report)
            ],
        ),
        "<h2>Operating points</h2>",
        _operating_points(report),
        _uncertain(report),
        "<h2>Figures</h2>",
        _figures(report),
        _classes(report),
        "<h2>The surest wrong answers</h2>",
        _worst(report),
    ]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
        f"</title><style>{STYLE}</style></head>\n<body>\n"
        + "\n".join(sections)
        + "\n</body></html>\n"
    )


def _table(header, rows):
    cells = "".join(f"<th>{escape(str(cell))}</th>" for cell in header)
    lines = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{lines}</tbody></table>"


def _operating_points(report):
    measures = ("sensitivity", "specificity", "accuracy")
    titles = [wording.METRICS[name].title for name in measures]
    return _table(
        ("Name", "Threshold", *titles, "Missed", "False alarms"),
        [
            (
                name,
                f"{point['threshold']:.3f}",
                *(wording.measured(point[measure]) for measure in measures),
                point["confusion"]["fn"],
                point["confusion"]["fp"],
            )
            for name, point in report["operating_points"].items()
        ],
    )


def _uncertain(report):
    if "uncertain" not in report:
        return ""
    band = report["uncertain"]
    return (
        f"<p>Uncertain from {band['low']:.3f} to {band['high']:.3f}: "
        f"{wording.percent(band['uncertain'])} of the films. In the band or on their own side of "
        f"it: {wording.percent(band['positive'])} of the pneumonias, "
        f"{wording.percent(band['negative'])} of the normals.</p>"
    )


def _figures(report):
    from xray_core import result_figures

    points = [
        (name, point["sensitivity"]["value"], point["specificity"]["value"])
        for name, point in report["operating_points"].items()
    ]
    both = report["auc"]["value"] is not None
    figures = {
        "ROC curve": result_figures.roc({report["model"]: report}, points if both else ()),
        "Precision and recall": result_figures.precision_recall(report),
        "Reliability": result_figures.reliability(report),
        "Answers": result_figures.confusion_matrix(report["confusion"]),
    }
    parts = [
        f"<figure><figcaption>{title}</figcaption>"
        + figure.to_html(full_html=False, include_plotlyjs=first)
        + "</figure>"
        for first, (title, figure) in zip((True, False, False, False), figures.items(), strict=True)
    ]
    return f'<div class="figures">{"".join(parts)}</div>'


def _classes(report):
    if "three_class" not in report:
        return ""
    classes, counts = report["three_class"]["classes"], report["three_class"]["confusion"]
    rows = [(name, *row) for name, row in zip(classes, counts, strict=True)]
    return "<h2>Classes</h2>" + _table(("Truth, answered as", *classes), rows)


def _worst(report):
    if not report["worst"]:
        return "<p>No film was called wrong.</p>"
    return _table(
        ("Film", "Truth", "Probability of pneumonia"),
        [
            (
                film["file"],
                wording.truth_of(film["label"], film["subtype"]),
                f"{film['probability']:.4f}",
            )
            for film in report["worst"]
        ],
    )
