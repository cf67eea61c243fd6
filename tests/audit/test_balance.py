import pandas as pd
import pytest

from xray_core.audit import balance
from xray_core.datasets.catalogue import load_manifest
from xray_core.reporting.text.audit import balance_table

MANIFEST = pd.DataFrame(
    [
        ("train", "normal", "a", "1.jpeg"),
        ("train", "normal", "a", "2.jpeg"),
        ("train", "virus", "b", "3.jpeg"),
        ("train", "bacteria", "c", "4.jpeg"),
        ("train", "bacteria", "d", "5.jpeg"),
        ("test", "normal", "e", "6.jpeg"),
    ],
    columns=["split", "subtype", "patient", "name"],
)


def lookup(counts):
    return counts.set_index(["split", "subtype"])["n"]


def test_count_films_and_patients():
    films, patients = (lookup(balance.count(MANIFEST, unit)) for unit in ("films", "patients"))
    assert (films["train", "normal"], patients["train", "normal"]) == (2, 1)
    assert films["train", "bacteria"] == 2


def test_count_has_every_pair():
    counts = lookup(balance.count(MANIFEST, "films"))
    assert len(counts) == 9
    assert counts["val", "virus"] == 0


def test_count_gives_the_published_numbers():
    counts = lookup(balance.count(load_manifest(), "films"))
    assert counts["train", "normal"] == 1341
    assert counts["test"].sum() == 624
    assert counts.sum() == 5856


def test_table_adds_up_and_states_the_imbalance():
    table = balance_table(balance.count(MANIFEST, "films")).set_index("Split")
    for split, shares in table["Pneumonia : normal"].items():
        if not table.loc[split, "All"]:
            assert shares == "–"
            continue
        ill, well = map(int, shares.split(" : "))
        assert ill + well == 100, split
        assert ill == round(100 * table.loc[split, "Pneumonia"] / table.loc[split, "All"])
    assert table.loc["Training", "Pneumonia"] == 3
    assert table.loc["Training", "Pneumonia for one normal"] == 1.5
    assert table.loc["All", "All"] == 6


def test_majority_share_is_that_of_the_commoner_class():
    evaluation = {"data": {"counts": {"NORMAL": 234, "PNEUMONIA": 390}}}
    assert balance.majority_share(evaluation) == pytest.approx(0.625)
