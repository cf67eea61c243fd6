import pickle
import zipfile

import pytest

from tests.fakes import write_film
from tests.io.test_zip_archive import pack
from xray_core.errors import RadiographError, UsageError
from xray_core.io.film_source import find_films, list_files, open_dropped


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "films"
    write_film(folder / "b.png", 204)
    write_film(folder / "a" / "z.png", 51)
    (folder / ".hidden").write_bytes(b"junk")
    return folder


def level(file):
    return int(file.open().pixels[0, 0])


def test_find_films_in_a_folder_in_a_stable_order(folder):
    films = find_films(folder, leave_out={(folder / "b.png").resolve()})
    assert [film.name for film in films] == ["a/z.png"]
    films = find_films(folder)
    assert [(film.name, level(film)) for film in films] == [("a/z.png", 51), ("b.png", 204)]
    assert list(films) == list(films)


def test_find_films_in_an_archive(folder, tmp_path):
    path = tmp_path / "films.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(folder / "b.png", "inside/b.png")
    (film,) = find_films(path)
    assert (film.name, level(film)) == ("inside/b.png", 204)
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(folder / "a" / "z.png", "inside/b.png")
    (changed,) = find_films(path)
    assert level(changed) == 51
    assert changed.stamp != film.stamp


def test_find_films_in_a_list_of_paths(folder, tmp_path):
    listed = tmp_path / "list.txt"
    listed.write_text(f"films/b.png\n\n# not this one\n{folder / 'a' / 'z.png'}\nnowhere.png\n")
    films = list(find_films(listed))
    assert [level(film) for film in films[:2]] == [204, 51]
    assert [film.name for film in films] == [
        "films/b.png",
        str(folder / "a" / "z.png"),
        "nowhere.png",
    ]
    with pytest.raises(RadiographError, match="there is no file"):
        films[2].open()


@pytest.mark.parametrize("scheme", ["file", "memory"])
def test_find_films_at_an_address(folder, scheme):
    fsspec = pytest.importorskip("fsspec")
    address = f"{scheme}://{folder}"
    if scheme == "memory":
        store = fsspec.filesystem("memory")
        for path in folder.rglob("*"):
            if path.is_file():
                store.pipe(path.as_posix(), path.read_bytes())
    films = list(find_films(address))
    assert [(film.name, level(film)) for film in films] == [("a/z.png", 51), ("b.png", 204)]
    assert [film.name for film in find_films(f"{address}/b.png")] == ["b.png"]
    stamps = [film.stamp for film in films]
    fsspec.filesystem(scheme).pipe(f"{folder}/b.png", (folder / "a" / "z.png").read_bytes() + b" ")
    again = [film.stamp for film in find_films(address)]
    assert (again[0], again[1] != stamps[1]) == (stamps[0], True)


def test_film_at_an_address_that_is_gone_is_told(folder):
    pytest.importorskip("fsspec")
    (film,) = find_films(f"file://{folder}/b.png")
    (folder / "b.png").unlink()
    with pytest.raises(RadiographError, match=r"b.png' cannot be fetched"):
        film.open()


def test_find_films_says_when_an_address_cannot_be_listed():
    pytest.importorskip("fsspec")
    with pytest.raises(UsageError, match="nonsense://films cannot be listed"):
        find_films("nonsense://films")


def test_find_films_says_what_it_takes(folder):
    with pytest.raises(UsageError, match=r"a list of paths \(.txt\) or an address"):
        find_films(folder / "b.png")


def test_film_file_can_be_sent_to_another_machine(folder):
    (first, _) = find_films(folder)
    sent = pickle.loads(pickle.dumps(first))
    assert (sent, level(sent)) == (first, 51)


def test_list_files_leaves_out_what_systems_leave_behind(folder):
    (folder / "a.png").write_bytes(b"")
    (folder / "c").mkdir()
    for junk in (".DS_Store", "._b.png", "Thumbs.db", "__MACOSX/b.png", ".git/config"):
        (folder / junk).parent.mkdir(exist_ok=True)
        (folder / junk).write_bytes(b"junk")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "gone.png").symlink_to(folder / "nowhere.png")
    names = [file.relative_to(folder).as_posix() for file in list_files(folder)]
    assert names == ["a/z.png", "a.png", "b.png", "gone.png", "loop"]


def test_dropped_archive_opens_as_its_films_and_a_film_as_itself():
    opened = open_dropped(pack([("b.png", b"two"), ("a.png", b"one")]), "films.zip")
    assert [(film.name, film.read()) for film in opened] == [("a.png", b"one"), ("b.png", b"two")]
    (film,) = open_dropped(b"film", "a.png")
    assert (film.name, film.read()) == ("a.png", b"film")
    assert "film'" not in repr(film)


def test_archive_inside_an_archive_is_not_opened():
    inner = pack([("film.png", b"film")])
    (film,) = open_dropped(pack([("inner.zip", inner)]), "outer.zip")
    with pytest.raises(RadiographError, match=r"'inner\.zip' is a ZIP archive"):
        film.open()


@pytest.mark.parametrize("inside", [False, True])
def test_folder_unpacked_into_itself_counts_once(tmp_path, inside):
    root = tmp_path / "x"
    for place in ("train/a.png", "x/train/a.png"):
        write_film(root / place, 51)
    write_film(root / "x" / "train" / "b.png", 204)
    names = [film.name for film in find_films(root if inside else tmp_path)]
    there = ["train/a.png", "x/train/b.png"]
    assert names == (there if inside else [f"x/{name}" for name in there])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-8"])
def test_list_may_be_in_any_unicode(folder, tmp_path, encoding):
    listed = tmp_path / "list.txt"
    listed.write_bytes("films/b.png\r\nfilms/a/z.png\r\n".encode(encoding))
    assert [level(film) for film in find_films(listed)] == [204, 51]


def test_null_byte_in_a_list_is_a_sentence(tmp_path):
    listed = tmp_path / "list.txt"
    listed.write_bytes(b"films/a\0b.png\n")
    (film,) = find_films(listed)
    with pytest.raises(RadiographError, match="check the path"):
        film.open()


def test_dropped_archive_without_a_film_is_a_sentence():
    with pytest.raises(UsageError, match=r"'films\.zip', but it holds no file"):
        open_dropped(pack([(".DS_Store", b"junk")]), "films.zip")
