"""One film on its way through the network, step by step."""

import streamlit as st

from xray_core.classifier import Classifier
from xray_core.inference.activations import Activations, read_activations
from xray_core.inference.model_card import ModelCard, list_models, load_card, load_evaluation
from xray_core.io.film_source import FilmFile
from xray_core.io.images import encode_jpeg, encode_png, fit_within
from xray_core.reporting.figures import results, steps
from xray_core.reporting.text import card as card_text
from xray_core.reporting.wording import class_title, percent
from xray_core.types import Look, Radiograph
from xray_core.ui.shared import cache, charts, lightbox, tables
from xray_core.ui.shared.choice import choose_one

_FILM = 640


def show(film: FilmFile, classifier: Classifier) -> None:
    """Draw every step for a film."""
    analysis = cache.analyze(film, classifier)
    look = analysis.look
    activations = read_activations(classifier.name, look.view, classifier.card.home)
    if analysis.prediction.refused:
        st.warning(
            "The model refuses this film. The steps below are what it would do with it, and mean "
            "nothing for it."
        )
    _show_input(analysis.radiograph, look, classifier.card)
    _show_features(activations)
    _show_sum(look, activations, classifier)
    _show_answer(look, classifier)


def show_transfer_learning() -> None:
    """Compare the pretrained network with the one from scratch."""
    st.header("8 · Where its features come from", anchor=False)
    cards = [load_card(name) for name in list_models()]
    learned = {bool(card.training.get("initial_weights")): card for card in reversed(cards)}
    if len(learned) < 2:
        st.info("This needs a pretrained network and one from scratch among the models.")
        return
    pretrained, scratch = learned[True], learned[False]
    data = pretrained.training["initial_weights"]["data"]
    seen = ""
    if pretrained.field_of_view != scratch.field_of_view:
        seen = (
            f", and in what they see ({pretrained.title}: the {pretrained.field_of_view}; "
            f"{scratch.title}: the {scratch.field_of_view})"
        )
    st.markdown(
        f"*{pretrained.title}* began with weights learned on {data}, everyday photographs: edges "
        "and textures are the same in a film. Only then did it learn from films (*transfer "
        f"learning*). *{scratch.title}* learned everything from the films alone. The comparison "
        f"is not pure: they also differ in size{seen}."
    )
    reports = {card.title: load_evaluation(card.name) for card in (pretrained, scratch)}
    accuracies = (
        f"{title} {percent(report['accuracy']['value'])} accuracy"
        for title, report in reports.items()
    )
    charts.draw(
        results.comparison(reports),
        key="transfer learning",
        alt="Accuracy, AUC, sensitivity and specificity on the official test with 95% intervals: "
        + "; ".join(accuracies),
    )


def _show_input(radiograph: Radiograph, look: Look, card: ModelCard) -> None:
    first, second, third = st.columns(3, gap="medium")
    found = look.lungs.box is not None
    inside = card.field_of_view == "lungs" and found
    with first:
        st.header("1 · The film", anchor=False)
        lightbox.draw(
            encode_jpeg(fit_within(radiograph.pixels, _FILM)),
            name="step 1",
            alt="The film as it is",
            caption=f"{radiograph.width:,} × {radiograph.height:,} pixels of 256 grey levels.",
        )
    with second:
        st.header("2 · The lungs", anchor=False)
        lightbox.draw(
            encode_jpeg(steps.draw_lungs(radiograph.pixels, look.lungs)),
            name="step 2",
            alt="The film with the outline of both lungs"
            if found
            else "The film; no lungs were found in it",
            caption=card_text.describe_lungs(cache.lungs_card())
            if found
            else "No lungs were found: the whole film is judged.",
        )
    with third:
        st.header("3 · What the network receives", anchor=False)
        grey = look.view.grey[look.view.inside > 0.5]
        lightbox.draw(
            encode_png(steps.draw_view(look.view.grey)),
            name="step 3",
            alt="The chest stretched to a square; what lies outside the lungs' hull is an even grey"
            if inside
            else "The whole film squeezed to a square",
            caption=f"{look.view.side} × {look.view.side} numbers from {grey.min():.2f} to "
            f"{grey.max():.2f}, on average {grey.mean():.2f}.",
        )
    if inside:
        st.markdown(
            "Shown is what lies inside the hull of both lungs with a narrow rim, the heart "
            "included; its detail is brought to the strength that normal films have. Outside, "
            "everything is one even grey: borders, letters and the film's shape would give the "
            "label away without being disease."
        )


