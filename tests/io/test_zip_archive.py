"""ZIP archives: films come out one by one, tricks come out as sentences."""

import io
import struct
import zipfile

import pytest

from xray_core.errors import RadiographError, UsageError
from xray_core.io import zip_archive
from xray_core.io.radiograph import load_radiograph
from xray_core.io.zip_archive import Archive, harmless_name, is_archive


def pack(files, compression=zipfile.ZIP_DEFLATED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return content.getvalue()


@pytest.mark.parametrize("kind", ["bytes", "path"])
def test_films_are_read_in_a_stable_order(kind, tmp_path):
    data = pack([("b/2.png", b"two"), ("a/1.png", b"one")])
    path = tmp_path / "films.zip"
    path.write_bytes(data)
    archive = Archive(data if kind == "bytes" else path)
    assert archive.names == ("a/1.png", "b/2.png")
    assert [archive.read(name) for name in archive.names] == [b"one", b"two"]
    assert is_archive(data)
    assert is_archive(path)


def test_junk_and_folders_are_left_out():
    names = ["films/", "films/.hidden", "__MACOSX/films/._a.png", "Thumbs.db", "films/a.png"]
    assert Archive(pack([(name, b"") for name in names])).names == ("films/a.png",)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\Windows\\a.png", "Windows/a.png"),
        ("a/./b/../c.png", "a/b/c.png"),
        ("line\nbreak\x1b[31m.png", "line?break?[31m.png"),
        ("..", "file"),
        ("x" * 500, "x" * 200),
    ],
)
def test_name_is_only_a_harmless_label(name, label):
    assert harmless_name(name) == label


@pytest.mark.parametrize(("stored", "label"), [("ä".encode(), "ä"), (b"\x81\x82", "üé")])
def test_name_without_the_flag_for_utf_8_is_that_or_code_page_437(stored, label):
    data = bytearray(pack([("ä.png", b"film")]).replace("ä".encode(), stored))
    for header, flag in ((b"PK\3\4", 7), (b"PK\1\2", 9)):
        data[data.index(header) + flag] = 0
    assert Archive(bytes(data)).names == (f"{label}.png",)


def test_file_without_a_name_is_a_file():
    # found by fuzzing: zipfile's own is_dir() fails on it
    data = pack([("x", b"film")]).replace(b"x", b"\0")
    assert [Archive(data).read(name) for name in Archive(data).names] == [b"film"]


def test_reading_leaves_nothing_on_disk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    archive = Archive(pack([("../outside.png", b"x"), ("/tmp/absolute.png", b"y")]))
    assert [archive.read(name) for name in archive.names] == [b"x", b"y"]
    assert list(tmp_path.rglob("*")) == []
    assert not (tmp_path.parent / "outside.png").exists()


def test_files_of_one_name_are_kept_apart():
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = pack([("a.png", b"one"), ("a.png", b"two")])
    archive = Archive(data)
    assert [archive.read(name) for name in archive.names] == [b"one", b"two"]


def test_bomb_is_refused_by_what_it_claims():
    archive = Archive(pack([("bomb.png", bytes(zip_archive.MAX_BYTES + 1)), ("good.png", b"film")]))
    with pytest.raises(RadiographError, match=r"'bomb.png' is larger than 64 MB"):
        archive.read("bomb.png")
    assert archive.read("good.png") == b"film"


def test_bomb_that_lies_about_its_size_is_cut_short(monkeypatch):
    monkeypatch.setattr(zip_archive, "MAX_BYTES", 1000)
    data = bytearray(pack([("bomb.png", bytes(100_000))]))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(mark) + place
        data[start : start + 4] = struct.pack("<L", 500)
    with pytest.raises(RadiographError, match=r"bomb\.png"):
        Archive(bytes(data)).read("bomb.png")


def test_archive_in_an_archive_is_not_opened():
    inner = pack([("film.png", b"film")])
    archive = Archive(pack([("inner.zip", inner)]))
    with pytest.raises(RadiographError, match=r"'inner.zip' is a ZIP archive"):
        load_radiograph(archive.read("inner.zip"), "inner.zip")


