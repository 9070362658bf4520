"""The project's own files agree with each other, and name nothing of a machine or a registry."""

import re
import shutil
import subprocess
import tomllib
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from rattler import MatchSpec, NamelessMatchSpec

from tools.notebooks import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
CONDA_LINES = [line for line in CONDA["dependencies"] if isinstance(line, str)]
CONDA_NAMES = {"matplotlib": "matplotlib-base"}  # conda's matplotlib brings Qt along
LOCKS = ["setup", "lab", "test", "oldest", "site", "lite", "browser", "nbgrader", "mutations"]


def locked(name, python="3.13"):
    """Return {package: version} of a lock file, as it holds under a version of Python."""
    text = (ROOT / f"requirements/{name}.txt").read_text("utf-8")
    pins = map(Requirement, re.findall(r"^(?!#)(\S.*?)\s*\\$", text, flags=re.M))
    here = {"python_version": python, "python_full_version": python + ".0"}
    return {
        pin.name: str(pin.specifier).removeprefix("==")
        for pin in pins
        if pin.marker is None or pin.marker.evaluate(here)
    }


def wanted(*extras):
    extra = PYPROJECT["project"]["optional-dependencies"]
    lines = PYPROJECT["project"]["dependencies"] + [line for e in extras for line in extra[e]]
    every = map(Requirement, lines)
    return [each for each in every if each.marker is None or each.marker.evaluate()]


def tracked():
    """Return every text file that belongs to the project."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: run the tests in a clone to check its files")
    names = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True).split("\0")
    binary = {".png", ".npz"}
    return [ROOT / name for name in names if name and Path(name).suffix not in binary]


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("extras", [["lab"], ["lab", "test"]], ids=lambda extras: extras[-1])
def test_the_lock_has_every_package_in_a_version_that_pyproject_allows(extras, python):
    pins = locked(extras[-1], python)
    for requirement in wanted(*extras):
        assert requirement.specifier.contains(pins[requirement.name]), requirement


def test_the_tests_run_with_the_versions_that_a_learner_has():
    assert locked("lab").items() <= locked("test").items()


def test_the_pages_are_built_in_the_environment_that_the_tests_run_in():
    site, test = locked("site"), locked("test")
    assert {name: site[name] for name in site.keys() & test.keys()}.items() <= test.items()


def test_a_notebook_in_the_browser_has_the_versions_that_a_learner_has():
    assert locked("lite").items() <= locked("lab").items()


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_hashes(name):
    text = (ROOT / f"requirements/{name}.txt").read_text("utf-8")
    packages = re.split(r"^(?=\w)", text, flags=re.M)[1:]
    assert packages
    assert all("--hash=sha256:" in package for package in packages)


@pytest.mark.parametrize("line", CONDA_LINES)
def test_conda_reads_each_line_of_the_environment(line):
    assert MatchSpec(line).name is not None


def test_the_environment_has_the_locked_versions_of_what_a_learner_needs():
    specs = {
        spec.name.normalized: NamelessMatchSpec.from_match_spec(spec).version
        for spec in map(MatchSpec, CONDA_LINES)
    }
    pins = locked("lab")
    for requirement in wanted("lab"):
        name = CONDA_NAMES.get(requirement.name, requirement.name)
        assert str(specs.pop(name)).rstrip(".*").lstrip("=") == pins[requirement.name], name
    assert set(specs) == {"python", "pip"}


def test_the_environment_installs_the_library_last():
    assert CONDA["dependencies"][-1] == {"pip": ["--editable ."]}


def test_no_file_names_a_registry_or_a_path_of_a_machine():
    hosts = r"pypi\.org|pythonhosted|registry\.npmjs|conda\.anaconda|--index-url|--find-links"
    paths = r"(?<![\w.])/(home|root|Users)/\w"
    for path in tracked():
        found = re.search(f"{hosts}|{paths}", path.read_text("utf-8"))
        assert found is None or path == Path(__file__), f"{path.name}: {found[0]}"


def test_the_workflow_runs_the_lines_that_the_readme_gives_for_windows():
    workflow = (ROOT / ".github/workflows/test.yml").read_text("utf-8")
    readme = (ROOT / "README.md").read_text("utf-8")
    lines = re.search(r"```powershell\n(.*?)```", readme, flags=re.S)[1].splitlines()
    assert lines[-1].endswith("00_start_here.ipynb")
    for line in lines[:-1]:
        assert line.replace("lab.txt", "test.txt") in workflow


def test_the_version_is_told_in_one_voice():
    version = PYPROJECT["project"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == version
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    newest, day = re.search(r"^## (\S+) · (.+)$", changes, flags=re.M).groups()
    assert newest == version
    assert datetime.strptime(day, "%d %B %Y").date().isoformat() == citation["date-released"]
    for name in ("hub.md", "hub/values.yaml"):
        assert version in (ROOT / "docs" / name).read_text("utf-8"), name
