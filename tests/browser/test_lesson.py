"""The lesson of docs/teaching.md, walked through with what a fresh machine shows.

What the lesson names *in italics* must stand on the page under that name, and every number in it
must be the one that the shipped tables give.
"""

import re

import pytest
from playwright.sync_api import expect

from scripts.screenshots import name_of
from tests import ROOT
from tests.browser.driver import DESKTOP, DRAWN, settle
from tests.browser.test_app import wait_for_answer
from xray_core.audit.balance import majority_share
from xray_core.evaluation.operating_points import CHILDREN, at_threshold, count_outcomes
from xray_core.inference.model_card import DEFAULT_MODEL, load_evaluation
from xray_core.ui.pages import PAGES
from xray_core.ui.quiz.rounds import FILMS

pytestmark = pytest.mark.browser

LESSONS = " ".join((ROOT / "docs" / "teaching.md").read_text().split())
TEXT, _, SECOND = LESSONS.partition("# A second lesson: ")
# The first part is what comes before the first heading.
SECTIONS = dict(re.findall(r"## (.+?\)) (.*?)(?=## |$)", TEXT))
PATIENCE = 120_000  # milliseconds
ADDRESSES = {page.title: name_of(page.path) for page in PAGES}


def names_in(text):
    """What stands in italics and is no question."""
    text = text.replace("**", "")
    return [name for name in re.findall(r"\*([^*]+)\*", text) if not name.endswith("?")]


def section(begins):
    """A section's page and the names in its text."""
    title = next(title for title in SECTIONS if title.startswith(begins))
    page, *tab = names_in(title)
    return page, [*tab, *names_in(SECTIONS[title])]


