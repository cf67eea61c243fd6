"""What a model folder says about its model, and whether its files are the ones it speaks of."""

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xray_core.errors import ModelError
from xray_core.places import PROJECT
from xray_core.types import LABELS, OperatingPoint

MODELS = PROJECT / "models"
DEFAULT_MODEL = "lungs"
KERAS_FILE = "model.keras"
LITERT_FILE = "model.tflite"


def models_home() -> Path:
    """The folder of model folders: the environment's XRAY_MODELS, or the project's ``models``."""
    return Path(os.environ.get("XRAY_MODELS") or MODELS).expanduser()


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The facts that inference and the pages need; ``raw`` is the whole card.

    Attributes
    ----------
    classes
        The normal one, then the kinds of pneumonia; the network's first output is the log-odds of
        an opacity, and those of the kinds follow where there are several.
    other
        Of the last output, another abnormality: the log-odds (``threshold``) from which it is
        remarked on. None where the network has no such output.
    labels
        What a film is called whose probability of those is low, and high.
    field_of_view
        'lungs' or 'film', see `xray_core.inference.views`.
    calibration
        ``temperature`` and ``bias`` of `xray_core.inference.decision.calibrate`, and the ``prior``.
    operating_points
        The first is the default.
    uncertain
        Probabilities between which the decision is 'uncertain'.
    training
        ``config``, ``films``, ``validation_films``, ``times_shown``, ``initial_weights``.
    site
        What site the calibration was fitted for, see `xray_core.inference.site_calibration`; ''
        where it is the model's own.
    gives_probability
        False where a site has fitted a threshold alone.
    home
        The folder of model folders that it was read from; None for `models_home`.
    """

    name: str
    title: str
    summary: str
    classes: tuple[str, ...]
    labels: tuple[str, str]
    field_of_view: str
    image_size: int
    calibration: dict[str, float]
    operating_points: tuple[OperatingPoint, ...]
    uncertain: tuple[float, float] | None
    other: dict[str, float] | None
    training: dict[str, Any]
    raw: dict[str, Any]
    site: str = ""
    gives_probability: bool = True
    home: Path | None = None

    @property
    def outputs(self) -> tuple[str, ...]:
        """What the network's logits stand for."""
        kinds = self.classes[1:] if len(self.classes) > 2 else ()
        return ("opacity", *kinds, *(("other",) if self.other else ()))

    @property
    def positive(self) -> tuple[str, ...]:
        """The classes that are pneumonia."""
        return self.classes[1:]

    @property
    def default_operating_point(self) -> OperatingPoint:
        return self.operating_points[0]

    @property
    def home_made(self) -> bool:
        """Whether a visitor has trained it."""
        return bool(self.raw.get("home_made"))


def list_models(home: Path | None = None) -> tuple[str, ...]:
    """Names of the classifiers at hand, the default first; a folder with a broken card is none."""
    names: list[str] = []
    for path in (home or models_home()).glob("*/card.json"):
        with suppress(ModelError):
            if _read_json(path).get("kind") == "classification":
                names.append(path.parent.name)
    return tuple(sorted(names, key=lambda name: (name != DEFAULT_MODEL, name)))


def load_card(name: str, home: Path | None = None) -> ModelCard:
    """Read a classifier's card from a folder of model folders, `models_home` by default.

    Raises
    ------
    ModelError
        There is no such model, or its card is incomplete.
    """
    path = model_folder(name, home) / "card.json"
    raw = _read_json(path)
    if raw.get("kind", "classification") != "classification":
        raise ModelError(
            f"The model '{name}' answers for no film; choose one of {_listed(list_models(home))}."
        )
    try:
        band = raw.get("uncertain")
        return ModelCard(
            name=name,
            title=raw["title"],
            summary=raw.get("summary", ""),
            classes=tuple(raw["classes"]),
            labels=tuple(raw.get("labels", LABELS)),
            field_of_view=raw["field_of_view"],
            image_size=int(raw["image_size"]),
            calibration=raw["calibration"],
            operating_points=tuple(OperatingPoint(**point) for point in raw["operating_points"]),
            uncertain=tuple(band["band"]) if band else None,
            other=raw.get("other"),
            training=raw["training"],
            raw=raw,
            home=home,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"The card {path} lacks or garbles a field ({error!r}): train the model again or "
            "restore its folder."
        ) from error


def load_evaluation(name: str, home: Path | None = None) -> dict[str, Any]:
    """The report of ``evaluate`` on the official test, as a dict; ModelError where it is absent."""
    path = model_folder(name, home) / "evaluation.json"
    if not path.exists():
        raise ModelError(
            f"The model '{name}' was not put to the official test and has no evaluation.json: "
            "evaluate it, or choose another."
        )
    return _read_json(path)


def load_history(name: str, home: Path | None = None) -> dict[str, Any]:
    """Losses by epoch, ``{"epochs": [{"epoch", "loss", "val_loss", "val_auc"}, …]}``."""
    return _read_json(model_folder(name, home) / "history.json")


def load_external(name: str, home: Path | None = None) -> tuple[dict[str, Any], ...]:
    """Results on films from elsewhere, as `xray_core.evaluation.external` writes them.

    Returns
    -------
    tuple of dict
        A report for each file in the model's folder ``external``, in the order of their names:
        ``{"title", "note", "n", "refused", "groups": [{"name", "n", "positives", "auc"}, …],
        "called": [{"name", "n", "share"}, …], "ap_minus_pa"}``.
    """
    folder = model_folder(name, home)
    return tuple(_read_json(path) for path in sorted((folder / "external").glob("*")))


def load_probes(name: str, home: Path | None = None) -> dict[str, Any]:
    """What a model leans on, the report of ``probe``; empty where that was not measured."""
    path = model_folder(name, home) / "probes.json"
    return _read_json(path) if path.exists() else {}


def model_folder(name: str, home: Path | None = None) -> Path:
    """The folder of a model by its name; ModelError where there is none."""
    home = home or models_home()
    folder = home / name
    if Path(name).name != name or not (folder / "card.json").is_file():
        raise ModelError(
            f"There is no model '{name}' in {home}, which has: {_listed(list_models(home))}; "
            "choose one of these or train it."
        )
    return folder


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


def read_card(folder: Path) -> dict[str, Any]:
    """The card of any model folder as a dict; ModelError where it is missing or broken."""
    return _read_json(folder / "card.json")


def read_model_file(folder: Path, file: str, card: dict[str, Any]) -> bytes:
    """Bytes of a model's file, after comparing them with the hash on the card.

    Raises
    ------
    ModelError
        The file is missing or not the one the card names.
    """
    try:
        content = (folder / file).read_bytes()
    except OSError as error:
        raise ModelError(
            f"The model '{folder.name}' lacks {file} ({error.strerror}): restore its folder from "
            "the repository or train it again."
        ) from error
    expected = card.get("files", {}).get(file, "nothing")
    arrived = hashlib.sha256(content).hexdigest()
    if arrived != expected:
        raise ModelError(
            f"The card of the model '{folder.name}' expects {file} with SHA-256 {expected[:12]}…, "
            f"but the file has {arrived[:12]}…: restore the folder or train the model again."
        )
    return content


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text())
        content.items()
        return content
    except (OSError, ValueError, AttributeError) as error:
        raise ModelError(
            f"Expected a JSON object at {path} and could not read it ({error}): restore the model "
            "folder from the repository."
        ) from error
