"""Ten films for the visitor to judge, then everybody's answers."""

from xray_core.ui import frame, quiz

with frame.page(
    "Quiz",
    "Normal or pneumonia? Judge ten films that the model has not learned from; then see its "
    "answers, the truth, and both scores.",
):
    catalogue = quiz.choose_catalogue()
    if catalogue:
        films, answers = quiz.follow_address(catalogue)
        if len(answers) < len(films):
            quiz.ask(films, answers)
        else:
            quiz.show_results(films, answers)