@pytest.fixture(scope="module")
def fresh(host, browser):
    """A visit, page by page."""
    page = browser.new_context(**DESKTOP).new_page()
    page.set_default_timeout(PATIENCE)

    def visit(title, query=""):
        page.goto(f"{host}/{ADDRESSES[title]}{query}")
        settle(page, PATIENCE // 1000)
        return page

    yield visit
    page.context.close()


def expect_shown(page, names):
    for name in names:
        place = page.get_by_text(name).filter(visible=True).first
        expect(place, f"the lesson names {name!r}").to_be_visible(timeout=PATIENCE)


def begin(page):
    page.get_by_role("button", name="Begin here").click()
    settle(page, PATIENCE // 1000)


def test_every_section_has_its_page_and_the_minutes_add_up():
    minutes = [int(number) for number in re.findall(r"\((\d+) minutes", " ".join(SECTIONS))]
    assert sum(minutes) == int(re.search(r"lesson of (\d+) minutes", TEXT)[1])
    assert len(minutes) == len(SECTIONS) - 1  # the last is for afterwards
    assert {section(title)[0] for title in SECTIONS} <= set(ADDRESSES)
    before = TEXT.partition("**Before the lesson.**")[2].partition("##")[0]
    assert names_in(before) == ["Explain", "Present"]


def test_quiz_is_as_the_lesson_says(fresh):
    title, names = section("1")
    assert "ten films" in SECTIONS[next(iter(SECTIONS))]
    assert FILMS == 10
    shown_after = ["95% interval", "Explain"]
    assert set(shown_after) < set(names)
    page = fresh(title, "?seed=7")
    expect_shown(page, [f"Film 1 of {FILMS}", *(set(names) - set(shown_after))])
    page = fresh(title, f"?seed=7&answers={'n' * FILMS}")
    expect_shown(page, shown_after)
    truths = page.locator(".st-key-quiz-films")
    assert "Viral" not in truths.inner_text()  # as the lesson says of the samples


def test_steps_are_as_the_lesson_says(fresh):
    title, names = section("2")
    page = fresh(title)
    expect_shown(page, ["Begin here"])
    begin(page)
    expect_shown(page, [name for name in names if name != "Begin here"])
    offered = page.get_by_role("radiogroup", name="Resolution").get_by_role("radio")
    assert offered.count() > 1


def test_class_balance_is_as_the_lesson_says(fresh):
    title, names = section("3")
    page = fresh(title)
    expect_shown(page, names)
    evaluation = load_evaluation(DEFAULT_MODEL)
    confusion = evaluation["confusion"]
    ill, films = confusion["tp"] + confusion["fn"], evaluation["data"]["n"]
    share = f"{100 * majority_share(evaluation):.1f}%"
    assert f"For {ill} of {films}, so {share}" in TEXT
    expect(page.get_by_test_id("stMetric").filter(has_text="Always pneumonia")).to_contain_text(
        share
    )


def test_threshold_is_as_the_lesson_says(fresh):
    title, names = section("4")
    page = fresh(title)
    page.get_by_role("tab", name=names[0], exact=True).click()
    settle(page, PATIENCE // 1000)
    expect_shown(page, names)
    told = re.search(r"\*([^*]+\(prevalence\))\* from (\d+)% down to (\d+)%", TEXT)
    label, start, end = told[1], *map(int, told.groups()[1:])
    slider = page.get_by_role("slider", name=label)
    assert slider.input_value() == str(start)
    values = {}
    for prevalence in (start, end):
        if prevalence != start:
            slider.focus()
            for _ in range(start - prevalence):
                slider.press("ArrowLeft")
            ppv = page.get_by_test_id("stMetric").filter(has_text="PPV").first
            expect(ppv).not_to_have_text(values[start]["PPV"], use_inner_text=True)
            settle(page, PATIENCE // 1000)
        assert slider.input_value() == str(prevalence)
        values[prevalence] = {
            name: page.get_by_test_id("stMetric").filter(has_text=name).first.inner_text()
            for name in ("Sensitivity", "Specificity", "PPV")
        }
    assert values[start]["Sensitivity"] == values[end]["Sensitivity"]
    assert values[start]["Specificity"] == values[end]["Specificity"]
    films = load_evaluation(DEFAULT_MODEL)["films"]
    falls = [at_threshold(films, 0.5, prevalence / 100)["ppv"] for prevalence in (start, end)]
    assert falls[1] < falls[0]
    assert values[start]["PPV"] != values[end]["PPV"]


def test_sum_on_paper_is_right():
    told = r"sensitivity of (\d+)%, a specificity of (\d+)% and a prevalence of (\d+)%: of ([\d,]+)"
    found = re.search(told, TEXT)
    sensitivity, specificity, prevalence = (int(share) / 100 for share in found.groups()[:3])
    children = int(found[4].replace(",", ""))
    assert children == CHILDREN
    ill, well = prevalence * children, (1 - prevalence) * children
    assert f"{ill:.0f} are ill and {well:.0f} well" in TEXT
    true, false = sensitivity * ill, (1 - specificity) * well
    assert f"{int(true)} or {int(true) + 1} of the ill" in TEXT
    assert f"{int(false)} or {int(false) + 1} of the well" in TEXT
    assert f"of about {round(true + false)} alarms {round(true + 0.01)} are true" in TEXT
    assert true / (true + false) == pytest.approx(1 / 4, abs=0.01)
    dots = count_outcomes(sensitivity, specificity, prevalence)
    assert sum(dots.values()) == CHILDREN


def test_failures_are_as_the_lesson_says(fresh):
    title, names = section("5")
    page = fresh(title)
    page.get_by_text("These films are drawn").wait_for(timeout=PATIENCE)
    settle(page, PATIENCE // 1000)
    expect_shown(page, names[: names.index("Model card")])
    haze = page.get_by_text(re.compile(r"^Fainter haze\. Drawn: "))
    haze.wait_for()
    tile = page.get_by_test_id("stVerticalBlock").filter(has=haze).last
    tile.get_by_role("button", name="Explain").click()
    page.get_by_role("heading", level=1, name="Explain a film").wait_for()
    wait_for_answer(page)
    expect_shown(page, ["True label: Viral pneumonia", "Drawn: "])
    page = fresh("Model")
    expect_shown(page, names[names.index("Model card") :])


def test_second_lesson_is_as_it_says(fresh):
    parts = re.findall(r"\*\*(\w+) \((\d+) minutes\)\.\*\* (.*?)(?=\*\*|$)", SECOND)
    assert [part for part, *_ in parts] == ["Choose", "Watch", "Compare", "Experiments"]
    assert sum(int(minutes) for _, minutes, _ in parts) == 30
    for part, _, text in parts:
        expect_shown(fresh("Train it yourself", f"?part={part}"), names_in(text))


def test_what_is_taken_home_is_there(fresh):
    title, names = section("For afterwards")
    page = fresh(title)
    begin(page)
    wait_for_answer(page)
    expect(page.locator(DRAWN)).to_be_visible()
    expect(page.get_by_role("button", name="Present")).to_be_visible()
    page.get_by_role("tab", name=names[0], exact=True).click()
    expect_shown(page, names)
