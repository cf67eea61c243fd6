"""Put the zero of a trained network where validation films say, and the points and the band."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import keras
import numpy as np

from xray_core.evaluation.calibration import (
    choose_operating_points,
    fit_temperature,
    uncertain_band,
)
from xray_core.evaluation.metrics import auc, log_loss, share
from xray_core.inference.decision import calibrate
from xray_core.training.config import TrainingConfig
from xray_core.training.examples import Example, cell_shares
from xray_core.training.fitting import predict, render

COPIES = 4  # of each validation film, jittered
LEVEL = 0.95  # of the uncertain band
REMARKED = 0.95  # share of adults' normal films of which no other abnormality is remarked


def score_jittered(
    model: keras.Model, examples: Sequence[Example], config: TrainingConfig
) -> tuple[np.ndarray, np.ndarray]:
    """Score films in jittered tone, sharpness, wear and position.

    Films as they are look more alike than those of another hospital; a calibration fitted on them
    would be overconfident there.

    Returns log-odds and truth, (COPIES * films,).
    """
    rng = np.random.default_rng([config.seed, 11])
    scores = []
    for _ in range(COPIES):
        views = np.stack([render(example, config, rng)[0].pixels for example in examples])
        scores.append(predict(model, views)["logits"][:, 0])
    truth = [example.opacity > 0 for example in examples]
    return np.concatenate(scores), np.array(truth * COPIES)


def calibrate_on(
    score: np.ndarray, truth: np.ndarray, examples: Sequence[Example]
) -> dict[str, Any]:
    """Fit the card's temperature and bias, operating points and uncertain band.

    Films count as training draws them: sources, projections and labels alike. The probability is
    for a film of either source that is as likely to show an opacity as not; points and band tell
    what they do to normal films and such with an opacity.

    Parameters
    ----------
    score, truth
        See `score_jittered`.
    examples
        The films, once.
    """
    weights = np.tile(cell_shares(examples) * len(examples), COPIES)
    temperature, bias = fit_temperature(score, truth, weights, shift=True)
    probability = calibrate(score, temperature, bias)
    told = np.array([example.cell[1] != "other" for example in examples])
    every = np.tile(told, COPIES)
    points = choose_operating_points(probability[every], truth[every], copies=COPIES)
    once = np.flatnonzero(told)  # the band counts films, not their copies
    band = uncertain_band(probability[once], truth[once], level=LEVEL)
    return {
        "calibration": {"temperature": temperature, "bias": bias, "prior": 0.5},
        "operating_points": [asdict(point) for point in points],
        "uncertain": {"band": list(band), "level": LEVEL},
        "validation": {
            "films": len(examples),
            "auc_jittered": float(auc(truth, score)),
            "log_loss_jittered": float(log_loss(truth, probability)),
        },
    }


def remark_on_others(examples: Sequence[Example], score: np.ndarray) -> dict[str, float]:
    """Choose from which log-odds another abnormality is remarked on, by adults' validation films.

    Returns
    -------
    dict
        ``threshold``; the shares that it remarks on of films with another abnormality,
        ``sensitivity``, and of normal ones, as 1 less ``specificity``; ``films``.
    """
    truth = np.array([example.other for example in examples])
    chosen = float(np.quantile(score[truth == 0], REMARKED))
    return {
        "threshold": chosen,
        "sensitivity": float(share(score[truth == 1] >= chosen)),
        "specificity": float(share(score[truth == 0] < chosen)),
        "films": int((truth >= 0).sum()),
    }
