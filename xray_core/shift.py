"""Calibrate a network for films that look unlike those it was trained on."""

from dataclasses import asdict, replace

import cv2
import numpy as np

from xray_core.calibration import (
    calibrate,
    choose_operating_points,
    fit_temperature,
    uncertain_band,
)
from xray_core.classifier import log_odds
from xray_core.fitting import predict, render
from xray_core.metrics import auc, log_loss

LEVEL = 0.95  # of the uncertain band


def score_jittered(model, examples, positive, config, copies=4):
    """Score films in jittered tone, wear and position.

    Films as they are look more alike than those of another hospital; a temperature fitted on them
    would be overconfident there.

    Returns
    -------
    score : float, (copies * films,), log-odds
    truth : bool, (copies * films,)
    copies : int
    """
    rng = np.random.default_rng([config.seed, 11])
    shown = examples * copies
    views = np.stack([render(example, config, rng) for example in shown])
    truth = positive[[example.target for example in shown]]
    return log_odds(predict(model, views), positive), truth, copies


def score_unseen_styles(fit, kept, validation, positive, config, folder):
    """Score normal films in styles that a network has not seen on normal films.

    On these data a network's score of normal films shifts with their style from one hospital or
    year to the next, and validation films, cut from the same cloth as the training films, do not
    show it. So the normal films are parted by style, and for each part a network is trained
    without it, for fewer epochs, and scores it, together with the validation films of pneumonia.

    Returns
    -------
    list of (score, truth, copies), one for each style, see `score_jittered`
    """
    normal = [example for example in kept + validation if not positive[example.target]]
    styles = dict(zip(map(id, normal), part_by_style(normal, config), strict=True))
    ill = [example for example in validation if positive[example.target]]
    short = replace(config, epochs=config.style_epochs)
    scored = []
    for style in range(config.style_folds):
        seen = [example for example in kept if styles.get(id(example)) != style]
        model = fit(
            seen, validation, short, folder / f"style{style}", history=folder / f"style{style}.json"
        )
        unseen = [example for example in normal if styles[id(example)] == style]
        scored.append(score_jittered(model, unseen + ill, positive, config, copies=1))
    return scored


def part_by_style(examples, config):
    """Part films by tone, sharpness and border with k-means (MacQueen, 1967): int, (films,)."""
    facts = []
    for example in examples:
        film = example.film
        border = np.concatenate([film[:8].ravel(), film[:, :8].ravel(), film[:, -8:].ravel()])
        sharpness = np.log1p(cv2.Laplacian(film, cv2.CV_32F).std())
        tones = np.percentile(film, [5, 25, 50, 75, 95])
        facts.append([*tones, film.std(), border.mean(), 30 * sharpness])
    facts = np.array(facts, np.float32)
    facts = (facts - facts.mean(axis=0)) / np.maximum(facts.std(axis=0), 1e-6)
    cv2.setRNGSeed(config.seed + 1)
    stop = (cv2.TERM_CRITERIA_MAX_ITER, 100, 0)
    start = cv2.KMEANS_PP_CENTERS
    _, styles, _ = cv2.kmeans(facts, config.style_folds, None, stop, 10, start)
    return styles.ravel()


def describe_scores(score, truth, copies):
    """How well jittered validation films are told apart, before calibration."""
    return {"films": len(truth) // copies, "auc_jittered": float(auc(truth, score))}


def calibrate_on(scored, *, shift):
    """Fit calibration, operating points and the uncertain band.

    Parameters
    ----------
    scored : list of (score, truth, copies), see `score_jittered`
    shift : bool
        Whether the films imitate another hospital's, so that a bias may be fitted on them.

    Returns
    -------
    dict, for the card
    """
    score, truth = (np.concatenate([part[index] for part in scored]) for index in (0, 1))
    temperature, bias = fit_temperature(score, truth, shift=shift)
    probability = calibrate(score, temperature, bias)
    points = choose_operating_points(probability, truth)
    once = slice(len(truth) // scored[0][2])  # the band counts films, not their copies
    band = uncertain_band(probability[once], truth[once], level=LEVEL)
    return {
        "calibration": {
            "temperature": temperature,
            "bias": bias,
            "prior": 0.5,
            "films": "normal films in unseen styles" if shift else "jittered validation films",
            "auc": float(auc(truth, score)),
            "log_loss": float(log_loss(truth, probability)),
        },
        "operating_points": [asdict(point) for point in points],
        "uncertain": {"band": list(band), "level": LEVEL},
    }
