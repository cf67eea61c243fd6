"""One training of a visitor: what it was asked for, how far it is, and what came of it."""

from __future__ import annotations

import base64
import io
import json
import threading
import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xray_core.experiments.settings import RunSettings
from xray_core.inference.model_card import KERAS_FILE, LITERT_FILE
from xray_core.training.live import EVENTS

if TYPE_CHECKING:
    from xray_core.classifier import Classifier

STATES = ("waiting", "running", "stopped", "done", "failed", "cancelled")
READ, LEARN = 0.1, 0.8
"""Shares of a run that reading films and learning are taken for."""

FILES = (KERAS_FILE, LITERT_FILE, "card.json", "history.json")


@dataclass
class Progress:
    """How far a run is.

    Attributes
    ----------
    stage
        What it is doing, in words.
    steps
        Step, loss and accuracy, at most 400 of them: each the mean since the one before.
    steps_in_all
        0 as long as that is not known.
    epochs
        ``epoch``, ``loss``, ``accuracy``, ``val_loss``, ``val_accuracy``, ``val_auc``.
    wrong
        Validation films that it gets wrong right now, the surest first: ``name``, ``label``,
        ``split``, ``probability`` and ``picture``, a JPEG as bytes.
    seconds, seconds_left
        Of training, stops left out.
    share
        How much of all of it is done, in [0, 1], about; reading and measuring count a little.
    """

    stage: str = ""
    steps: list[tuple[int, float, float]] = field(default_factory=list)
    steps_in_all: int = 0
    epochs: list[dict[str, float]] = field(default_factory=list)
    wrong: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    seconds_left: float = 0.0
    share: float = 0.0


class Run:
    """One training.

    Attributes
    ----------
    name
        Of its model; no other run on this server has it.
    title, settings
    plan, label
        The experiment that it is a part of, and what it is called there; '' for none.
    state
        One of STATES.
    problem
        What went wrong, in a sentence, or ''.
    results
        When it is done: ``validation`` and ``test`` as `xray_core.evaluation.evaluate` writes
        reports, ``adults`` as `xray_core.evaluation.probes.projection` does and ``outline`` as the
        probe of that name; None where the films are not at hand.
    expected
        Seconds that it was expected to take before it began.
    """

    def __init__(
        self,
        name: str,
        title: str,
        settings: RunSettings,
        folder: Path,
        *,
        expected: float = 0.0,
        plan: str = "",
        label: str = "",
    ) -> None:
        self.name, self.title, self.settings, self.folder = name, title, settings, folder
        self.expected, self.plan, self.label = expected, plan, label
        self.state, self.problem = "waiting", ""
        self.results: dict[str, Any] | None = None
        self.spent = 0.0  # seconds of earlier processes
        self.last = ""  # kind of the last thing told
        self._progress = Progress(seconds_left=expected)
        self._read, self._pace, self._first = 0, 0.0, (0, 0.0)
        self._steps = 0  # of an epoch
        self._lock = threading.Lock()

    @property
    def home(self) -> Path:
        """The folder of model folders that holds its model."""
        return self.folder / "models"

    @property
    def progress(self) -> Progress:
        """How far it is; reads what is new."""
        with self._lock:
            self._catch_up()
            return self._progress

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in ("done", "failed", "cancelled")

    def classifier(self) -> Classifier:
        """Its network, to be asked about films."""
        return self._classifier

    @cached_property
    def _classifier(self) -> Classifier:
        from xray_core.classifier import load_classifier

        return load_classifier(self.name, home=self.home)

    def files(self) -> bytes:
        """A ZIP archive of its model: Keras, LiteRT, card and history."""
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in FILES:
                archive.write(self.home / self.name / name, f"{self.name}/{name}")
        return made.getvalue()

    def count(self, seconds: float) -> None:
        """Say for how long its process has run."""
        with self._lock:
            self._progress.seconds = self.spent + seconds
            self._progress.seconds_left = self._left(seconds)

    def _left(self, seconds: float) -> float:
        """By its own pace, once it has one; what comes after the last step as was expected."""
        found = self._progress
        if self.over:
            return 0.0
        if not self._pace or not found.steps:
            return self.expected * (1 - found.share)
        missing = found.steps_in_all - found.steps[-1][0]
        return missing * self._pace + max(self.expected / 5 * bool(missing), 1.0)

    def _catch_up(self) -> None:
        path = self.folder / EVENTS
        if not path.exists():
            return
        with path.open("rb") as file:
            file.seek(self._read)
            new = file.read()
        whole = new[: new.rfind(b"\n") + 1]  # a line may be half written
        self._read += len(whole)
        for line in whole.splitlines():
            self._take(json.loads(line))

    def _take(self, event: dict[str, Any]) -> None:
        found, self.last = self._progress, event["kind"]
        if self.last == "stage":
            found.stage = event["words"]
            if not found.steps_in_all:
                found.share = READ * event.get("read", 0.0)
        elif self.last == "begun":  # anew, or after its last whole epoch
            found.steps_in_all, self._steps = event["steps_in_all"], event["steps"]
            done = event["epoch"] * event["steps"]
            found.steps = [step for step in found.steps if step[0] <= done]
            found.epochs = found.epochs[: event["epoch"]]
            self._first, self._pace = (done, event["at"]), 0.0
        elif self.last == "step":
            found.steps.append((event["step"], event["loss"], event["accuracy"]))
            found.share = READ + LEARN * event["step"] / found.steps_in_all
            self._pace = (event["at"] - self._first[1]) / max(event["step"] - self._first[0], 1)
        elif self.last == "epoch":
            found.epochs.append({k: v for k, v in event.items() if k not in ("kind", "at")})
        elif self.last == "wrong":
            found.wrong = [
                {**film, "picture": base64.b64decode(film["picture"])} for film in event["films"]
            ]
        elif self.last == "failed":
            self.problem = event["problem"]
        elif self.last == "done":
            self.results, found.stage, found.share = event["results"], "Done", 1.0
