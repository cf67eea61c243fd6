"""HiResCAM averaged over shifted and scaled crops: a finer map of the network alone."""

import cv2
import numpy as np

from xray_core.saliency.grad_cam import signed_evidence

SCALES = (0.85, 1.0, 1.15)
SHIFTS = (-1 / 24, 0.0, 1 / 24)  # of the view's side: a third of a place of a map of 8 by 8


def averaged_crops(view, run, target):
    """Locate the evidence with many crops of a view, whose coarse places lie differently.

    Parameters
    ----------
    view : float32, (side, side, 2), see `xray_core.lungs.lung_view`
    run : callable
        From views, (views, side, side, 2), to their ``class_maps`` and ``logits``.
    target : bool, (classes,)

    Returns
    -------
    float32, (side, side), >= 0
        In units of the log-odds. Where a crop does not reach, the others count.
    """
    side = len(view)
    ways = [
        np.array([[scale, 0, _start(scale, x) * side], [0, scale, _start(scale, y) * side]])
        for scale in SCALES
        for x in SHIFTS
        for y in SHIFTS
    ]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    crops = [cv2.warpAffine(view, way, (side, side), flags=flags) for way in ways]
    outputs = run(np.stack(crops))
    total, reached = np.zeros((2, side, side))
    whole = np.ones((side, side), np.float32)
    for way, maps, logits in zip(ways, outputs["class_maps"], outputs["logits"], strict=True):
        evidence = cv2.resize(signed_evidence(maps, logits, target), (side, side))
        total += cv2.warpAffine(evidence, way, (side, side))
        reached += cv2.warpAffine(whole, way, (side, side))
    mean = total / np.maximum(reached, 1)
    return (np.maximum(mean, 0) * view[..., 1]).astype(np.float32)


def _start(scale, shift):
    """Where a crop of the unit square begins."""
    return (1 - scale) / 2 + shift
