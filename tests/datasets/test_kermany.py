"""The published names and what they say."""

import csv
import os
from pathlib import Path

import pytest

from tests import SHARED
from xray_core.datasets.catalogue import open_folder
from xray_core.datasets.kermany import load_manifest, load_sample_table, odd_device, parse_name


@pytest.mark.parametrize(
    ("name", "subtype", "patient"),
    [
        ("person1946_bacteria_4874.jpeg", "bacteria", "bacteria-1946"),
        ("person1946_virus_1.jpeg", "virus", "virus-1946"),
        ("person447_virus_921_1.jpeg", "virus", "virus-447"),
        ("IM-0115-0001.jpeg", "normal", "normal-115"),
        ("IM-0011-0001-0002.jpeg", "normal", "normal-11"),
        ("NORMAL2-IM-0115-0001.jpeg", "normal", "normal2-115"),
        ("BACTERIA-7422-0001.jpeg", "bacteria", "bacteria-study-7422"),
        ("NORMAL-28501-0001.jpeg", "normal", "normal-study-28501"),
        ("CNV-1016042-1.jpeg", "", "cnv-study-1016042"),
        ("00000001_000.png", "", ""),
        ("my person1_virus_2.jpeg", "", ""),
        ("", "", ""),
    ],
)
def test_parse_name_reads_subtype_and_patient(name, subtype, patient):
    assert parse_name(name) == (subtype, patient)


class TestManifest:
    manifest = load_manifest()

    def test_manifest_has_the_published_counts(self):
        counts = self.manifest.groupby(["split", "label", "subtype"]).size().to_dict()
        assert counts == {
            ("train", "NORMAL", "normal"): 1341,
            ("train", "PNEUMONIA", "bacteria"): 2530,
            ("train", "PNEUMONIA", "virus"): 1345,
            ("val", "NORMAL", "normal"): 8,
            ("val", "PNEUMONIA", "bacteria"): 8,
            ("test", "NORMAL", "normal"): 234,
            ("test", "PNEUMONIA", "bacteria"): 242,
            ("test", "PNEUMONIA", "virus"): 148,
        }

    def test_manifest_names_are_unique_and_all_have_a_patient(self):
        assert self.manifest["name"].is_unique
        assert (self.manifest["patient"] != "").all()

    def test_manifest_has_no_patient_in_two_splits(self):
        assert (self.manifest.groupby("patient")["split"].nunique() == 1).all()

    def test_manifest_lacks_only_five_sizes(self):
        assert self.manifest[["width", "height"]].isna().sum().tolist() == [5, 5]

    def test_manifest_agrees_with_the_sample_films(self):
        val = self.manifest[self.manifest["split"] == "val"]
        listed = {(row["label"], row["name"]) for row in load_sample_table()}
        assert listed == set(zip(val["label"], val["name"], strict=True))

    def test_manifest_lists_the_published_folder(self):
        root = next(
            (p for p in (os.environ.get("XRAY_DATA"), SHARED) if p and Path(p).is_dir()), None
        )
        if root is None:
            pytest.skip("needs the published films in XRAY_DATA or ../shared/data")
        samples = open_folder(root).table().drop(columns="source")
        listed = self.manifest[samples.columns]
        assert set(samples.itertuples(index=False, name=None)) == set(
            listed.itertuples(index=False, name=None)
        )

    def test_manifest_has_the_published_sizes(self):
        path = SHARED / "original_sizes.csv"
        if not path.exists():
            pytest.skip("needs ../shared/data/original_sizes.csv")
        with path.open(encoding="utf-8", newline="") as file:
            published = {
                (row["split"], row["file"], int(row["width"]), int(row["height"]))
                for row in csv.DictReader(file)
            }
        known = self.manifest.dropna(subset=["width"])[["split", "name", "width", "height"]]
        assert set(known.itertuples(index=False, name=None)) == published


def test_odd_device_has_train_films_of_pneumonia_only():
    names, manifest = odd_device(), load_manifest()
    own = manifest[[Path(name).stem in names for name in manifest["name"]]]
    assert set(own["split"]) == {"train"}
    assert own["subtype"].value_counts().to_dict() == {"virus": 160, "bacteria": 39}
    assert len(own) == len(names)
