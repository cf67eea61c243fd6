"""What a visitor chooses for a training, and which training that is."""

from dataclasses import dataclass
from math import ceil
from typing import Any

from xray_core.errors import UsageError
from xray_core.training.config import TrainingConfig

NETWORKS = {"small_cnn": "Small network", "efficientnet_lite0": "Pretrained network"}
FIELDS = {"film": "the whole film", "lungs": "the lungs"}
QUESTIONS = {"classes": "the classes of the folders", "kind": "bacterial or viral pneumonia"}
SIZES = (64, 128)
BLOCKS = 11  # of the pretrained network
BATCH = 32
FEWEST_STEPS = 25
"""Batches of an epoch at least: of few films each is then shown several times an epoch."""

SHARE, FEW = 0.15, 200
"""Share of the patients that is set aside for validation; twice that where they are few."""


@dataclass(frozen=True)
class RunSettings:
    """The choices of one run.

    Attributes
    ----------
    source
        One of `xray_core.experiments.films.TRAINABLE`, or a folder in the Kaggle layout.
    asks
        One of QUESTIONS: 'kind' leaves normal films out, and needs names that tell the subtype.
    field_of_view
        'film' or 'lungs', see `xray_core.inference.views`.
    image_size
        One of SIZES.
    network
        One of NETWORKS.
    channels
        Of the small network's blocks: 2 to 5 of 4 to 256 each.
    frozen
        How many of the pretrained network's BLOCKS keep what they learned on photographs.
    class_weights
        Whether films of a rare class are shown more often, so that both classes count alike.
    augmented
        Whether films are shown altered at random.
    epochs
        1 to 30.
    learning_rate
        1e-5 to 0.1.
    films
        How many films to learn from, at most; 0 for all. They are drawn by patient where patients
        are known, the classes in proportion.
    apart
        Whether all films of a patient lie on one side of the split. If not, films are split at
        random: the leak.
    repeated
        Films a patient has at least; 1 for all patients.
    seed
    """

    source: str
    asks: str = "classes"
    field_of_view: str = "film"
    image_size: int = 64
    network: str = "small_cnn"
    channels: tuple[int, ...] = (16, 32, 64, 128)
    frozen: int = 8
    class_weights: bool = True
    augmented: bool = True
    epochs: int = 5
    learning_rate: float = 2e-3
    films: int = 0
    apart: bool = True
    repeated: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        for name, choices in (
            ("asks", tuple(QUESTIONS)),
            ("field_of_view", tuple(FIELDS)),
            ("image_size", SIZES),
            ("network", tuple(NETWORKS)),
        ):
            value = getattr(self, name)
            _require(value in choices, name, f"one of {_listed(choices)}", value)
        _require(
            2 <= len(self.channels) <= 5 and all(4 <= count <= 256 for count in self.channels),
            "channels",
            "2 to 5 numbers of 4 to 256",
            _listed(self.channels) or "none",
        )
        for name, low, high in (
            ("frozen", 0, BLOCKS),
            ("epochs", 1, 30),
            ("learning_rate", 1e-5, 0.1),
            ("films", 0, 100_000),
            ("repeated", 1, 10),
            ("seed", 0, 2**31 - 1),
        ):
            value = getattr(self, name)
            _require(low <= value <= high, name, f"{low:,} to {high:,}", f"{value:,}")

    def steps(self, films: int) -> int:
        """Batches of an epoch that learns from so many films."""
        return max(FEWEST_STEPS, ceil(films / BATCH))

    def training_config(self, films: int, patients: int, title: str = "") -> TrainingConfig:
        """The training that these choices mean, for so many films learned from.

        Parameters
        ----------
        films
            That are learned from.
        patients
            Of the whole train split, before some are set aside.
        """
        return TrainingConfig(
            title=title or NETWORKS[self.network],
            summary=f"Home-made. {self.describe()}",
            architecture=self.network,
            field_of_view=self.field_of_view,
            image_size=self.image_size,
            frozen=self.frozen,
            channels=tuple(self.channels),
            epochs=self.epochs,
            steps=self.steps(films),
            batch_size=BATCH,
            learning_rate=self.learning_rate,
            exchanged=0.0,
            drawn=0.0,
            places_weight=0.0,
            balanced=self.class_weights,
            augmented=self.augmented,
            leave_out_device=False,
            validation_share=validation_share(patients),
            networks=1,
            seed=self.seed,
        )

    def describe(self) -> str:
        """One sentence for a table."""
        without = [
            words
            for words, there in (
                ("class weights", self.class_weights),
                ("augmentation", self.augmented),
                ("keeping patients apart", self.apart),
            )
            if not there
        ]
        return (
            f"{NETWORKS[self.network]}, sees {FIELDS[self.field_of_view]} at "
            f"{self.image_size} px, {self.epochs} epochs"
            f"{f', asked for {QUESTIONS[self.asks]}' if self.asks == 'kind' else ''}"
            f"{f', {self.films:,} films' if self.films else ''}"
            f"{f', without {_joined(without)}' if without else ''}."
        )

    @classmethod
    def read(cls, values: dict[str, Any]) -> "RunSettings":
        """Settings out of JSON, in which tuples are lists."""
        return cls(**{**values, "channels": tuple(values["channels"])})


def validation_share(patients: int) -> float:
    """The share of so many patients that is set aside for validation."""
    return SHARE if patients >= FEW else 2 * SHARE


def _require(condition: bool, name: str, expected: str, arrived: object) -> None:
    if not condition:
        raise UsageError(f"Expected {name} to be {expected}, got {arrived}: choose another.")


def _listed(values: tuple[Any, ...]) -> str:
    return ", ".join(map(str, values))


def _joined(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
