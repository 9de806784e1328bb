"""Finding the command: help, wrong use, exit codes, and a start that stays fast."""

import subprocess
import sys

import pytest

from needlewise import __version__
from needlewise.cli import exits
from needlewise.cli.entry import COMMANDS
from needlewise.errors import NeedlewiseError
from tests.unit.cli.conftest import ROOT, Cli

HEAVY = ("pydantic", "typst", "icalendar", "django", "z3", "needlewise.consultation", "needlewise.knowledge", "tomllib")


def families(root: type[NeedlewiseError]) -> set[type[NeedlewiseError]]:
    return {root} | {one for child in root.__subclasses__() for one in families(child)}


def test_every_family_of_errors_has_its_exit_code_in_the_list() -> None:
    listed = {code for code, _, _ in exits.EXITS}
    for family in families(NeedlewiseError):
        assert family.exit_code in listed, family
    assert len(listed) == len(exits.EXITS)
    assert exits.DONE in listed


def test_the_reference_lists_the_exit_codes_of_the_code() -> None:
    stored = (ROOT / "docs/reference/exit-codes.md").read_text(encoding="utf-8")
    assert stored == exits.as_markdown(), "write the page again, with as_markdown"


def test_help_lists_commands_and_exit_codes(cli: Cli) -> None:
    result = cli("--help")
    assert result.code == 0
    for name, summary in COMMANDS.items():
        assert name in result.out
        assert summary in result.out
    for code, name, _ in exits.EXITS:
        assert f"{code:<5}{name}" in result.out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, cli: Cli) -> None:
    result = cli(name, "--help")
    assert result.code == 0
    assert result.out.startswith(f"usage: needlewise {name}")


def test_the_version_is_that_of_the_package(cli: Cli) -> None:
    assert cli("--version").out == f"needlewise {__version__}\n"


def test_no_command_at_all_shows_the_help_as_a_message(cli: Cli) -> None:
    result = cli()
    assert (result.code, result.out) == (2, "")
    assert "COMMAND" in result.err


@pytest.mark.parametrize(("said", "hint"), [("consul", "did you mean `consult`?"), ("xyzzy", "needlewise --help")])
def test_an_unknown_command_is_wrong_use_with_the_nearest_one(said: str, hint: str, cli: Cli) -> None:
    result = cli(said)
    assert (result.code, result.out) == (2, "")
    assert f"unknown command `{said}`" in result.err
    assert hint in result.err


def imported(*arguments: str) -> set[str]:
    code = "import sys; from needlewise.cli.entry import run\ntry: run(sys.argv[1:])\nexcept SystemExit: pass\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [("--version",), ("--help",), ("xyzzy",)], ids=str)
def test_what_needs_no_knowledge_starts_without_it(arguments: tuple[str, ...]) -> None:
    assert imported(*arguments).isdisjoint(HEAVY)


def test_a_consultation_as_text_needs_no_typesetter_and_no_calendar(complete: object) -> None:
    found = imported("consult", str(complete), "--on", "2026-11-24")
    assert "needlewise.cli.practitioner_page" in found
    assert found.isdisjoint({"typst", "icalendar", "django", "z3", "numpy", "jinja2"})
