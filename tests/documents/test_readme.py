"""The README states the results of the shipped models."""

from tests import ROOT
from xray_core.inference.model_card import list_models, load_card, load_evaluation
from xray_core.reporting.wording import METRICS, measured

README = ROOT / "README.md"
MEASURES = ("accuracy", "auc", "sensitivity", "specificity", "log_loss", "brier", "ece")


def results_table():
    """A Markdown table of every shipped model's official-test results with 95% intervals."""
    reports = {name: load_evaluation(name) for name in list_models()}
    head = ["official test", "n", *(load_card(name).title for name in reports)]
    lines = [head, ["---"] * len(head)]
    for measure in MEASURES:
        cells = [report[measure] for report in reports.values()]
        title, n = METRICS[measure].title, str(cells[0]["n"])
        lines.append([title, n, *(measured(cell) for cell in cells)])
    cells = [report["three_class"]["accuracy"] for report in reports.values()]
    title = "Accuracy, normal / bacterial / viral"
    lines.append([title, str(cells[0]["n"]), *(measured(cell) for cell in cells)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def test_readme_states_the_results_of_the_shipped_models():
    assert results_table() in README.read_text()


if __name__ == "__main__":
    text = README.read_text()
    before, rest = text.split("<!-- results -->\n")
    _, after = rest.split("<!-- /results -->")
    table = results_table()
    README.write_text(f"{before}<!-- results -->\n{table}\n<!-- /results -->{after}")
