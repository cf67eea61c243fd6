"""Grad-CAM, in general and in closed form for the networks of this project."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class GradCam:
    """Grad-CAM of one film, step by step.

    Attributes
    ----------
    activations : float32, (rows, columns, channels)
    weights : float32, (channels,)
        The gradients, averaged over the places.
    """

    activations: np.ndarray
    weights: np.ndarray

    @property
    def weighted_sum(self) -> np.ndarray:
        """Of the channels, float32 (rows, columns); below 0 where a place speaks against."""
        return (self.activations @ self.weights).astype(np.float32)

    @property
    def saliency(self) -> np.ndarray:
        """Float32, (rows, columns), >= 0: what speaks against is cut off (ReLU)."""
        return np.maximum(self.weighted_sum, 0)

    def strongest(self, count: int) -> list[int]:
        """The channels that add most to the sum or take most from it, the first of them first."""
        added = self.weights * self.activations.mean(axis=(0, 1))
        return [int(channel) for channel in np.argsort(-np.abs(added))[:count]]


def grad_cam(activations: np.ndarray, gradients: np.ndarray) -> GradCam:
    """Locate the evidence for a class with Grad-CAM.

    Parameters
    ----------
    activations, gradients : float32, (rows, columns, channels)
        Of a convolutional activation; gradients of the *logit*, not the probability.

    Returns
    -------
    GradCam
        Its saliency is all zero where no evidence is positive, and never rescaled to hide that.

    References
    ----------
    Selvaraju et al., ICCV 2017.
    """
    return GradCam(activations, gradients.mean(axis=(0, 1)))


def evidence_map(class_maps: np.ndarray, logits: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """Grad-CAM of a target's log-odds at the last layer, without a backward pass.

    Parameters
    ----------
    class_maps, logits, signs
        See `signed_evidence`.

    Returns
    -------
    float32, (rows, columns), >= 0
        In units of the log-odds: what speaks for the target. All zero where nothing does.
    """
    return np.maximum(signed_evidence(class_maps, logits, signs), 0)


def signed_evidence(class_maps: np.ndarray, logits: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """What each place adds to the log-odds of a target, for and against.

    The networks end in a linear layer and a plain mean over the places, so the gradient is known:
    the map of an opacity is the class map itself, and that of one kind of pneumonia its class map
    less those of the others, each weighted by its share among them. This is Grad-CAM times the
    number of places, HiResCAM and the class activation map in one; tests hold them together.

    Parameters
    ----------
    class_maps : float32, (rows, columns, outputs)
        Their mean over the places are the logits.
    logits : float32, (outputs,)
    signs : int, (outputs,), see `xray_core.saliency.targets`

    Returns
    -------
    float32, (rows, columns)
        In units of the log-odds.

    References
    ----------
    Zhou et al., CVPR 2016; Selvaraju et al., ICCV 2017; Draelos and Carin, 2020.
    """
    weights = np.zeros_like(logits)
    for sign in set(signs[signs != 0].tolist()):
        group = signs == sign
        shares = np.exp(logits[group] - logits[group].max())
        weights[group] = sign * shares / shares.sum()
    return (class_maps @ weights).astype(np.float32)
