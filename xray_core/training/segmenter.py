"""Train the segmentation of the lungs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
from keras import KerasTensor as Tensor
from keras import ops

from xray_core.datasets.catalogue import open_folder
from xray_core.datasets.splits import split_by_patient
from xray_core.errors import DataError
from xray_core.inference.views import FILM_SIZE, WHOLE_FILM, cut, reduce_film
from xray_core.io.radiograph import load_radiograph
from xray_core.training.augment import random_tone, random_warp, random_wear
from xray_core.training.batches import Seeded, cosine_schedule
from xray_core.training.config import LungTrainingConfig
from xray_core.training.export import export_model
from xray_core.training.imagenet import fetch_weights, load_weights
from xray_core.training.networks import build_segmenter

STAGE_ENDS = ("blocks.2.add", "blocks.4.add", "blocks.7.add", "blocks.10.add")


@dataclass(frozen=True)
class Pair:
    """A film, its lung mask (0 or 1) and where that mask is to be believed; uint8 (224, 224)."""

    film: np.ndarray
    mask: np.ndarray
    trusted: np.ndarray
    patient: str


def read_children(films: str | Path, masks: str | Path, split: str) -> list[Pair]:
    """Films of children with masks that include most of the heart.

    Both folders are laid out as {split}/{NORMAL,PNEUMONIA}/name.
    """
    pairs = []
    for sample in open_folder(films).select(split=split):
        path = Path(masks) / split / sample.label / f"{Path(sample.name).stem}.png"
        if path.exists():
            mask = _read_mask(path)
            film = reduce_film(sample.open().pixels)
            pairs.append(Pair(film, mask, np.ones_like(mask), sample.patient))
    if not pairs:
        raise DataError(
            f"Expected masks at {masks}/{split}/CLASS/NAME.png for the films in {films}, found "
            "none: check both folders."
        )
    return pairs


def read_adults(folder: str | Path) -> list[Pair]:
    """Films of adults (``images/``, ``masks/``) with masks that leave the heart out.

    Between the lungs the two kinds of mask disagree, so there these are not believed.
    """
    pairs = []
    for path in sorted((Path(folder) / "images").iterdir()):
        mask = _read_mask((Path(folder) / "masks" / path.name).with_suffix(".png"))
        points = cv2.findNonZero(mask)
        hull = cv2.fillConvexPoly(np.zeros_like(mask), cv2.convexHull(points), 1)
        film = reduce_film(load_radiograph(path).pixels)
        pairs.append(Pair(film, mask, (1 - hull) | mask, path.stem))
    return pairs


def _read_mask(path: Path) -> np.ndarray:
    mask = np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE))
    mask = cv2.resize(mask, (FILM_SIZE, FILM_SIZE), interpolation=cv2.INTER_AREA)
    return (mask > 127).astype(np.uint8)


class Batches(Seeded):
    """Augmented batches: views (n, size, size, 1) and targets (n, size/2, size/2, 2)."""

    def __init__(
        self, children: list[Pair], adults: list[Pair], config: LungTrainingConfig
    ) -> None:
        super().__init__(config.seed, config.steps)
        self.children, self.adults, self.config = children, adults, config

    def batch(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        films, targets = [], []
        for _ in range(self.config.batch_size):
            adult = self.adults and rng.random() < self.config.adult_share
            pairs = self.adults if adult else self.children
            film, target = augment(pairs[rng.integers(len(pairs))], self.config.image_size, rng)
            films.append(film)
            targets.append(target)
        return np.stack(films)[..., None], np.stack(targets)


def augment(pair: Pair, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A film as the network sees it; at half the size its mask and where that is believed."""
    warp = random_warp(rng, rotation=15, scale=(0.6, 1.35), shift=0.1, flip=True)
    film = random_wear(random_tone(pair.film, rng), rng).astype(np.float32)
    beyond = rng.uniform(0, 255) if rng.random() < 0.5 else None
    film = cut(film, WHOLE_FILM, size, warp, beyond=beyond)
    mask = cut(pair.mask.astype(np.float32), WHOLE_FILM, size // 2, warp, beyond=0)
    trusted = cut(pair.trusted.astype(np.float32), WHOLE_FILM, size // 2, warp)
    return (film - 127) / 128, np.stack([mask, trusted], -1)


def overlap_loss(target: Tensor, logits: Tensor) -> Tensor:
    """Cross-entropy and one minus the soft Dice coefficient, where the target is believed."""
    mask, trusted = target[..., 0], target[..., 1]
    logits = logits[..., 0]
    entropy = ops.maximum(logits, 0) - logits * mask + ops.log1p(ops.exp(-ops.abs(logits)))
    probability = ops.sigmoid(logits) * trusted
    shared = 2 * ops.sum(probability * mask, axis=(1, 2)) + 1
    total = ops.sum(probability, axis=(1, 2)) + ops.sum(mask * trusted, axis=(1, 2)) + 1
    return ops.mean(entropy * trusted) + ops.mean(1 - shared / total)


def dice(
    model: keras.Model, pairs: Sequence[Pair], size: int, everywhere: bool = False
) -> np.ndarray:
    """Dice coefficient of each film (n,), at 224 px, where its mask is believed or everywhere."""
    scores = []
    for start in range(0, len(pairs), 64):
        part = pairs[start : start + 64]
        films = [cv2.resize(p.film, (size, size), interpolation=cv2.INTER_AREA) for p in part]
        logits = model.predict_on_batch((np.stack(films)[..., None].astype(np.float32) - 127) / 128)
        for pair, logit in zip(part, logits, strict=True):
            shape = (FILM_SIZE, FILM_SIZE)
            found = cv2.resize(logit[..., 0], shape, interpolation=cv2.INTER_LINEAR) > 0
            found, mask = found & (everywhere | (pair.trusted > 0)), pair.mask > 0
            scores.append(2 * (found & mask).sum() / max(found.sum() + mask.sum(), 1))
    return np.array(scores)


def with_features(model: keras.Model) -> keras.Model:
    """The network with a second output: what its encoder saw, averaged over the film.

    Beside ``lung`` (batch, rows, columns, 1) it gives ``features`` (batch, 256), the mean of the
    encoder's stages 2 to 5; the quality gate judges films by them.
    """
    ends = [model.get_layer(name) for name in STAGE_ENDS]
    means = [keras.layers.GlobalAveragePooling2D()(end.output) for end in ends]
    outputs = {"lung": model.output, "features": keras.layers.Concatenate()(means)}
    return keras.Model(model.input, outputs)


def train_lungs(
    films: str | Path,
    masks: str | Path,
    adults: str | Path | None,
    out: str | Path,
    config: LungTrainingConfig,
    *,
    verbose: int = 1,
) -> dict[str, Any]:
    """Train on the official train split (and adults), measure once on the rest; return the card."""
    keras.utils.set_random_seed(config.seed)
    children = read_children(films, masks, "train")
    kept, validation = split_by_patient(children, 0.1, config.seed)
    grown = read_adults(adults) if adults else []
    grown_kept, grown_test = split_by_patient(grown, 0.2, config.seed)
    model = build_segmenter(config.image_size)
    load_weights(model, fetch_weights())
    steps = config.epochs * config.steps
    optimizer = keras.optimizers.AdamW(
        cosine_schedule(config.learning_rate, steps), weight_decay=1e-4
    )
    model.compile(optimizer, overlap_loss, jit_compile=False)  # XLA is slower on a CPU
    batches = Batches(kept, grown_kept, config)
    history = model.fit(
        batches,
        epochs=config.epochs,
        verbose=verbose,
        shuffle=False,
        callbacks=[batches.clock()],
    )
    results = {}
    test = read_children(films, masks, "test")
    for name, pairs, everywhere in (
        ("validation", validation, False),
        ("test", test, False),
        ("adults, heart left out", grown_test, False),
        ("adults, heart counted as error", grown_test, True),
    ):
        if pairs:
            scores = dice(model, pairs, config.image_size, everywhere)
            low, middle, high = np.percentile(scores, [5, 50, 95])
            results[name] = {
                "n": len(scores),
                "dice_mean": float(scores.mean()),
                "dice_median": float(middle),
                "dice_5_95": [float(low), float(high)],
            }
    card = {"kind": "segmentation", "config": asdict(config), "results": results}
    out = Path(out)
    export_model(with_features(model), out, card)
    (out / "history.json").write_text(json.dumps(history.history, indent=1) + "\n")
    return card
