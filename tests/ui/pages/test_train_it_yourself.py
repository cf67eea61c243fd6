"""The page Train it yourself with made-up trainings, and other pages with their networks."""

import json
import math
from types import SimpleNamespace

import pytest

from tests.fakes import FakeClassifier
from xray_core.errors import UsageError
from xray_core.experiments import cost, films, recorded
from xray_core.experiments import runs as queue
from xray_core.experiments.films import Offer
from xray_core.experiments.plans import PLANS
from xray_core.experiments.run import Progress
from xray_core.experiments.settings import RunSettings
from xray_core.inference.model_card import load_card
from xray_core.reporting.text.home_made import START
from xray_core.types import LABELS

from .conftest import draw_film, write_card
from .test_explain import upload
from .test_pages import figures, texts

PAGE = "pages/11_Train_it_yourself.py"
KEY = "a key that nobody can guess"
COUNTS = {"NORMAL": 30, "PNEUMONIA": 70}
STEPS = [(1, 0.9, 0.5), (2, 0.7, 0.6), (3, 0.6, 0.7)]
EPOCHS = [
    {"epoch": 1, "loss": 0.8, "accuracy": 0.6, "val_loss": 0.7, "val_accuracy": 0.65},
    {"epoch": 2, "loss": 0.5, "accuracy": 0.8, "val_loss": 0.6, "val_accuracy": 0.75},
    {"epoch": 3, "loss": 0.3, "accuracy": 0.9, "val_loss": 0.9, "val_accuracy": 0.70},
]


def value(at, half=0.02):
    return {"value": at, "n": 100, "interval": [at - half, at + half]}


def report(accuracy, specificity):
    films = [
        {"file": f"{n}.png", "label": LABELS[n % 3 > 0], "subtype": "", "patient": str(n)}
        | {"probability": (0.3 + 0.5 * (n % 3 > 0) + 0.02 * n) % 1, "score": math.sin(n)}
        for n in range(30)
    ]
    shares = {"sensitivity": value(0.95), "specificity": value(specificity)}
    return {
        "n": 100,
        "counts": COUNTS,
        "accuracy": value(accuracy),
        "auc": value(0.9),
        "log_loss": value(0.4),
        "calibration": {"intercept": value(-1.2, 0.1), "slope": value(0.8)},
        "before_calibration": {"accuracy": value(accuracy), **shares},
        "operating_point": {"threshold": 0.5},
        "films": films,
        **shares,
    }


def results():
    outline = {"outline": value(1.5, 0.5), "content": value(3.0, 0.5), "ratio": value(0.5, 0.1)}
    return {
        "validation": report(0.98, 0.97),
        "test": report(0.79, 0.5),
        "adults": {"auc": {"all": value(0.52, 0.05)}, "ap_minus_pa": value(2.0, 0.5)},
        "outline": {"n": 40, **outline},
    }


class MadeUpRun:
    def __init__(self, home, name, settings, title, **more):
        self.home, self.name, self.settings = home, name, settings
        self.title, self.state, self.problem, self.results = title or "Small network", "", "", None
        self.plan, self.label = more.get("plan", ""), more.get("label", "")
        self.progress = Progress("Learning", list(STEPS), 15, list(EPOCHS), [], 40.0, 60.0)
        self.state = "running"

    def finish(self):
        write_card(self.home / self.name, self.title)
        path = self.home / self.name / "card.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"home_made": True}))
        self.made = FakeClassifier(load_card(self.name, self.home), refuses=lambda film: False)
        self.state, self.results = "done", results()

    def classifier(self):
        return self.made

    def files(self):
        return b"PK"


class MadeUpVisit:
    def __init__(self, home):
        self.home, self.runs, self.asked = home, [], []

    def start(self, settings, title="", **more):
        if len(self.runs) == 6:
            raise UsageError("6 runs are kept already: forget one of them first.")
        run = MadeUpRun(self.home, f"home-{len(self.runs)}", settings, title, **more)
        self.runs.append(run)
        return run

    def start_plan(self, plan, source):
        return [self.start(each, label, plan=plan.name, label=label) for label, each in plan.runs]

    def stop(self, run):
        run.state = "stopped"

    def go_on(self, run):
        run.state = "running"

    def cancel(self, run):
        self.runs.remove(run)

    forget = cancel

    def ahead(self, run):
        return 2

    def starts_in(self, run):
        return 200.0


