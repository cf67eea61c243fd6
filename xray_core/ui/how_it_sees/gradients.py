"""Grad-CAM on one film, step by step from its real gradients, and where it misleads."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import streamlit as st

from xray_core.classifier import Classifier
from xray_core.datasets.catalogue import open_catalogue
from xray_core.inference.model_card import list_models, load_card
from xray_core.io.film_source import FilmFile
from xray_core.io.images import encode_png
from xray_core.reporting.figures import steps
from xray_core.reporting.wording import percent
from xray_core.saliency.annotation import small_overlay
from xray_core.saliency.checks import correlation
from xray_core.saliency.grad_cam import GradCam, evidence_map, signed_evidence
from xray_core.saliency.placement import saliency_on_film
from xray_core.saliency.regions import evidence_outside
from xray_core.saliency.registry import DEFAULT_METHOD, full_colour
from xray_core.saliency.targets import PNEUMONIA
from xray_core.types import Analysis, Explanation
from xray_core.ui.shared import cache, charts, lightbox, tables
from xray_core.ui.shared.frame import boundary

_CHANNELS = 8  # shown; half of them with their numbers
_COMPARED = 224  # rows and columns on which evidence is counted


def show(film: FilmFile, classifier: Classifier) -> None:
    """Draw what Grad-CAM is, and, when asked, each of its steps on the film."""
    st.header("7 · Grad-CAM, step by step", anchor=False)
    st.markdown(
        "Step 5 needs a network that ends in a plain sum. Grad-CAM (Selvaraju et al., ICCV 2017) "
        "works for any: it asks of each channel $A_c$ how fast the log-odds $s$ of pneumonia "
        "would rise if the channel answered a little more. That *gradient*, averaged over the $N$ "
        "places, is the channel's weight; the weighted channels are added, and what speaks "
        "against (below 0) is cut off."
    )
    st.latex(r"\alpha_c = \frac{1}{N} \sum_p \frac{\partial s}{\partial A_c(p)}")
    st.latex(r"L(p) = \max\Big(0,\ \sum_c \alpha_c\, A_c(p)\Big)")
    asked = st.toggle(
        "Compute it with this film's gradients",
        key="grad-cam steps",
        help="TensorFlow is loaded for it, in a process of its own: the first time this takes some "
        "ten seconds.",
    )
    if asked:
        with boundary("Grad-CAM"):
            _show_steps(film, classifier)


def _show_steps(film: FilmFile, classifier: Classifier) -> None:
    analysis = cache.analyze(film, classifier)
    with st.spinner("Computing the gradients"):
        last = cache.grad_cam(film, classifier, "last")
    _show_channels(last)
    _show_sum(analysis, classifier, last)
    st.markdown("**Where it misleads**")
    with st.spinner("Computing what misleads"):
        pictures = list(_misleading(film, classifier, last))
    with st.grid(2, min_column_width=300):
        for at, picture in enumerate(pictures):
            with st.container():
                st.markdown(f"*{picture.title}*")
                lightbox.draw(picture.jpeg, name=f"misleads {at}", alt=picture.title)
                st.markdown(picture.words)


def _show_channels(found: GradCam) -> None:
    channels = found.strongest(_CHANNELS)
    st.markdown(
        f"**a · Channels.** The {len(channels)} of {len(found.weights)} that move the sum most, "
        "each up to its own maximum. **b · Weights.** Their gradients, averaged over the film."
    )
    pictures, numbers = st.columns(2, gap="large")
    with pictures, lightbox.lightbox("step 7"):
        st.image(
            encode_png(steps.draw_channels(found.activations, channels)),
            width="stretch",
            alt=f"The {len(channels)} feature maps that move the sum most",
        )
    with numbers:
        means = found.activations.mean(axis=(0, 1))
        tables.small_table(
            [
                {
                    "Channel": f"number {channel + 1}",
                    "Weight, the mean gradient": f"{found.weights[channel]:+.5f}",
                    "Mean answer": f"{means[channel]:.3f}",
                }
                for channel in channels[: _CHANNELS // 2]
            ],
            alt="The weights and the mean answers of the channels that move the sum most",
        )


def _show_sum(analysis: Analysis, classifier: Classifier, found: GradCam) -> None:
    look, total = analysis.look, found.weighted_sum
    class_map = signed_evidence(look.class_maps, look.logits, classifier.targets[PNEUMONIA])
    alike, against = correlation(total, class_map), float((total < 0).mean())
    st.markdown(
        f"**c · Weighted sum.** On this film it correlates {alike:.3f} with the class map of step "
        "5: behind the features stand one linear layer and a mean, so every gradient is that "
        f"layer's weight over the {total.size} places, and Grad-CAM is the class map divided by "
        f"{total.size}. **d · On the film**, after the cut: {percent(against)} of the "
        "places speak against pneumonia and are gone."
    )
    signed, placed = st.columns(2, gap="large")
    with signed, lightbox.lightbox("step 7 sum"):
        title = f"Before the cut; all places together {total.sum():+.2f}"
        charts.draw(steps.class_map(total, title), key="weighted sum", dark=True, alt=title)
    with placed:
        jpeg = _overlay(analysis, found.saliency)
        lightbox.draw(jpeg, name="step 7 film", alt="The film with its Grad-CAM in colour")


@dataclass(frozen=True, slots=True)
class _Misleading:
    """One way in which Grad-CAM misleads, on the film at hand."""

    title: str
    words: str
    jpeg: bytes


def _misleading(film: FilmFile, classifier: Classifier, last: GradCam) -> Iterator[_Misleading]:
    analysis = cache.analyze(film, classifier)
    earlier = cache.grad_cam(film, classifier, "earlier")
    rows, columns = last.weighted_sum.shape
    coarse = cv2.resize(earlier.saliency, (columns, rows), interpolation=cv2.INTER_AREA)
    yield _Misleading(
        "An earlier layer",
        "Its gradients hold for tiny changes only: bends lie between it and the answer, and the "
        "places no longer add up to anything. On this film its map correlates "
        f"{correlation(coarse, last.saliency):.2f} with (d).",
        _overlay(analysis, earlier.saliency),
    )
    yield _Misleading(
        "'Normal' of a single output",
        "One output tells both answers, so the gradient for normal is that for pneumonia with its "
        "sign turned. This is not what healthy lung looks like: it is what (d) has cut off.",
        _overlay(analysis, np.maximum(-last.weighted_sum, 0)),
    )
    yield from _own_scale(film, classifier)
    yield from _whole_film(film, classifier)


def _own_scale(film: FilmFile, classifier: Classifier) -> Iterator[_Misleading]:
    """A normal film coloured up to its own maximum; nothing where no sample has any evidence."""
    shown = cache.explain(film, classifier, DEFAULT_METHOD, PNEUMONIA)
    for sample in open_catalogue("samples").samples:
        if sample.label != "NORMAL" or sample == film:
            continue
        normal = cache.analyze(sample, classifier)
        look = normal.look
        target = classifier.targets[PNEUMONIA]
        own = evidence_map(look.class_maps, look.logits, target)
        if own.max() > 0:
            yield _Misleading(
                "A normal film on its own scale",
                "Most programs give the last colour to each film's own maximum, so every film has "
                f"it. The strongest place of this normal one has {own.max():.1f} log-odds, that of "
                f"the film above {shown.saliency.max():.1f}; on this app's one scale, which ends "
                f"at {full_colour(shown):.0f}, it stays faint.",
                _overlay(normal, own),
            )
            return


def _whole_film(film: FilmFile, classifier: Classifier) -> Iterator[_Misleading]:
    """Grad-CAM of a network that sees the whole film; nothing where there is no other such."""
    cards = [load_card(name) for name in list_models() if name != classifier.name]
    whole = next((card for card in cards if card.field_of_view == "film"), None)
    if whole is None:
        return
    other = cache.load(whole)
    found = cache.grad_cam(film, other, "last")
    analysis = cache.analyze(film, other)
    placed = saliency_on_film(_explanation(analysis, found.saliency), _COMPARED, _COMPARED)
    outside = evidence_outside(placed, cv2.resize(analysis.lungs.mask, (_COMPARED, _COMPARED)))
    yield _Misleading(
        f"Another network: {whole.title}",
        f"It sees the whole film, and on this one {percent(outside)} of its evidence lies outside "
        "the lungs. Grad-CAM shows truly what a network goes by; whether that is disease, it "
        "cannot say.",
        _overlay(analysis, found.saliency),
    )


def _explanation(analysis: Analysis, saliency: np.ndarray) -> Explanation:
    return Explanation(saliency, analysis.look.view.box, "grad_cam")


def _overlay(analysis: Analysis, saliency: np.ndarray) -> bytes:
    """The film with a map on its own scale, as Grad-CAM is mostly drawn."""
    return small_overlay(analysis.radiograph.pixels, _explanation(analysis, saliency))
