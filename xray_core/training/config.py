"""Every choice of a training, and its presets; light, so that the command line can list them."""

from argparse import ArgumentParser, BooleanOptionalAction, Namespace
from dataclasses import dataclass, fields, replace
from typing import TypeVar


@dataclass(frozen=True)
class TrainingConfig:
    """Every choice of a training; saved on the model's card.

    ``field_of_view`` is 'lungs' (their hull and nothing else) or 'film' (the whole film);
    ``stages`` is that of `xray_core.training.networks.efficientnet_lite0`; ``frozen`` is how many
    of its blocks keep their ImageNet weights; ``channels`` are those of the small network's blocks.
    An epoch has ``steps`` batches; where there are adults, too, ``children`` is the share of
    children's films. ``label_smoothing`` is as in Szegedy et al., CVPR 2016; ``tone`` and ``gains``
    are the strengths of the changes of tone and of the bands of detail. Of all films the share
    ``exchanged`` gets the lungs of another, of normal ones of these ``blank`` are without
    detail; of the normal films the share ``drawn`` gets opacities drawn into them. The weights are
    those of the losses of subtype, other abnormality and places.
    Not ``balanced``, every film is drawn alike; not ``augmented``, it is shown as it is.
    ``leave_out_device`` leaves out what `xray_core.datasets.kermany.odd_device` names.
    ``networks`` are trained on the same films with seeds one after the other; what is kept is their
    mean, as one network. ``start`` is a model folder whose networks, as many, are gone on from.
    """

    title: str = "Lung classifier"
    summary: str = (
        "Pretrained on ImageNet, trained on films of children and of adults; sees the lungs and "
        "what lies between them."
    )
    architecture: str = "efficientnet_lite0"
    field_of_view: str = "lungs"
    image_size: int = 128
    stages: int = 5
    frozen: int = 0
    channels: tuple[int, ...] = (16, 32, 64, 128)
    dropout: float = 0.2
    epochs: int = 4
    steps: int = 400
    batch_size: int = 32
    children: float = 0.65
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    label_smoothing: float = 0.02
    tone: float = 1.0
    gains: float = 0.25
    exchanged: float = 0.35
    blank: float = 0.1
    drawn: float = 0.2
    subtype_weight: float = 0.5
    other_weight: float = 0.3
    places_weight: float = 0.5
    balanced: bool = True
    augmented: bool = True
    leave_out_device: bool = True
    validation_share: float = 0.15
    networks: int = 3
    start: str = ""
    seed: int = 0


PRESETS = {
    "lungs": TrainingConfig(),
    "baseline": TrainingConfig(
        title="Baseline",
        summary="A small network from scratch; sees the whole film.",
        architecture="small_cnn",
        field_of_view="film",
        learning_rate=2e-3,
        epochs=5,
        steps=140,
        exchanged=0.0,
        drawn=0.0,
        places_weight=0.0,
        leave_out_device=False,
        networks=1,
    ),
}

# the settings that are one of a few words
CHOICES = {
    "architecture": ("efficientnet_lite0", "small_cnn"),
    "field_of_view": ("lungs", "film"),
}


@dataclass(frozen=True)
class LungTrainingConfig:
    """Every choice of a training of the segmentation; ``adult_share`` is that of each batch."""

    image_size: int = 160
    epochs: int = 8
    steps: int = 150
    batch_size: int = 24
    learning_rate: float = 1.5e-3
    adult_share: float = 0.2
    seed: int = 0


@dataclass(frozen=True)
class GateConfig:
    """Every choice of a fit of the quality gate.

    ``films`` of the official train split are used; ``refused`` and ``farthest`` are the shares of
    held-out films that the two guards may refuse wrongly, ``warned`` the share of held-out adults'
    films that have to be warned of.
    """

    films: int = 1600
    validation_share: float = 0.25
    spoiled: float = 0.4
    drawn: int = 1000
    collages: int = 300
    hidden: int = 64
    epochs: int = 20
    batch_size: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 1e-3
    jitter: float = 0.15
    dropout: float = 0.2
    refused: float = 0.006
    farthest: float = 0.003
    warned: float = 0.95
    seed: int = 0


Config = TypeVar("Config", TrainingConfig, LungTrainingConfig, GateConfig)


def add_settings(parser: ArgumentParser, config: type[Config]) -> None:
    """Give a command an option for each setting of a configuration."""
    group = parser.add_argument_group("settings")
    for field in fields(config):
        option = f"--{field.name.replace('_', '-')}"
        if field.type is bool:
            group.add_argument(option, action=BooleanOptionalAction)
        elif field.name == "channels":
            group.add_argument(option, type=_numbers, metavar="16,32,64,128")
        else:
            group.add_argument(option, type=field.type, choices=CHOICES.get(field.name))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))


def configured(config: Config, arguments: Namespace) -> Config:
    """A configuration with the settings that the command's arguments give."""
    given = {field.name: getattr(arguments, field.name) for field in fields(config)}
    return replace(config, **{name: value for name, value in given.items() if value is not None})
