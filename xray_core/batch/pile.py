"""Many films at once: answer each, keep little of it, and sort them by what they look like."""

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from xray_core.batch.table import COLUMNS, error_row, open_table, prediction_row
from xray_core.datasets.catalogue import Sample
from xray_core.errors import UsageError, XrayError
from xray_core.inference.decision import decide
from xray_core.io.images import encode_jpeg, fit_within
from xray_core.io.radiograph import load_radiograph
from xray_core.io.zip_archive import Archive, is_archive
from xray_core.parallel import map_in_order
from xray_core.types import DECISIONS

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
class File:
    """A file that may be a film, not yet opened.

    Attributes
    ----------
    name : str
    read : callable
        Returns the file's bytes.
    sample : Sample or None
        The labelled film this is, if it is one.
    """

    name: str
    read: Callable[[], bytes]
    sample: Sample | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """What is kept of an answered film.

    Attributes
    ----------
    file : File
    row : dict, see `xray_core.batch.table.prediction_row`
    thumbnail : bytes
        JPEG, no side longer than THUMBNAIL; empty where the film could not be read.
    """

    file: File
    row: dict
    thumbnail: bytes


@dataclass(slots=True, eq=False)
class Pile:
    """The films of one visit, and the answers so far; the first of the files are the first cases.

    Attributes
    ----------
    files : list of File
    cases : list of Case
    problems : list of str
        What could not be taken, in sentences.
    size : int
        Bytes of what is kept.
    model : str
        Version of the classifier that answered.
    stopped : bool
        Whether the visitor wants no more answers for now.
    """

    files: list = field(default_factory=list)
    cases: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    size: int = 0
    model: str = ""
    stopped: bool = False
    _turn: object = None
    _lock: Lock = field(default_factory=Lock)

    @property
    def waiting(self):
        """Number of files without an answer."""
        return len(self.files) - len(self.cases)

    def ask(self, classifier):
        """Choose who answers; another model starts again."""
        with self._lock:
            if self.model != classifier.version:
                self.model, self.cases, self.stopped = classifier.version, [], False
                self._turn = None

    def add(self, name, data):
        """Add an uploaded film, or the films of a ZIP archive, which stays packed in memory."""
        if self.size + len(data) > MAX_PILE_BYTES:
            self._complain(TOO_LARGE)
            return
        files = [File(name, lambda: data)]
        if is_archive(data):
            try:
                archive = Archive(data, name)
            except UsageError as error:
                self._complain(str(error))
                return
            files = [_member(archive, member) for member in archive.names]
        self._take(files)
        self.size += len(data)

    def add_samples(self, samples):
        """Add labelled films, which are read when their turn comes."""
        self._take([File(sample.name, sample.read, sample) for sample in samples])

    def _take(self, files):
        room = MAX_FILMS - len(self.files)
        if len(files) > room:
            self._complain(TOO_MANY)
        self.files += files[:room]
        self.stopped = False

    def _complain(self, problem):
        if problem not in self.problems:
            self.problems.append(problem)

    def answer(self, classifier):
        """Answer what has no answer yet; yields after each film, and can be left at any time.

        A later call and `stop` end an earlier one, which may still be under way in another thread.
        """
        self.ask(classifier)
        with self._lock:
            self._turn = turn = object()
            waiting = self.files[len(self.cases) :]
        for case in map_in_order(lambda file: examine(classifier, file), waiting):
            with self._lock:
                if self._turn is not turn:
                    return
                self.cases.append(case)
            yield case

    def stop(self):
        """Take no more answers for now."""
        with self._lock:
            self._turn, self.stopped = None, True


def _member(archive, name):
    return File(name, lambda: archive.read(name))


def examine(classifier, file):
    """Answer one file; returns a Case, also where it is no film."""
    try:
        radiograph = load_radiograph(file.read(), file.name)
        row = prediction_row(file.name, classifier.predict(radiograph))
    except (XrayError, OSError) as error:
        return Case(file, error_row(file.name, error, classifier.name), b"")
    return Case(file, row, encode_jpeg(fit_within(radiograph.pixels, THUMBNAIL), 80))


def sort_cases(cases, point, uncertain):
    """Decide every case at an operating point and sort, the most probable pneumonia first.

    Parameters
    ----------
    cases : iterable of Case
    point : OperatingPoint
    uncertain : (low, high) or None

    Returns
    -------
    list of (Case, dict)
        Each case with its row at this operating point; films without an answer come last, in the
        order they came.
    """
    decided = [(case, _decide(case.row, point, uncertain)) for case in cases]
    return sorted(decided, key=lambda pair: _rank(pair[1]["probability"]))


def _decide(row, point, uncertain):
    row = row | {"threshold": point.threshold}
    if row["probability"] is not None:
        row["label"], row["decision"] = decide(row["probability"], point, uncertain)
    return row


def _rank(probability):
    return 1.0 if probability is None else -probability


def count_decisions(decided):
    """Number of films by decision, in the order of DECISIONS, without those that do not occur."""
    found = Counter(row["decision"] for _, row in decided)
    return {decision: found[decision] for decision in DECISIONS if found[decision]}


def write_table(decided, suffix):
    """Write the rows as they stand; returns the bytes of a '.csv' or '.parquet' file."""
    file = io.BytesIO()
    with open_table(file, suffix, TABLE_COLUMNS) as write:
        write([row for _, row in decided])
    return file.getvalue()