def test_too_many_files_are_refused(monkeypatch):
    monkeypatch.setattr(zip_archive, "MAX_FILES", 3)
    with pytest.raises(UsageError, match="at most 3 files"):
        Archive(pack([(f"{i}.png", b"") for i in range(4)]))


def test_large_table_of_contents_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(zip_archive, "MAX_DIRECTORY_BYTES", 100)
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("it was read"))
    file = io.BytesIO()
    data = pack_without_patch([(f"{i}.png", b"") for i in range(9)], file)
    with pytest.raises(UsageError, match="claims more"):
        Archive(data)


REAL_ZIP = zipfile.ZipFile


def pack_without_patch(files, file):
    with REAL_ZIP(file, "w") as archive:
        for name, data in files:
            archive.writestr(name, data)
    return file.getvalue()


def test_zip64_without_its_end_is_a_sentence():
    data = pack([("a.png", b"")])
    place = data.rfind(b"PK\x05\x06")
    with pytest.raises(UsageError, match="damaged, cut off or none"):
        Archive(data[:place] + b"PK\x06\x07" + bytes(16) + data[place:])


@pytest.mark.parametrize(
    ("flag", "words"),
    [(0x01, "encrypted"), (0x40, "encrypted"), (0x20, "compressed in an uncommon way")],
)
def test_encrypted_or_patched_file_is_named(flag, words):
    data = bytearray(pack([("a.png", b"film")]))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= flag
    with pytest.raises(RadiographError, match=f"'a.png' is {words}"):
        Archive(bytes(data)).read("a.png")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_uncommon_compression_is_named(method):
    with pytest.raises(RadiographError, match="uncommon way"):
        Archive(pack([("a.png", b"film")], method)).read("a.png")


def test_damaged_file_is_named():
    data = bytearray(pack([("a.png", bytes(range(256)) * 20)]))
    data[60] ^= 255
    with pytest.raises(RadiographError, match="damaged"):
        Archive(bytes(data)).read("a.png")


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04", pack([("a", b"film" * 99)])[:-30]],
    ids=["empty", "start", "cut"],
)
def test_cut_off_archive_is_a_sentence(data):
    with pytest.raises(UsageError, match="damaged, cut off or none"):
        Archive(data)


def test_empty_archive_is_a_sentence():
    with pytest.raises(UsageError, match="is empty"):
        Archive(pack([]))


def as_zip64(data):
    """The archive with the ends that OneDrive writes to every download, whatever its size."""
    place = data.rfind(b"PK\x05\x06")
    count, length, start = struct.unpack("<H2L", data[place + 10 : place + 20])
    end = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, length, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, place, 0)
    return data[:place] + end + locator + data[place:]


@pytest.mark.parametrize("kind", ["bytes", "path"])
def test_zip64_of_few_films_is_read(kind, tmp_path):
    data = as_zip64(pack([("a.png", b"one"), ("b.png", b"two")]))
    path = tmp_path / "films.zip"
    path.write_bytes(data)
    archive = Archive(data if kind == "bytes" else path)
    assert [archive.read(name) for name in archive.names] == [b"one", b"two"]


def test_zip64_with_a_large_table_of_contents_is_refused_before_it_is_read(monkeypatch):
    data = as_zip64(pack([("a.png", b"one"), ("b.png", b"two")]))
    monkeypatch.setattr(zip_archive, "MAX_DIRECTORY_BYTES", 10)
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("it was read"))
    with pytest.raises(UsageError, match="claims more"):
        Archive(data)


@pytest.mark.parametrize("name", ["__MACOSX/._a.png", "films/thumbs.db", "@eaDir/a.png/x.jpg"])
def test_archive_of_leftovers_says_that_it_holds_no_film(name):
    with pytest.raises(UsageError, match=r"'films\.zip', but it holds no file that could be one"):
        Archive(pack([(name, b"junk")]), "films.zip")


def test_folder_packed_into_itself_counts_once():
    files = [("x/train/a.png", b"one"), ("x/x/train/a.png", b"one"), ("x/x/train/b.png", b"two")]
    assert Archive(pack(files)).names == ("x/train/a.png", "x/x/train/b.png")


def test_other_film_of_the_same_place_is_kept():
    files = [("x/train/a.png", b"one"), ("x/x/train/a.png", b"two")]
    assert len(Archive(pack(files)).names) == 2
