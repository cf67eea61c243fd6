"""From a film's pixels to its probability, with the real numbers."""

from xray_core.ui.how_it_sees import gradients, layers, walk
from xray_core.ui.shared import cache, film_choice, frame

with frame.page(
    "How it sees",
    "Choose a film, and see what the network does with it: the lungs it finds, the pixels it "
    "receives, its features, its weights, and how they add up to the probability.",
):
    film = film_choice.choose()
    with frame.boundary("steps"):
        classifier = cache.classifier()
        if film is not None:
            walk.show(film, classifier)
            gradients.show(film, classifier)
        frame.sign(classifier.card)
    with frame.boundary("transfer learning"):
        walk.show_transfer_learning()
    with frame.boundary("kernel"):
        if film is not None:
            layers.show_kernel(cache.analyze(film, classifier).radiograph, classifier.card)
    with frame.boundary("networks"):
        layers.show_networks()