@pytest.fixture
def visit(tmp_path, monkeypatch):
    """What the key opens; the server knows no other."""
    visits = {}
    made = SimpleNamespace(
        find=visits.get,
        new_key=lambda: KEY,
        visit=lambda key: visits.setdefault(key, mine),
    )
    mine = MadeUpVisit(tmp_path / "trained")
    monkeypatch.setattr(queue, "runs", made)
    mine.known = lambda: visits.setdefault(KEY, mine)
    return mine


@pytest.fixture
def to_learn_from(monkeypatch):
    offer = Offer("Kermany", "kaggle", True, {"train": COUNTS, "test": COUNTS}, 90, True)
    monkeypatch.setattr(films, "list_offers", lambda: (offer,))
    monkeypatch.setattr(cost, "estimate", lambda settings, offer: 30.0 * settings.epochs)


@pytest.fixture
def nothing_recorded(monkeypatch):
    monkeypatch.setattr(recorded, "load", lambda: None)


@pytest.fixture
def done(visit):
    """A visit with one network trained to its end."""
    visit.known().start(RunSettings("kaggle"), "My first").finish()
    return visit.runs[0]


def button(app, label):
    return next(each for each in app.button if each.label == label)


def press(app, label):
    return button(app, label).click().run()


def labels(app):
    return [each.label for each in app.button]


def option(app, name):
    kinds = (app.slider, app.select_slider, app.toggle, app.get("button_group"))
    return next(each for kind in kinds for each in kind if name in (each.key or ""))


def test_without_films_it_offers_to_fetch_some_with_their_sizes(
    open_page, model, samples, visit, nothing_recorded
):
    app = open_page(PAGE)
    assert "too few" in texts(app.info)
    sizes = [label for label in labels(app) if label.startswith("Fetch")]
    assert sizes == [
        "Fetch 28 px (4 MB)",
        "Fetch 64 px (about 20 MB)",
        "Fetch 128 px (about 75 MB)",
        "Fetch 224 px (214 MB)",
        "Fetch from Kaggle (1.2 GB)",
    ]
    assert button(app, "Train it").disabled


def test_films_are_fetched_only_when_asked(open_page, model, samples, visit, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "xray_core.datasets.download.fetch_pneumoniamnist",
        lambda progress, size: asked.append(size),
    )
    app = open_page(PAGE)
    assert asked == []
    press(app, "Fetch 64 px (about 20 MB)")
    assert asked == [64]


def test_time_is_told_before_it_begins(open_page, model, samples, visit, to_learn_from):
    app = open_page(PAGE)
    assert "100 films to learn from (30 normal and 70 pneumonia)" in texts(app.markdown)
    assert "about **2 minutes** on this machine" in texts(app.markdown)
    option(app, "setting epochs").set_value(10).run()
    assert "about **5 minutes** on this machine" in texts(app.markdown)
    assert visit.runs == []


def test_defaults_train_and_the_address_holds_the_key(
    open_page, model, samples, visit, to_learn_from
):
    app = open_page(PAGE)
    assert "training" not in app.query_params
    press(app, "Train it")
    assert not app.exception
    assert visit.runs[0].settings == RunSettings("kaggle")
    assert app.query_params["training"] in (KEY, [KEY])
    assert "Small network" in texts(app.header)
    assert "training=" in next(
        link.proto.query_string for link in app.get("page_link") if link.proto.label == "Explain"
    )


@pytest.mark.parametrize(
    ("name", "choice", "expected"),
    [
        ("field_of_view", "lungs", {"field_of_view": "lungs"}),
        ("image_size", 128, {"image_size": 128}),
        ("network", "efficientnet_lite0", {"network": "efficientnet_lite0"}),
        ("blocks", 2, {"channels": (16, 32)}),
        ("width", 32, {"channels": (32, 64, 128, 256)}),
        ("class_weights", False, {"class_weights": False}),
        ("augmented", False, {"augmented": False}),
        ("epochs", 3, {"epochs": 3}),
        ("learning_rate", 1e-3, {"learning_rate": 1e-3}),
        ("apart", False, {"apart": False}),
        ("seed", 4, {"seed": 4}),
    ],
)
def test_every_setting_reaches_the_training(
    open_page, model, samples, visit, to_learn_from, name, choice, expected
):
    app = open_page(PAGE)
    option(app, f"setting {name}").set_value(choice).run()
    press(app, START[expected.get("network", "small_cnn")])
    assert visit.runs[0].settings == RunSettings("kaggle", **expected)


def test_frozen_blocks_are_of_the_pretrained_network(
    open_page, model, samples, visit, to_learn_from
):
    app = open_page(PAGE)
    option(app, "setting network").set_value("efficientnet_lite0").run()
    option(app, "setting frozen").set_value(3).run()
    press(app, "Fetch its weights (17 MB, over the internet) and train it")
    assert visit.runs[0].settings.frozen == 3


