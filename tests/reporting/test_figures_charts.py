import pandas as pd
import pytest

from xray_core.reporting.figures import charts


def test_class_balance_stacks_every_count():
    counts = pd.DataFrame(
        [("train", "normal", 10), ("train", "virus", 4), ("test", "bacteria", 7)],
        columns=["split", "subtype", "n"],
    )
    figure = charts.class_balance(counts, "films")
    drawn = {
        (bar.name, split): n for bar in figure.data for split, n in zip(bar.y, bar.x, strict=True)
    }
    assert drawn == {
        ("Normal", "Training"): 10,
        ("Viral pneumonia", "Training"): 4,
        ("Bacterial pneumonia", "Test"): 7,
    }
    assert figure.layout.barmode == "stack"


def test_training_curves_separate_losses_from_scores():
    epochs = [
        {"epoch": 1, "loss": 0.6, "val_loss": 0.7, "val_auc": 0.9, "seconds": 12},
        {"epoch": 2, "loss": 0.4, "val_loss": 0.5, "val_auc": 0.95, "seconds": 12},
    ]
    panels = charts.training_curves({"epochs": epochs})
    curves = {
        title: {curve.name: curve.y for curve in figure.data} for title, figure in panels.items()
    }
    assert curves == {
        "Loss": {"training loss": (0.6, 0.4), "validation loss": (0.7, 0.5)},
        "Score": {"validation auc": (0.9, 0.95)},
    }


def test_training_curves_have_no_empty_panel():
    assert set(charts.training_curves({"epochs": [{"epoch": 1, "loss": 0.6}]})) == {"Loss"}


@pytest.mark.parametrize(
    "figure", charts.training_curves({"epochs": [{"epoch": 1, "loss": 0.6}]}).values()
)
def test_figures_leave_ground_and_text_to_the_page(figure):
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0, 0, 0, 0)"
    assert figure.layout.font.color is None


def test_file_properties_has_a_mark_for_each_property_and_split():
    common = {"films": 10, "median_negative": 1.2, "median_positive": 1.5}
    header = [
        {"split": "train", "feature": "aspect", "auc": 0.87, **common},
        {"split": "train", "feature": "bytes", "auc": 0.4, **common},
        {"split": "test", "feature": "aspect", "auc": 0.7, **common},
    ]
    figure = charts.file_properties(header, "pneumonia")
    train, test = figure.data
    assert (train.name, tuple(train.x)) == ("Training", (0.87, 0.4))
    assert tuple(train.y) == ("shape (width ÷ height)", "file size")
    assert (test.name, tuple(test.x)) == ("Test", (0.7,))
    assert train.marker.symbol != test.marker.symbol
    assert "for pneumonia, %{customdata[0]" in train.hovertemplate
