"""The pages of the app, in the order of the navigation: one list for everyone who names one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """A page: what it is called, which file draws it, and under which heading Home offers it."""

    title: str
    path: str
    section: str = ""
    purpose: str = ""


TRY, UNDERSTAND, KNOW = "Try it", "Understand it", "Know the data"

HOME = Page("Home", "app.py")
EXPLAIN = Page(
    "Explain",
    "pages/1_Explain.py",
    TRY,
    "Your own film or a sample: the answer, the probability, and where the evidence lies.",
)
TRIAGE = Page(
    "Triage",
    "pages/6_Triage.py",
    TRY,
    "Many films at once, a folder or a ZIP archive, sorted by probability.",
)
AT_YOUR_HOSPITAL = Page(
    "At your hospital",
    "pages/10_At_your_hospital.py",
    TRY,
    "Labelled films of your own: how the model does on them, and its zero fitted to them.",
)
QUIZ = Page(
    "Quiz",
    "pages/8_Quiz.py",
    TRY,
    "Judge ten films yourself, then compare your answers with the model's and the truth.",
)
HOW_IT_SEES = Page(
    "How it sees",
    "pages/7_How_it_sees.py",
    UNDERSTAND,
    "One film, step by step from its pixels to the probability, with the real numbers.",
)
MODEL = Page(
    "Model",
    "pages/4_Model.py",
    UNDERSTAND,
    "The network's card, its training, its test, and what a threshold does.",
)
WHERE_IT_FAILS = Page(
    "Where it fails",
    "pages/9_Where_it_fails.py",
    UNDERSTAND,
    "Its surest errors, films from elsewhere, and the shortcuts it could have taken.",
)
TRAIN_IT_YOURSELF = Page(
    "Train it yourself",
    "pages/11_Train_it_yourself.py",
    UNDERSTAND,
    "A network of your own on real films: choose, watch it learn, and fall into the traps.",
)
DATA_SET = Page(
    "Data set",
    "pages/2_Data_set.py",
    KNOW,
    "Browse the films, see what each class looks like on average, find similar ones.",
)
CLASS_BALANCE = Page(
    "Class balance",
    "pages/3_Class_balance.py",
    KNOW,
    "How unequal the classes are, why accuracy flatters, and what training does about it.",
)
AUDIT = Page(
    "Audit",
    "pages/5_Audit.py",
    KNOW,
    "What is odd about the data: shortcuts, doubles, and children on both sides.",
)

PAGES = (
    HOME,
    EXPLAIN,
    TRIAGE,
    AT_YOUR_HOSPITAL,
    QUIZ,
    HOW_IT_SEES,
    MODEL,
    WHERE_IT_FAILS,
    TRAIN_IT_YOURSELF,
    DATA_SET,
    CLASS_BALANCE,
    AUDIT,
)


def sections() -> dict[str, list[Page]]:
    """The pages by the heading under which Home offers them."""
    named = dict.fromkeys(page.section for page in PAGES if page.section)
    return {name: [page for page in PAGES if page.section == name] for name in named}
