"""What every training shares: batches that repeat, patients kept together, a schedule."""

from typing import Any

import keras
import numpy as np


class Seeded(keras.utils.PyDataset):
    """Random batches that depend on the seed, the epoch and the step and on nothing else.

    A training that was killed and taken up again therefore sees the batches it would have seen.
    Subclasses give ``batch(rng)``.
    """

    def __init__(self, seed: int, steps: int) -> None:
        super().__init__(workers=1, use_multiprocessing=False, max_queue_size=8)
        self.seed, self.steps, self.epoch = seed, steps, 0

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, step: int) -> tuple[np.ndarray, ...]:
        return self.batch(np.random.default_rng([self.seed, self.epoch, step]))

    def batch(self, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        raise NotImplementedError

    def clock(self) -> keras.callbacks.Callback:
        """A callback that tells the epoch, also after a training is taken up again."""
        return _Clock(self)


class _Clock(keras.callbacks.Callback):
    """Sets the epoch of the batches and, by it, the random state of the dropout layers."""

    def __init__(self, batches: Seeded) -> None:
        super().__init__()
        self.batches = batches

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.batches.epoch = epoch
        rng = np.random.default_rng([self.batches.seed, epoch])
        for layer in self.model.layers:
            if isinstance(layer, keras.layers.Dropout) and layer.rate:
                layer.seed_generator.state.assign(rng.integers(1 << 31, size=2))


def cosine_schedule(peak: float, steps: int) -> keras.optimizers.schedules.LearningRateSchedule:
    """Learning rate that warms up over a twentieth of the steps, then falls to 0 as a cosine."""
    warmup = max(1, steps // 20)
    return keras.optimizers.schedules.CosineDecay(
        peak / 20, max(1, steps - warmup), warmup_target=peak, warmup_steps=warmup
    )
