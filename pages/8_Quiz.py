"""Ten films for the visitor to judge, then everybody's answers."""

from xray_core.ui.quiz import game
from xray_core.ui.shared import frame

with frame.page(
    "Quiz",
    "Normal or pneumonia? Judge ten films that the model has not learned from; then see its "
    "answers, the truth, and both scores.",
):
    catalogue = game.choose_catalogue()
    if catalogue:
        seed, films, answers = game.follow_address(catalogue)
        if len(answers) < len(films):
            game.ask(seed, films, answers)
        else:
            game.show_results(seed, films, answers)
