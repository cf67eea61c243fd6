"""Tables of test results in words for people: every value is a str."""

from xray_core.wording import METRICS, measured, percent


def operating_points(evaluation):
    """What each operating point of the card does on the tested films.

    Parameters
    ----------
    evaluation : dict
        A test report.

    Returns
    -------
    list of dict of str to str
    """
    return [
        {
            "Operating point": f"{name.capitalize()}, from {percent(point['threshold'])}",
            **{
                METRICS[measure].title: measured(point[measure])
                for measure in ("sensitivity", "specificity")
            },
            "Missed": f"{point['confusion']['fn']:,}",
            "False alarms": f"{point['confusion']['fp']:,}",
        }
        for name, point in evaluation["operating_points"].items()
    ]


def external(report):
    """How the model does on films of other kinds, a row for each group of them.

    Parameters
    ----------
    report : dict
        From `xray_core.model_card.load_external`.

    Returns
    -------
    list of dict of str to str
        Films, how many, how many of them with pneumonia, and every measure with its interval.
    """
    names = [name for name in METRICS if any(name in group for group in report["groups"])]
    return [
        {
            "Films": group["name"][:1].upper() + group["name"][1:],
            "Number": f"{group['n']:,}",
            "With pneumonia": f"{group['positives']:,}" if "positives" in group else "–",
            **{
                METRICS[name].title: measured(group[name]) if name in group else "–"
                for name in names
            },
        }
        for group in report["groups"]
    ]
