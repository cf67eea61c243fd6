"""A calibration fitted on a site's own films, bound to the network that it was fitted to.

The file holds numbers and a title that a person gave: no film, no file name, no patient.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from xray_core.errors import ModelError, UsageError
from xray_core.inference.model_card import LITERT_FILE, ModelCard
from xray_core.types import OperatingPoint

SCHEMA = "radiolucent-site-1"
INTERCEPT, INTERCEPT_AND_SLOPE, THRESHOLD = "intercept", "intercept and slope", "threshold"
KINDS = (INTERCEPT, INTERCEPT_AND_SLOPE, THRESHOLD)
VARIABLE = "XRAY_SITE"
MAX_SITE_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class SiteCalibration:
    """What `xray_core.site.calibrate` found out; ``raw`` is the whole file.

    Attributes
    ----------
    title
        What the site is called: answers are "calibrated for" it.
    kind
        One of KINDS. Of THRESHOLD, fitted on normal films alone, the answers have no probability.
    model, network
        The model's name, and SHA-256 of its network's file.
    calibration
        ``temperature``, ``bias`` and ``prior``, as on a card, and instead of those.
    operating_points, uncertain
        As on a card, measured on the site's films.
    """

    title: str
    kind: str
    model: str
    network: str
    calibration: Mapping[str, float]
    operating_points: tuple[OperatingPoint, ...]
    uncertain: tuple[float, float] | None
    raw: Mapping[str, Any]

    @property
    def gives_probability(self) -> bool:
        return self.kind != THRESHOLD

    def adjust(self, card: ModelCard) -> ModelCard:
        """The card with the site's calibration in the place of its own.

        Raises
        ------
        ModelError
            The site was fitted to another network.
        """
        network = card.raw.get("files", {}).get(LITERT_FILE, "")
        if network != self.network:
            raise ModelError(
                f"Expected a site file for the network {network[:12]}… of the model "
                f"'{card.name}', but '{self.title}' was fitted to {self.network[:12]}… of the "
                f"model '{self.model}': run `calibrate` again with this model, or choose that one."
            )
        return replace(
            card,
            calibration=dict(self.calibration),
            operating_points=self.operating_points,
            uncertain=self.uncertain,
            site=self.title,
            gives_probability=self.gives_probability,
            raw={**card.raw, "site": dict(self.raw)},
        )


def load_site(path: str | Path) -> SiteCalibration:
    """Read a site file; UsageError where it is none."""
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_SITE_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"Expected a site file at {path} and could not read it ({error.strerror}): write one "
            "with `calibrate`, or check the path."
        ) from error
    return parse_site(content, str(path))


def parse_site(content: bytes, name: str = "site.json") -> SiteCalibration:
    """Read the content of a site file; UsageError where it is none."""
    try:
        if len(content) > MAX_SITE_BYTES:
            raise ValueError("too large")
        return site_from(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"Expected a site file as `calibrate` writes it, but '{name}' is none ({error!r}): "
            "choose another, or run `calibrate`."
        ) from error


def site_from(raw: Mapping[str, Any]) -> SiteCalibration:
    """Make a SiteCalibration of what the file says; KeyError, TypeError or ValueError."""
    if raw["schema"] != SCHEMA or raw["kind"] not in KINDS:
        raise ValueError(f"schema {raw['schema']!r}, kind {raw['kind']!r}")
    calibration = {key: float(raw["calibration"][key]) for key in ("temperature", "bias", "prior")}
    if not calibration["temperature"] > 0:
        raise ValueError(f"temperature {calibration['temperature']}")
    points = tuple(OperatingPoint(**point) for point in raw["operating_points"])
    band = raw["uncertain"]
    if not points or not raw["title"]:
        raise ValueError("no operating point or no title")
    return SiteCalibration(
        str(raw["title"]),
        raw["kind"],
        str(raw["model"]),
        str(raw["network"]),
        calibration,
        points,
        None if band is None else (float(band[0]), float(band[1])),
        raw,
    )


def chosen_site(path: str | None = None) -> SiteCalibration | None:
    """The site file named, or that of the environment's XRAY_SITE; None where there is neither."""
    path = path or os.environ.get(VARIABLE)
    return load_site(path) if path else None
