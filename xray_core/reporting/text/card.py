"""A model's card in words for people, and its numbers as small tables."""

from collections.abc import Iterable
from typing import Any

from xray_core.inference.model_card import ModelCard
from xray_core.reporting.wording import METRICS, class_title, count, listed, percent, shared

VIEWS = {
    "lungs": "The lungs are found first; the network is shown what lies inside their hull with a "
    "narrow rim, the heart included",
    "film": "The network sees the whole film",
}


def describe(card: ModelCard) -> dict[str, str]:
    """Tell what the card tells, in reading order: Markdown by title, only the parts it has."""
    about = card.raw.get("about", {})
    parts = {
        "What it is": _describe_network(card),
        "What it is for": about.get("intended_use"),
        "What it is not for": about.get("excluded_use"),
        "Data it was trained on": about.get("data"),
        "What it expects": about.get("input"),
        "Known shortcuts": _bullets(about.get("known_shortcuts", ())),
        "How often test films were read": _bullets(about.get("test_readings", ())),
        "Initial weights and their licence": _describe_initial_weights(card),
        "Calibration": _describe_calibration(card.calibration),
        "Operating points": _bullets(
            f"**{point.name.capitalize()}**, from {percent(point.threshold)}: {point.meaning}"
            for point in card.operating_points
        ),
        "Where it does not answer": describe_band(card),
        "On the validation films": _describe_validation(card.raw.get("validation", {})),
    }
    return {title: text for title, text in parts.items() if text}


def describe_lungs(card: dict[str, Any]) -> str:
    """Say how well the lungs are found, from the card of the network that finds them."""
    text = "The lungs are found by a network of their own"
    results = card.get("results", {})
    measured = [
        f"{results[name]['dice_mean']:.3f} on {count(results[name]['n'], what)}"
        for name, what in (("test", "test film"), ("adults, heart left out", "adult"))
        if name in results
    ]
    if not measured:
        return f"{text}."
    return (
        f"{text}: Dice {listed(measured)}, all of patients it was not trained on (1 is the "
        "published outline itself; in adults the heart is left out)."
    )


def describe_band(card: ModelCard) -> str:
    """Say where the model is uncertain and what that promises; '' for a model that always answers.

    See `xray_core.evaluation.calibration.uncertain_band`.
    """
    if card.uncertain is None:
        return ""
    low, high = (percent(edge) for edge in card.uncertain)
    text = f"Between {low} and {high} the answer is *not sure*."
    level = card.raw["uncertain"].get("level")
    if level is None:
        return text
    return (
        f"{text} The band was fitted on validation films so that, of films like these, at least "
        f"{percent(level)} of each class lie in the band or on their own side of it."
    )


def describe_coverage(band: dict[str, Any], level: float | None = None) -> str:
    """Say what the uncertain band did on the tested films, and where it broke its promise.

    Parameters
    ----------
    band
        ``evaluation["uncertain"]``: shares ``uncertain``, ``positive`` and ``negative``, None where
        there is no such film, and the measures ``wrong`` and ``wrong_outside`` where a report has
        them.
    level
        The share promised for each class.
    """
    text = (
        f"Of the tested films {percent(band['uncertain'])} lie in the band. In it or on their own "
        f"side of it: {percent(band['positive'])} of the pneumonias and "
        f"{percent(band['negative'])} of the normal films."
    )
    classes = {"pneumonias": band["positive"], "normal films": band["negative"]}
    kept = {name: share for name, share in classes.items() if share is not None}
    short = [name for name, share in kept.items() if level is not None and share < level]
    if short:
        text += (
            f" For the {' and the '.join(short)} that is less than the {percent(level)} promised, "
            "which holds only for films like those the band was fitted on."
        )
    if "wrong_outside" not in band:
        return text
    return (
        f"{text} Of the answers outside it {shared(band['wrong_outside'])} are wrong; if every "
        f"film were answered, {shared(band['wrong'])} would be."
    )


def list_classes(card: ModelCard) -> list[dict[str, str]]:
    """How many films of each class the training used, and how much each counted.

    '–' for what the card does not tell.
    """
    columns = {
        "Films for training": ("films", "{:,}"),
        "Films for validation": ("validation_films", "{:,}"),
        "Times shown": ("times_shown", "{:.2f}"),
    }
    rows = []
    for name in card.training.get("films") or card.classes:
        row = {"Class": class_title(name)}
        for title, (key, form) in columns.items():
            values = card.training.get(key) or {}
            row[title] = form.format(values[name]) if name in values else "–"
        rows.append(row)
    return rows


def list_settings(card: ModelCard) -> list[dict[str, str]]:
    """The settings of the training."""
    config = card.training.get("config", {})
    named = {_title(name): config[name] for name in config if name not in ("title", "summary")}
    return [{"Setting": title, "Value": str(value)} for title, value in named.items()]


def list_files(card: ModelCard) -> list[dict[str, str]]:
    """The model's files and their SHA-256."""
    files = card.raw.get("files", {})
    return [{"File": name, "SHA-256": f"`{digest}`"} for name, digest in files.items()]


def _describe_network(card: ModelCard) -> str:
    said = {name: class_title(name).lower() for name in card.classes}
    view = VIEWS.get(card.field_of_view, card.field_of_view.capitalize())
    return (
        f"{card.summary} {view}, at {card.image_size} × {card.image_size} pixels. It tells apart "
        f"{', '.join(said.values())}; the probability of pneumonia is the sum over "
        f"{' and '.join(said[name] for name in card.positive)}."
    ).strip()


def _describe_initial_weights(card: ModelCard) -> str:
    if "initial_weights" not in card.training:
        return ""
    initial = card.training["initial_weights"]
    if not initial:
        return "None: it was trained from scratch."
    return (
        f"Pretrained on {initial['data']}; from the package {initial['package']}, licence "
        f"{initial['licence']}."
    )


def _describe_calibration(calibration: dict[str, float]) -> str:
    text = f"The network's score is divided by a temperature of {calibration['temperature']:.2f}"
    if calibration.get("bias"):
        text += f" and shifted by {calibration['bias']:+.2f}"
    text += ", fitted on validation films, so that the probability means what it says"
    if "prior" in calibration:
        text += f" where {percent(calibration['prior'])} of the films show pneumonia"
    return text + "."


def _describe_validation(measures: dict[str, float]) -> str:
    lines = _bullets(
        f"{_title(name)}: {value:,}" if isinstance(value, int) else f"{_title(name)}: {value:.3g}"
        for name, value in measures.items()
    )
    if not any(name.endswith("_jittered") for name in measures):
        return lines
    return (
        f"{lines}\n\n*Jittered*: every film was shown several times, each time changed in tone, "
        "wear and position as in training: unchanged films of the same hospital are too easy."
    )


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _title(name: str) -> str:
    """'auc_jittered' becomes 'AUC, jittered', 'batch_size' becomes 'Batch size'."""
    for metric, wording in METRICS.items():
        if name == metric or name.startswith(f"{metric}_"):
            return wording.title + name.removeprefix(metric).replace("_", ", ")
    return name.replace("_", " ").capitalize()
