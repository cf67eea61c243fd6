import zipfile

import pytest

from tests.fakes import write_film
from xray_core.errors import DataError, UsageError
from xray_core.site.films import Reading, read_archive, read_films


@pytest.fixture
def folder(tmp_path):
    for name in (
        "NORMAL/IM-0001-0001.png",
        "NORMAL/anna/1.png",
        "NORMAL/anna/2.png",
        "PNEUMONIA/person3_virus_4.png",
        "PNEUMONIA/bert/1.png",
    ):
        write_film(tmp_path / "films" / name, 100)
    return tmp_path / "films"


def labels_of(films):
    return [(film.name, film.label, film.patient) for film in films.films]


def test_read_films_takes_labels_and_patients_from_folders(folder):
    assert labels_of(read_films(folder)) == [
        ("NORMAL/IM-0001-0001.png", "NORMAL", "normal-1"),
        ("NORMAL/anna/1.png", "NORMAL", "anna"),
        ("NORMAL/anna/2.png", "NORMAL", "anna"),
        ("PNEUMONIA/bert/1.png", "PNEUMONIA", "bert"),
        ("PNEUMONIA/person3_virus_4.png", "PNEUMONIA", "virus-3"),
    ]


def pack(folder, path):
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*.png")):
            archive.write(file, file.relative_to(folder.parent))
    return path


def test_read_films_reads_an_archive_as_its_folder(folder, tmp_path):
    archive = pack(folder, tmp_path / "films.zip")
    expected = [(label, patient) for _, label, patient in labels_of(read_films(folder))]
    for films in (read_films(archive), read_archive(archive.read_bytes(), "films.zip")):
        assert [(film.label, film.patient) for film in films.films] == expected
        assert films.films[0].open().width == 40


def test_read_films_reads_a_table_with_columns_of_any_name(folder, tmp_path):
    table = tmp_path / "list.csv"
    table.write_text(
        "file,finding,who,machine,part\n"
        "NORMAL/anna/1.png,Healthy,a,X,test\n"
        "PNEUMONIA/bert/1.png,opacity,b,Y,test\n"
        "NORMAL/anna/2.png,healthy,a,X,train\n"
        "NORMAL/anna/2.png,other,c,X,test\n"
    )
    reading = Reading(
        normal=("healthy",),
        pneumonia=("Opacity",),
        ignored=("other",),
        path="file",
        label="finding",
        patient="who",
        group="machine",
        where=[("part", "test")],
        root=str(folder),
    )
    films = read_films(table, reading)
    assert [(f.label, f.patient, f.group) for f in films.films] == [
        ("NORMAL", "a", "X"),
        ("PNEUMONIA", "b", "Y"),
    ]
    assert films.by == "machine"
    assert films.films[1].open().height == 50


def test_read_films_reads_parquet_as_csv(folder, tmp_path):
    pandas = pytest.importorskip("pandas")
    rows = {
        "image": ["NORMAL/anna/1.png", "PNEUMONIA/bert/1.png"],
        "label": ["NORMAL", "PNEUMONIA"],
    }
    pandas.DataFrame(rows).to_parquet(folder / "list.parquet")
    films = read_films(folder / "list.parquet")
    assert [film.label for film in films.films] == ["NORMAL", "PNEUMONIA"]
    assert films.films[0].open().width == 40


def test_labels_that_nobody_knows_are_named(folder):
    write_film(folder / "EFFUSION" / "1.png", 100)
    with pytest.raises(UsageError, match=r"there are 1 in 'EFFUSION': say what.*--ignore"):
        read_films(folder)
    assert len(read_films(folder, Reading(ignored=("effusion",))).films) == 5


def test_a_cell_without_a_label_is_said(folder):
    table = folder / "list.csv"
    table.write_text("image,label\nNORMAL/anna/1.png,\nNORMAL/anna/2.png,NORMAL\n")
    with pytest.raises(UsageError, match="there are 1 without a label"):
        read_films(table)


@pytest.mark.parametrize(
    ("name", "reading", "message"),
    [
        ("nowhere", Reading(), "there is no .*nowhere: check its path"),
        ("nowhere.csv", Reading(), "could not read it"),
        ("list.csv", Reading(label="truth"), "Expected the column 'truth' in list.csv, which has"),
        ("list.csv", Reading(group="age"), "Expected the column 'age'"),
        ("list.csv", Reading(where=[("a", "b")]), "Expected the column 'a'"),
        (".", Reading(group="age"), "Expected a table for what is asked of its columns"),
    ],
)
def test_wrong_sources_get_a_sentence(folder, name, reading, message):
    (folder / "list.csv").write_text("image,label\nNORMAL/anna/1.png,NORMAL\n")
    with pytest.raises(UsageError, match=message):
        read_films(folder / name, reading)


def test_a_source_without_films_is_said(folder):
    with pytest.raises(DataError, match="found none"):
        read_films(folder, Reading(("x",), ("y",), ignored=("normal", "pneumonia")))
