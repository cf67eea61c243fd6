"""Labelled films that someone has brought for one visit: all of it stays in memory."""

from dataclasses import dataclass, field
from typing import Any

from xray_core.batch.pile import MAX_PILE_BYTES, Case, Pile
from xray_core.errors import UsageError, XrayError
from xray_core.inference.decision import calibrate as calibrate_score
from xray_core.inference.model_card import ModelCard
from xray_core.io.film_source import FilmFile
from xray_core.site.answers import Answers, answer_film, tidy
from xray_core.site.calibrate import calibrate
from xray_core.site.films import LabelledFilm, Reading, read_archive
from xray_core.site.validate import at_prevalence, validate
from xray_core.site.watch import parse_reference, watch
from xray_core.types import Predictor

MAX_FILMS = 2000
"""Most films of one visit; the command line takes any number."""


def _examine(classifier: Predictor, film: FilmFile) -> Case:
    return Case(film, answer_film(classifier, film), b"")


@dataclass(slots=True, weakref_slot=True, eq=False)
class SiteFilms:
    """An archive of labelled films, the answers so far, and what was found out.

    Attributes
    ----------
    problem
        Why the films cannot be read as they are, in a sentence; '' where they can.
    """

    name: str = ""
    pile: Pile = field(default_factory=lambda: Pile(most=MAX_FILMS, examine=_examine))
    problem: str = ""
    _data: bytes = b""
    _found: dict[Any, Any] = field(default_factory=dict)

    def bring(self, name: str, data: bytes) -> None:
        """Take an archive; UsageError where it is too large."""
        if len(data) > MAX_PILE_BYTES:
            raise UsageError(
                f"Expected an archive of at most {MAX_PILE_BYTES // 2**20} MB, got "
                f"{len(data) / 2**20:.0f} MB: `python -m xray_core validate` takes any number."
            )
        self.name, self._data = name, data

    def read(self, reading: Reading) -> None:
        """Find the films as they are labelled; what they are called may change at any time."""
        if not self._data or self._found.get("reading") == reading:
            return
        self._found = {"reading": reading}
        self.pile = Pile(most=MAX_FILMS, examine=_examine)
        try:
            films = read_archive(self._data, self.name, reading).films
            if len(films) > MAX_FILMS:
                raise UsageError(
                    f"Expected at most {MAX_FILMS:,} films at a time, got {len(films):,}: "
                    "`python -m xray_core validate` takes any number."
                )
        except XrayError as error:
            self.problem = str(error)
            return
        self.problem = ""
        self.pile.add_samples(films)

    @property
    def films(self) -> tuple[LabelledFilm, ...]:
        return tuple(film for film in self.pile.files if isinstance(film, LabelledFilm))

    def answers(self) -> Answers:
        """What the model says of them all; raises as `xray_core.site.answers.tidy`."""
        return tidy(self.films, [case.row for case in self.pile.cases])

    def validate(self, card: ModelCard, prevalence: float | None) -> dict[str, Any]:
        """The report, measured once; see `xray_core.site.validate.validate`."""
        key = "report", self.pile.model
        if key not in self._found:
            self._found[key] = validate(card, self.answers(), title=self.name)
        return at_prevalence(self._found[key], prevalence)

    def calibrate(self, card: ModelCard, title: str) -> dict[str, Any]:
        """The site's calibration, made once; see `xray_core.site.calibrate.calibrate`."""
        key = "site", self.pile.model
        if key not in self._found:
            self._found[key] = calibrate(card, self.answers(), title=title or self.name)
        found: dict[str, Any] = self._found[key]
        return found | {"title": title} if title else found

    def by_name(self) -> dict[str, LabelledFilm]:
        return {film.name: film for film in self.films}


@dataclass(slots=True, eq=False)
class Reference:
    """A report of a validation, and what a pile of this visit looks like beside it.

    Attributes
    ----------
    problem
        Why there is no report, in a sentence.
    """

    report: dict[str, Any] | None = None
    problem: str = ""
    _found: dict[Any, dict[str, Any]] = field(default_factory=dict)

    def compare(self, pile: Pile) -> dict[str, Any]:
        """See `xray_core.site.watch.watch`; done once for as many films of the same answers."""
        key = id(pile), pile.model, len(pile.cases)
        if key not in self._found:
            rows = [self._row(case) for case in pile.cases]
            self._found = {key: watch(self.report or {}, rows)}
        return self._found[key]

    def _row(self, case: Case) -> dict[str, Any]:
        """A case on the scale of the report, whatever the visit's answers are calibrated for."""
        report, row = self.report or {}, case.row | {"distance": case.distance}
        if row["probability"] is not None and case.score is not None:
            probability = calibrate_score(case.score, **report["scale"])
            row |= {"probability": float(probability), "site": report["site"]}
        return row


def open_reference(content: bytes, name: str) -> Reference:
    """Read a report that someone has brought."""
    try:
        return Reference(parse_reference(content, name))
    except UsageError as error:
        return Reference(problem=str(error))
