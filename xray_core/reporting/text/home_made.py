"""What is said of networks that visitors train: settings, times, results, what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from xray_core.reporting.text.experiments import describe_run, is_beyond_chance
from xray_core.reporting.wording import (
    METRICS,
    Wording,
    count,
    difference,
    listed,
    measured,
    percent,
    shared,
)
from xray_core.types import LABELS

if TYPE_CHECKING:
    from xray_core.inference.model_card import ModelCard

SETTINGS = {
    "field_of_view": Wording(
        "What it sees",
        "Everything on the film, borders and letters too, or the lungs and nothing outside them.",
    ),
    "image_size": Wording(
        "Size", "Pixels along each side: four times as many cost about four times the time."
    ),
    "network": Wording(
        "Network",
        "A small one that begins with nothing, or one that has seen a million photographs and is "
        "fetched from the internet at each start.",
    ),
    "blocks": Wording(
        "Blocks", "Each looks for patterns in the patterns of the one before, at half the size."
    ),
    "width": Wording(
        "Channels of the first block", "How many patterns it looks for; every block doubles them."
    ),
    "frozen": Wording(
        "Frozen blocks",
        "So many of its eleven blocks keep what they learned from photographs: less to learn.",
    ),
    "class_weights": Wording(
        "Class weights", "Films of the rare class are shown more often, so that both count alike."
    ),
    "augmented": Wording(
        "Augmentation", "Each film is moved, dimmed and worn at random every time it is shown."
    ),
    "epochs": Wording("Epochs", "How often it goes through about as many films as there are."),
    "learning_rate": Wording(
        "Learning rate", "How far the weights move at each step: too little crawls, too much jumps."
    ),
    "films": Wording(
        "Training films", "Drawn by chance, as many of each class as there are in proportion."
    ),
    "apart": Wording(
        "Children apart",
        "Off, films of one child may be on both sides of the split: a trap, and a common one.",
    ),
    "seed": Wording("Seed", "Another number is another draw of chance, and another network."),
}
"""What each setting is called, and what it does in one sentence."""

FIELDS_OF_VIEW = {"film": "Whole film", "lungs": "Lungs"}
NETWORKS = {"small_cnn": "Small CNN", "efficientnet_lite0": "Pretrained"}
START = {
    "small_cnn": "Train it",
    "efficientnet_lite0": "Fetch its weights (17 MB, over the internet) and train it",
}
"""What the button says that begins a training."""
STATES = {
    "waiting": "Waiting",
    "running": "Training",
    "stopped": "Stopped",
    "done": "Done",
    "failed": "Failed",
    "cancelled": "Cancelled",
}
_FEW_EPOCHS = 3  # with fewer the losses have no course to be read


def describe_time(seconds: float) -> str:
    """'a few seconds', '40 seconds', '3 minutes', 'an hour and 10 minutes': as exact as it is."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 55:
        return f"{round(seconds / 10) * 10} seconds"
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return count(minutes, "minute")
    hours, minutes = divmod(minutes, 60)
    return count(hours, "hour") + (f" and {count(minutes, 'minute')}" if minutes else "")


def describe_progress(stage: str, seconds: float, left: float) -> str:
    """What a training does, for how long it has, and how long it still will."""
    rest = describe_time(left)
    to_go = f"{'' if rest.startswith('a few') else 'about '}{rest} to go"
    return f"{stage or 'Starting'}. {describe_time(seconds).capitalize()} so far, {to_go}."


def describe_films(counts: Mapping[str, Mapping[str, int]]) -> str:
    """How many films of each class there are to learn from and to test on, in one line."""
    said = []
    for split, use in (("train", "to learn from"), ("test", "to test on")):
        if classes := counts.get(split):
            parts = listed([f"{n:,} {label.lower()}" for label, n in classes.items()])
            said.append(f"{sum(classes.values()):,} films {use} ({parts})")
    return "; ".join(said) + "."


def describe_queue(ahead: int, seconds: float) -> str:
    """Where a training stands in the queue, and when it is expected to begin."""
    if not ahead:
        return "It begins in a moment."
    before = "One training is" if ahead == 1 else f"{ahead} trainings are"
    return (
        f"{before} before it: this server trains one network at a time. It should begin in about "
        f"{describe_time(seconds)}; you may leave this page and come back."
    )


def read_run(results: Mapping[str, Any], labels: tuple[str, str] = LABELS) -> tuple[str, ...]:
    """Say in words what came of a training, and nothing that its intervals do not bear.

    Parameters
    ----------
    results
        ``validation`` and ``test`` as `xray_core.evaluation.evaluate` makes reports; ``adults`` and
        ``outline`` as the probes do. None, or absent, where the films are not at hand.
    labels
        What its card calls a film whose probability is low, and high.
    """
    test = results.get("test")
    said = [
        f"**{describe_run(dict(results))}**",
        *_read_errors(test or results["validation"], "test" if test else "validation", labels),
    ]
    said += [_read_adults(results.get("adults")), _read_outline(results.get("outline"))]
    return tuple(filter(None, said))


