"""Fit one network to films: balanced and augmented batches, the losses, the course of training."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import nan
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
from keras import layers

from xray_core.evaluation.exchanged_lungs import exchange_lungs
from xray_core.inference.bands import BANDS
from xray_core.inference.views import FILM_SIZE, RIM, cut, view_film
from xray_core.training.augment import POSITION, RIMS, random_tone, random_warp, random_wear
from xray_core.training.batches import Seeded, cosine_schedule
from xray_core.training.config import TrainingConfig
from xray_core.training.drawn_opacities import draw_opacities
from xray_core.training.examples import CHILD, Example, cell_shares
from xray_core.training.imagenet import load_weights
from xray_core.training.losses import UNKNOWN, logits_loss, places_loss, right, targets_of
from xray_core.training.networks import build_classifier
from xray_core.types import View

MOSTLY, HARDLY = 0.5, 0.02  # of a place covered by a box: there is opacity, there is none


def render(
    example: Example, config: TrainingConfig, rng: np.random.Generator | None = None
) -> tuple[View, np.ndarray | None]:
    """An example as the network sees it, and the warp; jittered if given a generator."""
    field, size = config.field_of_view, config.image_size
    if rng is None:
        return view_film(example.film, example.lungs, field, size), None
    film = random_wear(random_tone(example.film, rng, config.tone), rng)
    warp = random_warp(rng, **POSITION)
    rim = rng.uniform(*RIMS) if field == "lungs" else RIM
    gains = np.exp(rng.normal(0, config.gains, BANDS))
    return view_film(film, example.lungs, field, size, warp, rim, gains), warp


def opaque_places(example: Example, view: View, warp: np.ndarray | None, places: int) -> np.ndarray:
    """Where the opacities of an example lie in its view.

    Returns
    -------
    float32, (places, places)
        1, 0, or UNKNOWN: at the rim of an opacity, or where no place is known.
    """
    where = example.drawn
    if where is None:
        if example.boxes is None:
            return np.full((places, places), UNKNOWN, np.float32)
        if not example.boxes:
            return np.zeros((places, places), np.float32)
        where = np.zeros((FILM_SIZE, FILM_SIZE), np.float32)
        for box in example.boxes:
            top, bottom = (round(FILM_SIZE * at) for at in (box.top, box.bottom))
            left, right = (round(FILM_SIZE * at) for at in (box.left, box.right))
            where[top:bottom, left:right] = 1
    seen = cut(where, view.box, view.side, warp, beyond=0)
    covered = cv2.resize(seen, (places, places), interpolation=cv2.INTER_AREA)
    return np.where(covered >= MOSTLY, 1, np.where(covered <= HARDLY, 0, UNKNOWN)).astype(
        np.float32
    )


class Batches(Seeded):
    """Augmented batches: views, and targets as a dictionary.

    ``logits`` (n, outputs) as `targets_of` makes them; ``places`` (n, places, places) as
    `opaque_places` does.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        config: TrainingConfig,
        outputs: int,
        subtypes: int,
        places: int,
    ) -> None:
        super().__init__(config.seed, config.steps)
        self.examples, self.config = examples, config
        self.outputs, self.subtypes, self.places = outputs, subtypes, places
        self.shares = np.full(len(examples), 1 / len(examples))
        if config.balanced:
            self.shares = cell_shares(examples, config.children)
        self.alike = {
            (adult, opaque): [
                each
                for each in examples
                if (each.group != CHILD) == adult and each.opacity == opaque and each.lungs
            ]
            for adult in (False, True)
            for opaque in (0.0, 1.0)
        }

    def batch(self, rng: np.random.Generator) -> tuple[Any, ...]:
        views, targets, places = [], [], []
        for at in rng.choice(len(self.examples), self.config.batch_size, p=self.shares):
            example = self._draw(self._exchange(self.examples[at], rng), rng)
            view, warp = render(example, self.config, rng if self.config.augmented else None)
            views.append(view.pixels)
            targets.append(targets_of(example, self.outputs, self.subtypes))
            places.append(opaque_places(example, view, warp, self.places))
        return np.stack(views), {"logits": np.stack(targets), "places": np.stack(places)}

    def _exchange(self, example: Example, rng: np.random.Generator) -> Example:
        """Give some films the lungs of another, and what is known of that one's.

        The other is with or without opacity by the toss of a coin, so that the outline and the
        traces of the exchange say nothing; of the donor's label all depends. A few get lungs
        without any detail, in which there is nothing to be found.
        """
        if example.lungs is None or rng.random() >= self.config.exchanged:
            return example
        opaque = float(rng.random() < 0.5)
        donors = self.alike[example.group != CHILD, opaque]
        if not donors:
            return example
        donor = donors[rng.integers(len(donors))]
        assert donor.lungs is not None
        content = donor.film
        if not opaque and rng.random() < self.config.blank:
            content = cv2.GaussianBlur(content, (0, 0), rng.uniform(6, 16))
        film = exchange_lungs(example.film, example.lungs.mask, content, donor.lungs.mask)
        return replace(
            example,
            film=film,
            opacity=opaque,
            subtype=donor.subtype,
            other=nan,
            boxes=None if opaque else (),
        )

    def _draw(self, example: Example, rng: np.random.Generator) -> Example:
        """Draw opacities into some normal films: they are pneumonia then, of no known kind."""
        lungs = example.lungs
        if lungs is None or lungs.box is None or example.cell[1] != "normal":
            return example
        if rng.random() >= self.config.drawn:
            return example
        film, where = draw_opacities(example.film, lungs.mask, lungs.box, rng)
        return replace(
            example, film=film, opacity=1.0, subtype=-1, other=nan, boxes=None, drawn=where
        )