def test_what_cannot_begin_is_told(open_page, model, samples, visit, to_learn_from):
    for _ in range(6):
        visit.known().start(RunSettings("kaggle"))
    app = open_page(PAGE, training=KEY)
    press(app, "Train it")
    assert "6 runs are kept already: forget one" in texts(app.warning)
    assert len(visit.runs) == 6


def test_curves_are_of_steps_and_epochs(open_page, model, samples, visit):
    visit.known().start(RunSettings("kaggle"), "My *first*")
    app = open_page(PAGE, training=KEY, part="Watch")
    loss, accuracy = figures(app)
    assert [trace["name"] for trace in loss["data"]] == [
        "training, by step",
        "training",
        "validation",
    ]
    assert [trace["y"] for trace in loss["data"]] == [
        [0.9, 0.7, 0.6],
        [0.8, 0.5, 0.3],
        [0.7, 0.6, 0.9],
    ]
    assert accuracy["data"][2]["y"] == [0.65, 0.75, 0.70]
    assert loss["data"][0]["x"] == pytest.approx([1 / 3, 2 / 3, 1])  # in epochs
    assert "lowest in epoch 2" in texts(app.markdown)
    assert "My \\*first\\*" in texts(app.header)


def test_films_it_gets_wrong_are_shown(open_page, model, samples, visit):
    run = visit.known().start(RunSettings("kaggle"))
    film = {"label": "NORMAL", "split": "train", "name": "a.png", "probability": 0.93}
    run.progress.wrong.append(film | {"picture": draw_film(0.4)})
    app = open_page(PAGE, training=KEY, part="Watch")
    assert "Films it gets wrong right now" in texts(app.header)
    assert "93% sure of the wrong answer" in texts(app.caption)
    assert len(app.get("image")) == 2  # the first is the logo


def test_it_stops_goes_on_and_is_cancelled(open_page, model, samples, visit, nothing_recorded):
    run = visit.known().start(RunSettings("kaggle"))
    app = open_page(PAGE, training=KEY, part="Watch")
    press(app, "Stop")
    assert run.state == "stopped"
    assert "Stopped" in texts(app.info)
    press(app, "Go on")
    assert run.state == "running"
    press(app, "Cancel")
    assert visit.runs == []
    assert "You have trained nothing yet" in texts(app.info)


def test_who_waits_is_told_when_it_begins(open_page, model, samples, visit):
    visit.known().start(RunSettings("kaggle")).state = "waiting"
    app = open_page(PAGE, training=KEY, part="Watch")
    assert "2 trainings are before it" in texts(app.info)
    assert "in about 3 minutes" in texts(app.info)


def test_what_went_wrong_is_told(open_page, model, samples, visit):
    run = visit.known().start(RunSettings("kaggle"))
    run.state, run.problem = "failed", "It took more than 3,000 MB."
    app = open_page(PAGE, training=KEY, part="Watch")
    assert "3,000 MB" in texts(app.error)
    press(app, "Forget it")
    assert visit.runs == []


def test_networks_are_compared_and_the_words_say_what_happened(open_page, model, samples, done):
    app = open_page(PAGE, training=KEY, part="Compare")
    (chart,) = figures(app)
    test = chart["data"][1]
    assert dict(zip(test["y"], test["x"], strict=True)) == pytest.approx(
        {"My first": 0.79, "Lungs first": 0.85, "Small network": 0.85}
    )
    table = app.dataframe[0].value.set_index("Network")
    assert table["Validation, accuracy"]["My first"] == "98.0% (96.0 to 100.0)"
    assert table["Outline against content"]["My first"] == "0.50 (0.40 to 0.60)"
    said = texts(app.markdown)
    assert "98.0% on validation, 79% on the test" in said or "98% on validation" in said
    assert "in doubt it says pneumonia" in said
    assert "guessing is as good" in said
    assert "crutch" in said
    assert [each.proto.label for each in app.get("download_button")] == ["Download"]
    option(app, "measure of the networks").set_value("specificity").run()
    assert figures(app)[0]["data"][1]["x"][0] == 0.5


def test_home_made_network_answers_on_explain_and_says_so(open_page, model, samples, done):
    app = open_page(PAGE, training=KEY, part="Compare")
    press(app, "Try it on Explain")
    assert app.title[0].value == "Explain a film"
    app.switch_page("pages/1_Explain.py").run()  # AppTest would go back
    upload(app, ("a.jpeg", draw_film(0.6, 200, 240)))
    assert done.made.runs == 1
    assert model.runs == 0
    assert "Answered by the model **My first (home-made)**" in texts(app.caption)
    app.switch_page("pages/8_Quiz.py").run()
    assert not app.exception
    app.switch_page("app.py").run()
    assert not app.error


