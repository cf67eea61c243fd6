"""One device's sharpness and contrast made like another's: localised energy-based normalisation.

A film is split into bands of detail, from the finest texture to the broadest shadow, and each band
is scaled inside the chest until it has the energy that normal films have there. What is left of a
film is its pattern, not how strongly a device draws lines of this or that width.

References
----------
Philipsen et al., "Localized energy-based normalization of medical images: application to chest
radiography", IEEE Transactions on Medical Imaging 2015.
"""

import cv2
import numpy as np

SIGMAS = (1.0, 2.0, 4.0, 8.0, 16.0)  # pixels of a view of 128
REFERENCE = (0.14, 0.19, 0.25, 0.36, 0.48, 0.67)
"""Geometric mean over the normal train films of children (1,341) and of adults (966), each brought
to a spread of 1 first."""
WIDEST_GAIN = 2.5  # and its inverse: more than that is noise drawn up, or signal taken away
BANDS = len(REFERENCE)
_SCALE = 128
_NARROW = 2.0  # pixels; the sigma down to which a copy is made smaller


def split_bands(grey: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Split a view into bands, each of which sees nothing of what lies outside.

    Parameters
    ----------
    grey : float32, (side, side)
    inside : float32, (side, side), in [0, 1]
        How far each pixel counts.

    Returns
    -------
    float32, (BANDS, side, side)
        Finest first; their sum is ``grey`` less its mean inside.
    """
    total = max(float(inside.sum()), 1e-6)
    rest = grey - float(np.vdot(grey, inside)) / total
    counted = cv2.merge((rest * inside, inside))
    bands = []
    for sigma in SIGMAS:
        # normalised convolution: what is outside counts for nothing
        blurred, weight = cv2.split(_blur(counted, sigma * len(grey) / _SCALE))
        blurred /= np.maximum(weight, 1e-3)
        bands.append(rest - blurred)
        rest = blurred
    return np.stack([*bands, rest])


def _blur(image: np.ndarray, sigma: float) -> np.ndarray:
    """A Gaussian blur; a wide one on a smaller copy, which takes a tenth of the time."""
    factor = 2 ** max(0, int(np.log2(sigma / _NARROW)))
    size = image.shape[1::-1]
    small = (max(1, size[0] // factor), max(1, size[1] // factor))
    if factor > 1:
        image = cv2.resize(image, small, interpolation=cv2.INTER_AREA)
    image = cv2.GaussianBlur(image, (0, 0), sigma / factor)
    return cv2.resize(image, size, interpolation=cv2.INTER_LINEAR) if factor > 1 else image


def energies(bands: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Root mean square of each band inside, float (BANDS,)."""
    total = max(float(inside.sum()), 1e-6)
    return np.sqrt(np.square(bands).reshape(len(bands), -1) @ inside.ravel() / total)


def normalise_bands(
    grey: np.ndarray, inside: np.ndarray, gains: np.ndarray | None = None
) -> np.ndarray:
    """Scale each band of a view to the REFERENCE energy.

    Parameters
    ----------
    grey : float32, (side, side)
        In any unit: the whole is brought to the reference's spread first.
    inside : float32, (side, side), in [0, 1]
    gains : float, (BANDS,), optional
        By which the bands are multiplied at the end; training draws them at random.

    Returns
    -------
    float32, (side, side)
    """
    bands = split_bands(grey, inside)
    found = energies(bands, inside)
    reference = np.array(REFERENCE)
    whole = np.sqrt(np.square(reference).sum() / max(np.square(found).sum(), 1e-9))
    relative = reference / np.maximum(found * whole, 1e-6)
    scale = whole * np.clip(relative, 1 / WIDEST_GAIN, WIDEST_GAIN)
    if gains is not None:
        scale = scale * gains
    return np.tensordot(scale.astype(np.float32), bands, 1)
