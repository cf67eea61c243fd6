"""One film as training shows it: changed at random, in ways that leave its diagnosis alone."""

import numpy as np

from xray_core.augment import POSITION, RIM, random_tone, random_warp, random_wear
from xray_core.lungs import film_view, lung_view

CHANGES = {
    "As it is": "What the network is asked about outside of training.",
    "Position": "Turned, stretched, shifted, mirrored: no child lies the same way twice.",
    "Tone": "Another device's brightness and contrast.",
    "Wear": "Blurred, sharpened, compressed or grainy, as scanners and files leave it.",
    "All together": "What training shows, anew for every film in every epoch.",
}


def show_changes(film, lungs, size, seed, tone=1.0):
    """Make every kind of random change by itself, and all of them together.

    Parameters
    ----------
    film : uint8, (224, 224), see `xray_core.lungs.reduce_film`
    lungs : Lungs or None
        Where the network sees the lungs only.
    size : int
        Side of the network's view.
    seed : int
    tone : float
        Strength of the change of tone, as the training's settings have it.

    Returns
    -------
    dict of str to (film, view)
        By the titles of CHANGES: the changed film, uint8 (224, 224), and what the network receives
        of it, float32 (size, size, 2).
    """
    rng = np.random.default_rng(seed)
    warp, rim = random_warp(rng, **POSITION), rng.uniform(*RIM)
    toned, worn = random_tone(film, rng, tone), random_wear(film, rng)
    changes = ((film, None), (film, warp), (toned, None), (worn, None))
    changes += ((random_wear(toned, rng), warp),)
    return {
        title: (_move(changed, warp), _view(changed, lungs, size, warp, rim))
        for title, (changed, warp) in zip(CHANGES, changes, strict=True)
    }


def _move(film, warp):
    moved = film_view(film, len(film), warp)[..., 0]
    return np.clip(np.rint(128 * moved + 127), 0, 255).astype(np.uint8)


def _view(film, lungs, size, warp, rim):
    if lungs is None or lungs.box is None:
        return film_view(film, size, warp)
    if warp is None:
        return lung_view(film, lungs, size)
    return lung_view(film, lungs, size, warp, rim=rim)