def test_reload_keeps_the_network_and_another_visitor_does_not_see_it(
    open_page, model, samples, done
):
    app = open_page("pages/4_Model.py", training=KEY, model=done.name)
    assert "My first (home-made)" in app.radio[0].options
    assert app.radio[0].value == done.name
    assert "home-made" in texts(app.info)
    other = open_page("pages/4_Model.py", model=done.name)
    assert other.radio[0].options == ["Lungs first", "Small network"]
    assert "not here" in texts(other.warning)
    assert "You have trained no network" in texts(open_page(PAGE, part="Compare").info)


def test_nothing_of_a_home_made_network_is_kept_where_visitors_share(
    open_page, model, samples, done, monkeypatch
):
    from xray_core.ui.home import first_film

    monkeypatch.setattr(first_film, "annotate", lambda analysis, **_: analysis.radiograph.pixels)
    app = open_page("app.py", training=KEY, model=done.name)
    assert not app.exception
    assert done.made.maps == 1
    app = open_page("app.py", training=KEY, model=done.name)
    assert done.made.maps == 2


def test_a_key_that_opens_nothing_is_told_once(open_page, model, samples, visit):
    app = open_page("pages/1_Explain.py", training="forged", model="home-0")
    assert "no longer kept" in texts(app.warning)
    assert "training" not in app.query_params
    assert visit.runs == []
    app.switch_page("pages/4_Model.py").run()
    assert "no longer kept" not in texts(app.warning)


def test_network_that_is_forgotten_answers_no_more(open_page, model, samples, done, visit):
    app = open_page(PAGE, training=KEY, part="Compare", model=done.name)
    press(app, "Forget it")
    assert visit.runs == []
    assert "model" not in app.query_params
    app.switch_page("pages/1_Explain.py").run()
    assert not app.error
    assert "home-made" not in texts(app.caption)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_experiment_runs_here_and_says_what_was_seen(
    open_page, model, samples, visit, to_learn_from, nothing_recorded, plan
):
    app = open_page(PAGE, part="Experiments", experiment=plan.title)
    assert plan.question in texts(app.header)
    assert "About **" in texts(app.markdown)
    press(app, f"Run its {len(plan.runs)} trainings here")
    assert [run.label for run in visit.runs] == [label for label, _ in plan.runs]
    for run in visit.runs:
        run.finish()
    app = open_page(PAGE, training=KEY, part="Experiments", experiment=plan.title)
    assert not app.exception
    (chart,) = figures(app)
    assert set(chart["data"][0]["y"]) == {label for label, _ in plan.runs}
    assert "beyond chance" in texts(app.markdown)


def test_leak_needs_films_that_tell_their_patients(open_page, model, samples, visit, monkeypatch):
    offer = Offer("PneumoniaMNIST", "pneumoniamnist_64", True, {"train": COUNTS}, 100, False)
    monkeypatch.setattr(films, "list_offers", lambda: (offer,))
    monkeypatch.setattr(cost, "estimate", lambda settings, offer: 30.0)
    app = open_page(PAGE, part="Experiments", experiment="The leak")
    assert button(app, "Run its 2 trainings here").disabled
    assert "tell their patients" in texts(app.caption)


def test_recorded_trainings_are_shown_and_said_to_be_recorded(
    open_page, model, samples, visit, monkeypatch
):
    training = {
        "title": "Small network",
        "settings": RunSettings("kaggle").__dict__,
        "steps": STEPS,
        "steps_in_all": 15,
        "epochs": EPOCHS,
        "results": results(),
    }
    runs = [{"label": label, "seed": 0, "results": results()} for label, _ in PLANS[0].runs]
    plans = {PLANS[0].name: {"runs": runs, "seen": "Weights changed nothing here."}}
    known = {"origin": "Recorded on a cold day.", "training": training, "plans": plans}
    monkeypatch.setattr(recorded, "load", lambda: known)
    app = open_page(PAGE, part="Watch")
    assert "Recorded on a cold day." in texts(app.info)
    assert len(figures(app)) == 2
    app = open_page(PAGE, part="Compare")
    assert "Recorded on a cold day." in texts(app.info)
    assert "Small network (recorded)" in figures(app)[0]["data"][0]["y"]
    app = open_page(PAGE, part="Experiments", experiment=PLANS[0].title)
    assert "Weights changed nothing here." in texts(app.markdown)
    assert len(figures(app)) == 1
