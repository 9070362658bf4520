"""Where a hand-in runs, and what is said where nothing is there to run it in."""

import shutil
import sys

import pytest

from tools.grades import sandbox as places
from tools.grades.__main__ import main
from tools.grades.sandbox import NoSandbox, container, sandbox


@pytest.fixture
def installed(monkeypatch):
    """Let only these programs be installed."""
    there = {}
    monkeypatch.setattr(shutil, "which", there.get)
    return there


@pytest.mark.usefixtures("installed")
def test_without_a_sandbox_it_says_what_to_install_and_runs_nothing():
    with pytest.raises(NoSandbox) as error:
        sandbox()
    said = str(error.value)
    assert "bubblewrap is not installed; neither Docker nor Podman is installed" in said
    assert "apt install bubblewrap" in said
    assert "--without-sandbox" in said


def test_one_that_is_installed_and_does_not_work_is_told_of(installed, tmp_path):
    (broken := tmp_path / "bwrap").write_text("#!/bin/sh\necho No permissions >&2\nexit 1\n")
    broken.chmod(0o755)
    installed["bwrap"] = str(broken)
    with pytest.raises(NoSandbox, match=r"bwrap does not work here \(No permissions\)"):
        sandbox()


def test_a_container_has_no_network_and_nothing_to_write_to(installed):
    installed["podman"] = "/usr/bin/podman"
    command = container()
    assert command[:2] == ["/usr/bin/podman", "run"]
    assert {"--network=none", "--read-only", "--cap-drop=ALL", "--pull=never"} <= set(command)
    volumes = [word for word in command if word.startswith("--volume=")]
    assert len(volumes) == 2
    assert all(volume.endswith(":ro") for volume in volumes)


def test_bubblewrap_shows_python_and_the_course_and_no_more(installed):
    installed["bwrap"] = "bwrap"
    command = places.bubblewrap()
    binds = [command[n + 1] for n, word in enumerate(command) if word.startswith("--bind")]
    assert not binds
    shown = {command[n + 1] for n, word in enumerate(command) if word == "--ro-bind"}
    assert shown == {"/usr", sys.prefix, sys.base_prefix, *map(str, places.COURSE)} | (
        shown & {"/bin", "/lib", "/lib64"}
    )


@pytest.mark.usefixtures("installed")
def test_the_command_refuses_in_a_sentence_and_writes_nothing(tmp_path, monkeypatch):
    (source := tmp_path / "from").mkdir()
    (source / "ada.ipynb").write_text("{}")
    out = tmp_path / "out"
    monkeypatch.setattr(sys, "argv", ["grades", str(source), "--out", str(out)])
    with pytest.raises(SystemExit, match="nothing is here to run them in safely"):
        main()
    assert not out.exists()


@pytest.mark.parametrize(
    ("name", "why"),
    [("nowhere", "FROM must be a folder or a zip archive"), ("from", "nothing is handed in here")],
)
def test_a_folder_that_is_none_or_holds_nothing_is_named(tmp_path, monkeypatch, name, why):
    (tmp_path / "from").mkdir()
    argv = ["grades", str(tmp_path / name), "--without-sandbox", "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", argv)
    with pytest.raises(SystemExit, match=why):
        main()


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--out", "from/out"], "--out must lie outside of FROM, where nothing is written"),
        (["--seconds", "0"], "argument --seconds: invalid positive value: '0'"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(tmp_path, monkeypatch, capsys, options, why):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["grades", "from", *options])
    with pytest.raises(SystemExit):
        main()
    assert why in capsys.readouterr().err
