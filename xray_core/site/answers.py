"""What the model says of each of a site's films, whatever the gate says, and what it was shown."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xray_core.batch.resume import line_of, open_alone, read_rows, resume
from xray_core.errors import DataError, XrayError
from xray_core.inference.trim import frame_film
from xray_core.inference.views import relative_bands
from xray_core.io.film_source import FilmFile
from xray_core.parallel import map_in_order
from xray_core.reporting.wording import count
from xray_core.site.films import LabelledFilm, truth_of
from xray_core.types import Analysis, Predictor

if TYPE_CHECKING:
    from xray_core.types import Radiograph

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The films that were read, each once, and what the network said of them.

    Attributes
    ----------
    films, rows
        In the same order; a row as of `answer_film`.
    unreadable
        Rows of the others.
    notes
        What was left out and what to know, a sentence each.
    """

    films: tuple[LabelledFilm, ...]
    rows: tuple[Row, ...]
    unreadable: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def truth(self) -> np.ndarray:
        """bool (films,), True for pneumonia."""
        return truth_of(self.films)

    @property
    def score(self) -> np.ndarray:
        """Log-odds of pneumonia before calibration, float (films,)."""
        return np.array([row["score"] for row in self.rows], dtype=float)

    @property
    def patients(self) -> np.ndarray:
        """str (films,); '' where a film is a patient of its own."""
        return np.array([film.patient for film in self.films], dtype=object)


def answer_film(classifier: Predictor, film: FilmFile) -> Row:
    """Show a film to the network.

    Returns
    -------
    dict
        ``file``, ``stamp`` and ``error``, None where it could be read; then also ``digest`` of the
        file, ``score``, log-odds before calibration, ``refused``, ``reasons``, the gate's ``kind``
        and ``distance``, and ``bands``, see `xray_core.inference.views.relative_bands`.
    """
    row: Row = {"file": film.name, "stamp": film.stamp, "error": None}
    try:
        radiograph = film.open()
    except (XrayError, OSError) as error:
        return row | {"error": str(error).encode("utf-8", "backslashreplace").decode()}
    return row | describe_answer(radiograph, classifier.analyze(radiograph))


def describe_answer(radiograph: "Radiograph", analysis: Analysis) -> Row:
    """What `answer_film` keeps of an analysis."""
    prediction, look = analysis.prediction, analysis.look
    film, _ = frame_film(analysis.radiograph.pixels)
    quality = prediction.quality
    return {
        "digest": radiograph.digest,
        "score": float(prediction.score),
        "refused": prediction.refused,
        "reasons": list(quality.reasons),
        "kind": quality.kind,
        "distance": float(quality.distance),
        "bands": relative_bands(film, look),
    }


def answer_films(
    classifier: Predictor,
    films: Sequence[LabelledFilm],
    *,
    part: Path | None = None,
    progress: Callable[..., Iterable[Row]] | None = None,
) -> Answers:
    """Show every film to the network, one after the other: memory does not grow with them.

    Parameters
    ----------
    part
        A file that keeps the rows as they come, so that a run that was stopped goes on from there;
        it is gone at the end. Without it nothing is kept.
    progress
        ``progress(rows, total=n, initial=n)`` returns the rows again, as tqdm does.

    Raises
    ------
    DataError
        Where no film can be read, or the same film has two labels.
    """
    ask = partial(answer_film, classifier)
    if part is None:
        rows: Iterable[Row] = map_in_order(ask, films)
        return tidy(films, list(progress(rows, total=len(films)) if progress else rows))
    header = {"model": classifier.name, "version": classifier.version}
    with open_alone(part) as lines:
        remaining, resumed = resume(lines, header, iter(films))
        rows = map_in_order(ask, remaining)
        if progress is not None:
            rows = progress(rows, total=len(films), initial=resumed)
        for row in rows:
            lines.write(line_of(row))
            lines.flush()
        answers = tidy(films, list(read_rows(lines)))
    part.unlink()
    return answers


def tidy(films: Sequence[LabelledFilm], rows: Sequence[Row]) -> Answers:
    """Leave out what cannot be read and what is there twice, and say so.

    Raises
    ------
    DataError
        Where no film is left, or the same film has two labels.
    """
    unreadable = tuple(row for row in rows if row["error"] is not None)
    pairs = [pair for pair in zip(films, rows, strict=True) if pair[1]["error"] is None]
    if not pairs:
        raise DataError(
            f"Expected films that can be read, but none of {len(films):,} can; of the first it is "
            f"said: {unreadable[0]['error'] if unreadable else 'there is none'}"
        )
    kept: dict[str, tuple[LabelledFilm, Row]] = {}
    for film, row in pairs:
        first, _ = kept.setdefault(row["digest"], (film, row))
        if first.label != film.label:
            raise DataError(
                f"Expected one label for each film, but '{first.name}' and '{film.name}' are the "
                f"same file, labelled {first.label} and {film.label}: find out which is right."
            )
    notes = []
    if unreadable:
        notes.append(
            f"{count(len(unreadable), 'file')} could not be read, left out of every figure; of the "
            f"first it is said: {unreadable[0]['error']}"
        )
    if copies := len(pairs) - len(kept):
        notes.append(
            f"{count(copies, 'film')} lay there twice, the same to the byte, and counted once."
        )
    chosen = tuple(film for film, _ in kept.values())
    labels = Counter((film.patient, film.label) for film in chosen if film.patient)
    both = Counter(patient for patient, _ in labels)
    if shared := sum(n > 1 for n in both.values()):
        notes.append(
            f"{count(shared, 'patient')} with films of both classes: these stay together, either "
            "fitted on or measured."
        )
    if not any(film.patient for film in chosen):
        notes.append(
            "Nothing tells which films are of the same patient, so each counts as one of its own; "
            "if that is wrong, the intervals are too narrow."
        )
    return Answers(chosen, tuple(row for _, row in kept.values()), unreadable, tuple(notes))