class Validator(keras.callbacks.Callback):
    """After each epoch: what ``measure`` finds for the model; the history goes to a file."""

    def __init__(self, measure: Callable[[keras.Model], dict[str, float]], path: Path) -> None:
        super().__init__()
        self.measure, self.path = measure, path

    def on_epoch_end(self, epoch: int, logs: dict[str, Any]) -> None:
        epochs = []
        if self.path.exists():
            epochs = json.loads(self.path.read_text())["epochs"][:epoch]
        row = {"epoch": epoch + 1, "loss": float(logs["loss"]), **self.measure(self.model)}
        self.path.write_text(json.dumps({"epochs": [*epochs, row]}, indent=1) + "\n")
        logs.update({name: value for name, value in row.items() if name.startswith("val_")})


def predict(model: keras.Model, views: np.ndarray, batch_size: int = 64) -> dict[str, np.ndarray]:
    """The outputs of a model of several for views (n, rows, columns, 2)."""
    batches = [views[i : i + batch_size] for i in range(0, len(views), batch_size)]
    parts = [model.predict_on_batch(batch) for batch in batches]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def build_network(config: TrainingConfig, outputs: int, networks: int = 1) -> keras.Model:
    """The untrained network of a configuration, or several as one."""
    return build_classifier(
        config.architecture,
        config.image_size,
        outputs,
        stages=config.stages,
        dropout=config.dropout,
        channels=config.channels,
        networks=networks,
    )


def freeze(network: keras.Model, blocks: int) -> None:
    """Leave the pretrained network's stem and first blocks as they are.

    With 3 of its 11 blocks a step takes two thirds of the time: they work at the finest resolution.
    """
    if blocks:
        kept = tuple(f"blocks.{index}." for index in range(blocks))
        for layer in network.layers:
            if layer.name.startswith(("conv_stem", "bn0", *kept)):
                layer.trainable = False


def with_places(network: keras.Model) -> keras.Model:
    """The network with what it is trained by.

    Beside ``logits`` it gives ``places``, the logits of an opacity at each place: the class map in
    a unit and from a zero of its own, both of which are learned.
    """
    maps = network.get_layer("class_maps").output
    at = layers.Conv2D(
        1,
        1,
        kernel_initializer=keras.initializers.Constant(0.3),
        bias_initializer=keras.initializers.Constant(-1.0),
        name="places",
    )
    return keras.Model(
        network.input, {"logits": network.output, "places": at(maps[..., :1])[..., 0]}
    )


def fit_network(
    kept: Sequence[Example],
    config: TrainingConfig,
    folder: Path,
    *,
    subtypes: int,
    other: bool,
    imagenet: dict[str, np.ndarray] | None,
    start: keras.Model | None = None,
    measure: Callable[[keras.Model], dict[str, float]],
    verbose: int,
    history: Path,
    watch: Sequence[keras.callbacks.Callback] = (),
) -> keras.Model:
    """Train one network, or take up its training from ``folder``.

    Parameters
    ----------
    subtypes
        How many kinds of pneumonia are told apart; 0 where one only is known.
    other
        Whether other abnormalities are told, too.
    imagenet
        See `xray_core.training.imagenet.fetch_weights`.
    start
        A network of the same architecture whose weights are gone on from.
    measure
        Called with the model of `with_places` after each epoch.
    history
        Where what it finds goes.
    watch
        Told of every step, beside ``loss`` also ``logits_right``: the share of films that get the
        right answer, opacity or none.
    """
    outputs = 1 + subtypes + other
    network = build_network(config, outputs)
    if imagenet:
        load_weights(network, imagenet)
        freeze(network, config.frozen)
    if start:
        network.set_weights(start.get_weights())
    model = with_places(network)
    places = network.get_layer("class_maps").output.shape[1]
    batches = Batches(kept, config, outputs, subtypes, places)
    steps = config.epochs * config.steps
    optimizer = keras.optimizers.AdamW(
        cosine_schedule(config.learning_rate, steps),
        weight_decay=config.weight_decay,
        use_ema=True,
        ema_momentum=1 - min(1.0, 8 / steps),  # the last eighth counts
    )
    optimizer.build(model.trainable_variables)  # else its state is not restored
    model.compile(
        optimizer,
        {"logits": logits_loss(subtypes, config), "places": places_loss},
        loss_weights={"logits": 1.0, "places": config.places_weight},
        metrics={"logits": right} if watch else None,
        jit_compile=False,  # XLA is slower on a CPU
    )
    model.fit(
        batches,
        epochs=config.epochs,
        verbose=verbose,
        shuffle=False,  # the batches are random already, and the order must repeat
        callbacks=[
            batches.clock(),
            Validator(measure, history),
            # with the one before, since this program may be killed while it writes the last
            keras.callbacks.BackupAndRestore(
                folder, delete_checkpoint=False, double_checkpoint=True
            ),
            *watch,
        ],
    )
    return network


def views_of(examples: Sequence[Example], config: TrainingConfig) -> np.ndarray:
    """Examples as they are, float32 (n, rows, columns, 2)."""
    return np.stack([render(example, config)[0].pixels for example in examples])
