"""What is found of what was handed in; nothing of it is changed, and nothing leads astray."""

import os
import sys

import pytest
from support.hand_ins import archive, bytes_below

from tools.grades import found as reading
from tools.grades.found import found


def laid(folder, files):
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def refused(folder):
    """Return why each file of a folder is not looked at."""
    return {str(each): each.refused for each in found(folder)}


def test_folders_and_archives_in_archives_are_looked_through(tmp_path):
    own = archive({"lessons/05.ipynb": b"three"})
    files = {"ada/05.ipynb": b"one", "all.zip": archive({"bob/05.ipynb": b"two", "cy.zip": own})}
    laid(tmp_path, files)
    assert {str(each): each.data for each in found(tmp_path)} == {
        "ada/05.ipynb": b"one",
        "all.zip/bob/05.ipynb": b"two",
        "all.zip/cy.zip/lessons/05.ipynb": b"three",
    }


def test_an_archive_alone_will_do(tmp_path):
    laid(tmp_path, {"all.zip": archive({"ada.ipynb": b"one"})})
    assert [str(each) for each in found(tmp_path / "all.zip")] == ["all.zip/ada.ipynb"]


def test_what_a_computer_laid_beside_is_passed_over(tmp_path):
    files = {".DS_Store": b"", "ada/.ipynb_checkpoints/05.ipynb": b""}
    laid(tmp_path, files | {"bob.zip": archive({"__MACOSX/05.ipynb": b""})})
    assert list(found(tmp_path)) == []


@pytest.mark.parametrize("name", ["../../evil.ipynb", "/etc/evil.ipynb", "C:\\evil.ipynb"])
def test_a_name_that_leads_out_of_its_archive_is_refused(tmp_path, name):
    laid(tmp_path, {"here/ada.zip": archive({name: b"evil", "05.ipynb": b"good"})})
    good, bad = sorted(found(tmp_path / "here"), key=lambda each: each.refused)
    assert (good.data, bad.refused) == (b"good", "its name leads out of its archive")
    assert [path.name for path in tmp_path.rglob("*.ipynb")] == []


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "FILE", 1000)
    laid(tmp_path, {"ada.zip": archive({"05.ipynb": bytes(10**6)})})
    assert refused(tmp_path) == {"ada.zip/05.ipynb": "it is larger than 0 MB"}


def test_many_small_bombs_are_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "UNPACKED", 2500)
    laid(tmp_path, {"ada.zip": archive({f"{n}.ipynb": bytes(1000) for n in range(4)})})
    said = list(refused(tmp_path).values())
    assert said[:2] == ["", ""]
    assert all("all archives unpack to more than" in each for each in said[2:])


def test_an_archive_of_too_many_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MEMBERS", 2)
    laid(tmp_path, {"ada.zip": archive({f"{n}.ipynb": b"" for n in range(3)})})
    assert refused(tmp_path) == {"ada.zip": "it holds more than 2 files"}


def test_an_archive_in_an_archive_in_an_archive_is_refused(tmp_path):
    deep = archive({"c.zip": archive({"05.ipynb": b""})})
    laid(tmp_path, {"a.zip": archive({"b.zip": deep})})
    (said,) = refused(tmp_path).values()
    assert said == "it is an archive in an archive in an archive"


def test_an_archive_that_is_none_is_refused(tmp_path):
    laid(tmp_path, {"ada.zip": b"half an archive"})
    assert refused(tmp_path)["ada.zip"].startswith("it is no zip archive that can be read: ")


def test_a_spoiled_member_costs_itself_alone(tmp_path):
    whole = archive({"05.ipynb": b"first", "06.ipynb": b"second"})
    laid(tmp_path, {"ada.zip": whole.replace(b"first", b"other", 1)})
    bad, good = found(tmp_path)
    assert bad.refused.startswith("it cannot be read: Bad CRC")
    assert good.data == b"second"


def test_other_files_are_named(tmp_path):
    laid(tmp_path, {"ada/essay.pdf": b""})
    assert refused(tmp_path) == {"ada/essay.pdf": "it is neither a notebook nor a progress.json"}


def test_links_in_archives_are_refused(tmp_path):
    laid(tmp_path, {"ada.zip": archive({"05.ipynb@": b"/etc/passwd"})})
    assert list(refused(tmp_path).values()) == ["it is a link, and links are not followed"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there, and pipes are others")
def test_links_and_pipes_are_refused(tmp_path):
    (tmp_path / "home").symlink_to("/")
    (tmp_path / "link.ipynb").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe.ipynb")
    assert refused(tmp_path) == {
        "home": "it is a link, and links are not followed",
        "link.ipynb": "it is a link, and links are not followed",
        "pipe.ipynb": "it is no ordinary file",
    }


def test_nothing_of_what_was_handed_in_is_changed(tmp_path):
    laid(tmp_path, {"ada/05.ipynb": b"one", "all.zip": archive({"bob.ipynb": b"two"})})
    before = bytes_below(tmp_path)
    list(found(tmp_path))
    assert bytes_below(tmp_path) == before


def test_what_is_neither_a_folder_nor_an_archive_is_refused_by_name(tmp_path):
    with pytest.raises(FileNotFoundError, match="FROM must be a folder or a zip archive .+nowhere"):
        list(found(tmp_path / "nowhere"))
