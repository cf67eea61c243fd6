"""Many films at once: answer each, keep little of it, and sort them by what they look like."""

import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from xray_core.batch.table import COLUMNS, error_row, open_table, prediction_row
from xray_core.errors import UsageError, XrayError
from xray_core.inference.decision import decide
from xray_core.io.film_source import FilmFile, open_dropped
from xray_core.io.images import encode_jpeg, fit_within
from xray_core.parallel import map_in_order
from xray_core.types import DECISIONS, OperatingPoint, Predictor

MAX_FILMS = 1000
"""Most films in one pile; the command line scores any number."""
MAX_PILE_BYTES = 256 * 2**20
"""Most bytes of files that one visit may keep in memory."""
THUMBNAIL = 64  # pixels of the longer side
TABLE_COLUMNS = (*COLUMNS[:4], "threshold", *COLUMNS[4:])

TOO_MANY = (
    f"Expected at most {MAX_FILMS:,} films at a time, but there are more: only the first "
    f"{MAX_FILMS:,} are taken; `python -m xray_core score` answers any number."
)
TOO_LARGE = (
    f"Expected at most {MAX_PILE_BYTES // 2**20} MB of files at a time, but there are more: the "
    "rest was left out; `python -m xray_core score` answers any number."
)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """What is kept of an answered film.

    Attributes
    ----------
    row, see `xray_core.batch.table.prediction_row`
    thumbnail
        JPEG, no side longer than THUMBNAIL; empty where the film could not be read.
    score, distance
        Log-odds before calibration, and how far the film is from those that the gate knows; None
        where the film could not be read.
    """

    file: FilmFile
    row: dict[str, Any]
    thumbnail: bytes
    score: float | None = None
    distance: float | None = None


Decided = tuple[Case, dict[str, Any]]


@dataclass(slots=True, weakref_slot=True, eq=False)
class Pile:
    """The films of one visit, and the answers so far; the first of the files are the first cases.

    Attributes
    ----------
    problems
        What could not be taken, in sentences.
    size
        Bytes of what is kept.
    most
        Films that it takes; by default MAX_FILMS.
    examine
        From the classifier and a film to its case; by default `examine`.
    model
        Version of the classifier that answered.
    stopped
        Whether the visitor wants no more answers for now.
    """

    files: list[FilmFile] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    size: int = 0
    most: int | None = None
    examine: Callable[[Any, Any], Case] | None = None
    model: str = ""
    stopped: bool = False
    _turn: object = None
    _lock: Any = field(default_factory=Lock)

    @property
    def waiting(self) -> int:
        """Number of files without an answer."""
        return len(self.files) - len(self.cases)

    def ask(self, classifier: Predictor) -> None:
        """Choose who answers; another model starts again."""
        with self._lock:
            if self.model != classifier.version:
                self.model, self.cases, self.stopped = classifier.version, [], False
                self._turn = None

    def add(self, name: str, data: bytes) -> None:
        """Add an uploaded film, or the films of a ZIP archive, which stays packed in memory."""
        if self.size + len(data) > MAX_PILE_BYTES:
            self._complain(TOO_LARGE)
            return
        try:
            self._take(open_dropped(data, name))
        except UsageError as error:
            self._complain(str(error))
            return
        self.size += len(data)

    def add_samples(self, samples: Sequence[FilmFile]) -> None:
        """Add labelled films, which are read when their turn comes."""
        self._take(samples)

    def _take(self, files: Sequence[FilmFile]) -> None:
        room = (self.most or MAX_FILMS) - len(self.files)
        if len(files) > room:
            self._complain(TOO_MANY)
        self.files += files[:room]
        self.stopped = False

    def _complain(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def answer(self, classifier: Predictor) -> Iterator[Case]:
        """Answer what has no answer yet; yields after each film, and can be left at any time.

        A later call and `stop` end an earlier one, which may still be under way in another thread.
        """
        self.ask(classifier)
        with self._lock:
            self._turn = turn = object()
            waiting = self.files[len(self.cases) :]
        ask = self.examine or examine
        for case in map_in_order(lambda file: ask(classifier, file), waiting):
            with self._lock:
                if self._turn is not turn:
                    return
                self.cases.append(case)
            yield case

    def stop(self) -> None:
        """Take no more answers for now."""
        with self._lock:
            self._turn, self.stopped = None, True


def examine(classifier: Predictor, file: FilmFile) -> Case:
    """Answer one file; returns a Case, also where it is no film."""
    try:
        radiograph = file.open()
        prediction = classifier.predict(radiograph)
    except (XrayError, OSError) as error:
        return Case(file, error_row(file.name, error, classifier.name), b"")
    thumbnail = encode_jpeg(fit_within(radiograph.pixels, THUMBNAIL), 80)
    row = prediction_row(file.name, prediction)
    return Case(file, row, thumbnail, prediction.score, prediction.quality.distance)


def sort_cases(
    cases: Iterable[Case], point: OperatingPoint, uncertain: tuple[float, float] | None
) -> list[Decided]:
    """Decide every case at an operating point and sort, the most probable pneumonia first.

    Returns
    -------
    list
        Each case with its row at this operating point; films without an answer come last, in the
        order they came.
    """
    decided = [(case, _decide(case.row, point, uncertain)) for case in cases]
    return sorted(decided, key=lambda pair: _rank(pair[1]["probability"]))


def _decide(
    row: dict[str, Any], point: OperatingPoint, uncertain: tuple[float, float] | None
) -> dict[str, Any]:
    row = row | {"threshold": point.threshold}
    if row["probability"] is not None:
        row["label"], row["decision"] = decide(row["probability"], point, uncertain)
    return row


def _rank(probability: float | None) -> float:
    return 1.0 if probability is None else -probability


def count_decisions(decided: Iterable[Decided]) -> dict[str, int]:
    """Number of films by decision, in the order of DECISIONS, without those that do not occur."""
    found = Counter(row["decision"] for _, row in decided)
    return {decision: found[decision] for decision in DECISIONS if found[decision]}


def write_table(decided: Iterable[Decided], suffix: str) -> bytes:
    """Write the rows as they stand; returns the bytes of a '.csv' or '.parquet' file."""
    file = io.BytesIO()
    with open_table(file, suffix, TABLE_COLUMNS) as write:
        write([row for _, row in decided])
    return file.getvalue()