def _read_errors(report: Mapping[str, Any], part: str, labels: tuple[str, str]) -> list[str]:
    said = []
    low, high = (label.lower() for label in labels)
    sensitivity, specificity = report.get("sensitivity"), report.get("specificity")
    if sensitivity and specificity and sensitivity.get("interval") and specificity.get("interval"):
        both = (
            f"On the {part} it calls {shared(sensitivity)} of the films with {high} {high}, and "
            f"{shared(specificity)} of those with {low} {low}"
            if labels != LABELS
            else f"On the {part} it finds {shared(sensitivity)} of the pneumonias and clears "
            f"{shared(specificity)} of the normal films"
        )
        if sensitivity["interval"][0] > specificity["interval"][1]:
            both += f": in doubt it says {high}"
        elif specificity["interval"][0] > sensitivity["interval"][1]:
            both += f": in doubt it says {low}"
        said.append(f"{both}.")
    counts = report.get("counts") or {}
    others = sum(counts.values()) - counts.get(labels[0], 0)
    if 0 < others < sum(counts.values()) and report["accuracy"].get("interval"):
        lazy = max(others, counts[labels[0]]) / sum(counts.values())
        if report["accuracy"]["interval"][0] <= lazy:
            most = high if others > counts[labels[0]] else low
            said.append(
                f"Always answering *{most}* would be right for {percent(lazy)}: it is not sure "
                "that this network is better."
            )
    zero = (report.get("calibration") or {}).get("intercept")
    if zero and is_beyond_chance(zero):
        way = "high" if zero["value"] < 0 else "low"
        said.append(
            f"Its probabilities are too {way} there: its zero lies wrong by {difference(zero, 2)} "
            "log-odds."
        )
    return said


def _read_adults(report: Mapping[str, Any] | None) -> str:
    auc = find(report or {}, "auc", "all")
    if not auc.get("interval"):
        return ""
    low, high = auc["interval"]
    worth = ": guessing is as good" if low <= 0.5 <= high else ""
    return (
        f"On {count(auc['n'], 'film')} of adults, whom it has never seen, it ranks with an AUC of "
        f"{measured(auc, 2)}{worth}."
    )


def _read_outline(report: Mapping[str, Any] | None) -> str:
    """What the lungs' outline does to the score by itself; `probe_outline` measures it."""
    if not report or not report["outline"].get("interval"):
        return ""
    alone, inside = report["outline"], report["content"]
    if alone["interval"][0] <= 0:
        return "The outline of the lungs alone does not move its score."
    return (
        f"The outline of the lungs alone moves its score by {difference(alone, 1)} log-odds, what "
        f"is inside them by {difference(inside, 1)}: the outline is a crutch, and no disease."
    )


def read_losses(epochs: Sequence[Mapping[str, Any]]) -> str:
    """Say where the validation loss was lowest, and what that means; '' where it is too early."""
    losses = [(one["epoch"], one["val_loss"]) for one in epochs if one.get("val_loss") is not None]
    if len(losses) < _FEW_EPOCHS:
        return ""
    best, last = min(losses, key=lambda one: one[1])[0], losses[-1][0]
    if best == last:
        return "The validation loss still falls: it has not begun to learn its films by heart."
    return (
        f"The validation loss was lowest in epoch {best}: what falls after that is the training "
        "loss alone, and films are learned by heart."
    )


def compare_rows(networks: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Rows of the table of networks.

    Parameters
    ----------
    networks
        Each with a ``title``, what it ``sees``, and results as `read_run` takes them.
    """
    return [
        {
            "Network": network["title"],
            "Sees": network["sees"],
            "Validation, accuracy": shared(find(network, "validation", "accuracy")),
            "Test, accuracy": shared(find(network, "test", "accuracy")),
            METRICS["sensitivity"].title: shared(find(network, "test", "sensitivity")),
            METRICS["specificity"].title: shared(find(network, "test", "specificity")),
            METRICS["auc"].title: measured(find(network, "test", "auc"), 2),
            METRICS["calibration_intercept"].title: difference(
                find(network, "test", "calibration", "intercept"), 2
            ),
            METRICS["calibration_slope"].title: measured(
                find(network, "test", "calibration", "slope"), 2
            ),
            "Adults, AUC": measured(find(network, "adults", "auc", "all"), 2),
            "Lying against standing": difference(find(network, "adults", "ap_minus_pa"), 1),
            "Outline against content": measured(find(network, "outline", "ratio"), 2),
        }
        for network in networks
    ]


def of_shipped(
    card: ModelCard, evaluation: Mapping[str, Any], probes: Mapping[str, Any]
) -> dict[str, Any]:
    """A model of the server as `compare_rows` wants it.

    Its card tells of validation films that were altered as in training: the ranking alone.
    """
    auc = card.raw.get("validation", {}).get("auc_jittered")
    return {
        "title": card.title,
        "sees": FIELDS_OF_VIEW[card.field_of_view],
        "validation": probes.get("validation") or {"auc": {"value": auc, "interval": None}},
        "test": evaluation,
        "adults": probes.get("projection"),
        "outline": probes.get("outline"),
    }


def tell_apart(titles: Sequence[str]) -> list[str]:
    """Titles that all differ: those that come twice are numbered."""
    return [
        f"{title} {titles[:at].count(title) + 1}" if titles.count(title) > 1 else title
        for at, title in enumerate(titles)
    ]


def find(results: Mapping[str, Any], *path: str) -> dict[str, Any]:
    """A measure in a network's results, without a value where it was not measured."""
    found: Any = results
    for key in path:
        found = (found or {}).get(key)
    return dict(found or {"value": None})