def _show_features(activations: Activations) -> None:
    st.header("4 · What its layers make of it", anchor=False)
    st.markdown(
        "Each layer looks at small neighbourhoods of the one before. The first find edges, the "
        "later ones patterns of patterns; the maps get coarser and more. Bright is where a channel "
        "answers; each is shown up to its own maximum."
    )
    sizes = {f"{len(stage)} × {len(stage)}": stage for stage in activations.stages}
    chosen = choose_one("Resolution", sizes, key="resolution")
    stage = sizes[chosen]
    channels = steps.strongest_channels(stage)
    with lightbox.lightbox("step 4"):
        # two pictures, one below the other on a phone
        with st.grid(2, min_column_width=300, gap="xxsmall"):
            for part, order in ((channels[:8], "strongest"), (channels[8:], "next")):
                st.image(
                    encode_png(steps.draw_channels(stage, part)),
                    width="stretch",
                    alt=f"The {order} {len(part)} feature maps of {chosen} places each",
                )
        st.caption(f"The {len(channels)} strongest of {stage.shape[-1]} channels at {chosen}.")


def _show_sum(look: Look, activations: Activations, classifier: Classifier) -> None:
    st.header("5 · Features × weights, added up", anchor=False)
    names = classifier.card.outputs
    chosen = choose_one(
        "Logit",
        names,
        titles=class_title,
        default=names[0],
        key=f"logit of {classifier.name}",
        in_address=False,
    )
    index, title = names.index(chosen), class_title(chosen)
    rows, columns = look.class_maps.shape[:2]
    features, places = st.columns(2, gap="large")
    with features:
        st.markdown(
            f"The {len(activations.weights)} features, each averaged over the places, times the "
            f"weight that training gave it for *{title.lower()}*:"
        )
        tables.small_table(
            steps.list_channels(activations.means, activations.weights[:, index]),
            alt=f"The features that move the logit of {title} most, and their sum",
        )
    with places:
        st.markdown(
            f"The same sum by place, {rows} × {columns} over the view: the *class activation map*. "
            "Grad-CAM and HiResCAM compute the same with gradients, up to a factor, because one "
            "linear layer and a plain mean stand behind the features."
        )
        with lightbox.lightbox("step 5"):
            charts.draw(
                steps.class_map(
                    look.class_maps[..., index] / (rows * columns),
                    f"{title}: adds up to {look.logits[index]:+.3f}",
                ),
                key="class map",
                dark=True,
                alt=f"What each of {rows * columns} places adds to the logit of {title}; "
                f"together {look.logits[index]:+.3f}",
            )


def _show_answer(look: Look, classifier: Classifier) -> None:
    st.header("6 · From the sums to the probability", anchor=False)
    card = classifier.card
    score = float(classifier.odds(look.logits[None])[0])
    probability = float(classifier.probability(score))
    tables.small_table(
        steps.list_logits(card.outputs, look.logits, card.calibration, probability),
        alt=f"From the logits to the probability of pneumonia, {percent(probability, 1)}",
    )
    point = card.default_operating_point
    side = "at or above" if probability >= point.threshold else "below"
    st.markdown(
        f"The probability of pneumonia, {percent(probability)}, is {side} the operating point "
        f"*{point.name}*, {percent(point.threshold)}."
    )
