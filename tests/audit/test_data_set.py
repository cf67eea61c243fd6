"""Each finding of the audit on a data set small enough to know the answer."""

import json
import math
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests import SHARED
from xray_core.audit.data_set import (
    audit,
    count_films,
    describe_groups,
    header_predictions,
    identical_films,
    near_duplicates,
    positive_label,
    shared_patients,
)
from xray_core.audit.file_properties import measure_films
from xray_core.datasets.catalogue import open_folder
from xray_core.datasets.kermany import load_manifest

FILMS = Path(os.environ.get("XRAY_DATA") or SHARED)


def make_table(*rows):
    columns = ["split", "label", "subtype", "patient", "name"]
    return pd.DataFrame(
        [(*row, f"{place}.jpeg") for place, row in enumerate(rows)], columns=columns
    )


TABLE = make_table(
    ("train", "NORMAL", "normal", "normal-1"),
    ("train", "PNEUMONIA", "bacteria", "bacteria-1"),
    ("train", "PNEUMONIA", "bacteria", "bacteria-1"),
    ("train", "PNEUMONIA", "virus", "virus-2"),
    ("test", "NORMAL", "normal", "normal2-1"),
    ("test", "PNEUMONIA", "virus", "virus-1"),
    ("test", "PNEUMONIA", "virus", "virus-2"),
)


class TestCounts:
    def test_films_and_patients_are_counted(self):
        assert count_films(TABLE).values.tolist() == [
            ["train", "NORMAL", "normal", 1, 1],
            ["train", "PNEUMONIA", "bacteria", 2, 1],
            ["train", "PNEUMONIA", "virus", 1, 1],
            ["test", "NORMAL", "normal", 1, 1],
            ["test", "PNEUMONIA", "virus", 2, 2],
        ]

    def test_unknown_patients_count_for_themselves(self):
        table = make_table(*[("val", "NORMAL", "normal", "")] * 3)
        assert count_films(table).values.tolist() == [["val", "NORMAL", "normal", 3, 3]]


class TestSharedPatients:
    def test_only_the_naive_way_confuses_two_children(self):
        shared = shared_patients(TABLE)
        assert shared["patients"] == {"train & test": ["virus-2"]}
        assert shared["naive"] == {"train & test": ["NORMAL 1", "PNEUMONIA 1", "PNEUMONIA 2"]}

    def test_unknown_patients_are_not_shared(self):
        table = make_table(("train", "A", "", ""), ("test", "A", "", ""))
        assert shared_patients(table) == {"patients": {}, "naive": {}}


class TestDuplicates:
    def test_identical_films_are_grouped(self):
        table = pd.DataFrame({"digest": ["a", "b", "a", math.nan, math.nan, "c", "a", "b"]})
        assert identical_films(table, "digest") == [[0, 2, 6], [1, 7]]

    @pytest.mark.parametrize("block", [1, 2, 100])
    def test_near_duplicates_do_not_depend_on_the_block(self, block):
        rng = np.random.default_rng(0)
        thumbnails = rng.normal(size=(6, 50)).astype(np.float32)
        thumbnails[4] = thumbnails[1] + 0.02 * rng.normal(size=50)
        thumbnails[5] = thumbnails[3]
        thumbnails /= np.linalg.norm(thumbnails, axis=1, keepdims=True)
        pairs = near_duplicates(thumbnails, block=block)
        assert [pair[:2] for pair in pairs] == [(3, 5), (1, 4)]
        assert pairs[0][2] == pytest.approx(1, abs=1e-5)
        assert 0.99 < pairs[1][2] < 0.9999

    def test_threshold_decides_what_is_near(self):
        thumbnails = np.array([[1, 0], [0.8, 0.6]], np.float32)
        assert near_duplicates(thumbnails, threshold=0.81) == []
        assert [pair[:2] for pair in near_duplicates(thumbnails, threshold=0.79)] == [(0, 1)]

    def test_uniform_films_are_no_duplicates(self):
        assert near_duplicates(np.zeros((3, 16), np.float32)) == []

    def test_groups_are_told_apart_by_their_harm(self):
        found = describe_groups(TABLE, [[1, 2], [3, 6], [0, 5], [0, 3]])
        assert found["within"] == 2
        assert found["across"] == 2
        assert found["conflicting"] == 2
        assert found["patients"] == 2
        assert found["groups"][0] == ["train/PNEUMONIA/1.jpeg", "train/PNEUMONIA/2.jpeg"]


class TestHeaderPredictions:
    table = TABLE.assign(
        bytes=[9, 1, 2, 3, 5, 5, 5], height=[1, 2, 3, 4, 1, 2, 0], jpeg_quality=math.nan
    )

    def test_auc_says_how_well_a_property_ranks(self):
        rows = header_predictions(self.table).set_index(["split", "feature"])
        assert rows["auc"].to_dict() == {
            ("train", "bytes"): 0.0,
            ("train", "height"): 1.0,
            ("test", "bytes"): 0.5,
            ("test", "height"): 0.5,
        }
        assert rows.loc[("train", "bytes"), "median_negative"] == 9
        assert rows.loc[("train", "bytes"), "median_positive"] == 2

    def test_split_with_one_class_has_no_row(self):
        table = self.table[self.table["label"] == "NORMAL"]
        assert header_predictions(table).empty
        table = self.table.drop(index=0)
        assert set(header_predictions(table)["split"]) == {"test"}

    @pytest.mark.parametrize(
        ("labels", "positive"),
        [
            (["PNEUMONIA", "NORMAL"], "PNEUMONIA"),
            (["normal", "covid"], "covid"),
            (["B", "A"], "A"),
            (["A", "B", "C"], None),
            (["NORMAL"], None),
        ],
    )
    def test_positive_label_is_the_finding(self, labels, positive):
        assert positive_label(labels) == positive


class TestAudit:
    def test_manifest_alone_tells_all_but_the_duplicates(self):
        report = audit(load_manifest())
        assert report["films"] == 5856
        assert sum(row["films"] for row in report["counts"]) == 5856
        assert not any(report["shared"]["patients"].values())
        naive = report["shared"]["naive"]["train & test"]
        assert sum(key.startswith("PNEUMONIA") for key in naive) == 170
        assert report["near_duplicates"] is report["identical_files"] is None
        aspect = {row["split"]: row for row in report["header"] if row["feature"] == "aspect"}
        assert aspect["train"]["auc"] == pytest.approx(0.87, abs=0.02)
        assert aspect["train"]["films"] == 5216 - 5

    def test_report_is_plain_values(self):
        json.dumps(audit(load_manifest()), allow_nan=False)

    def test_unreadable_films_are_reported_and_left_out(self):
        table = TABLE.assign(error="", file_digest="a", bytes=1.0)
        table.loc[0, ["error", "file_digest", "bytes"]] = ["cannot be read", None, math.nan]
        report = audit(table)
        assert report["unreadable"] == ["cannot be read"]
        assert report["identical_files"]["groups"][0][0] == "train/PNEUMONIA/1.jpeg"
        assert {row["split"] for row in report["header"]} == {"test"}

    @pytest.mark.slow
    def test_published_films_hold_the_known_duplicates(self):
        if not FILMS.is_dir():
            pytest.skip("needs the published films in XRAY_DATA or ../shared/data")
        report = audit(*measure_films(open_folder(FILMS).samples))
        near = report["near_duplicates"]
        assert report["unreadable"] == []
        assert (len(report["identical_pixels"]["groups"]), near["across"]) == (30, 0)
        assert near["conflicting"] == 0
        assert min(near["correlation"]) > 0.999
