"""A gallery of malformed case files, one mistake each: the message names the place, and nothing is done."""

from datetime import date
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from needlewise.clinical.case_text import LARGEST_BYTES
from tests.unit.cli.cases import complete_case
from tests.unit.cli.conftest import SAVED, TODAY, Cli

GALLERY = Path(__file__).parent / "gallery"
FILES = sorted(GALLERY.glob("*.toml"))
SEVERAL = "several-mistakes"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_malformed_file_is_refused_with_its_place_and_a_way_out(
    path: Path, cli: Cli, snapshot: SnapshotAssertion
) -> None:
    result = cli("consult", path, "--on", TODAY)
    assert result.code == 3
    assert result.out == ""
    assert result.err.replace(f"{GALLERY}/", "") == snapshot


@pytest.mark.parametrize("path", [p for p in FILES if p.stem != SEVERAL], ids=lambda path: path.stem)
def test_one_mistake_makes_one_problem(path: Path, cli: Cli) -> None:
    assert cli("consult", path, "--on", TODAY).err.count(str(path)) == 1


def test_the_gallery_is_large_and_its_files_are_whole_but_for_their_mistake(cli: Cli, tmp_path: Path) -> None:
    assert len(FILES) >= 90
    whole = (GALLERY / "fact-misspelt.toml").read_text().replace("isotretinion", "isotretinoin")
    path = tmp_path / "whole.toml"
    path.write_text(whole)
    assert cli("consult", path, "--on", TODAY).code == 0


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(cli: Cli) -> None:
    path = GALLERY / f"{SEVERAL}.toml"
    result = cli("consult", path, "--on", TODAY)
    lines = [int(line.split(":")[1]) for line in result.err.splitlines() if line.startswith(str(path))]
    assert lines == [2, 9, 13, 19, 20]
    assert result.err.endswith("5 problems; nothing was done.\n")


MADE: dict[str, bytes] = {
    "empty": b"",
    "only blank lines": b"\n  \n\n",
    "only comments": b"# my case\n# to be written\n",
    "UTF-16": "[facts]\nvitiligo = \"no\"\n".encode("utf-16"),
    "UTF-16 without a mark": "[facts]\nvitiligo = \"no\"\n".encode("utf-16-le"),
    "latin-1": "[patient]\nname = \"Zoë Example\"\n".encode("latin-1"),
    "NUL bytes": b"[facts]\nvitiligo = \"no\"\0\n",
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "lists nested deeply": b"a = " + b"[" * 20_000 + b"]" * 20_000,
    "tables nested deeply": b"a = " + b"{a = " * 20_000,
    "a name of very many parts": b"a." * 300_000 + b"a = 1",
    "a number of very many digits": b"a = " + b"9" * 10_000,
    "a list of very many empty lists": b"concern = [" + b"[]," * 200_000 + b"]",
    "a very long text": b'[[concern]]\ngoal = "' + b"x" * 500_000 + b'"\nzones = ["cheek"]\n',
    "very many unknown facts": b"[facts]\n" + b"".join(b"fact-%d = 1\n" % number for number in range(40_000)),
    "an escape for the terminal": b'[[concern]]\ngoal = "\\u001b[2J"\nzones = ["cheek"]\n',
    "keys twice": b"[facts]\nvitiligo = \"no\"\nvitiligo = \"yes\"\n",
}  # fmt: skip


@pytest.mark.parametrize("name", MADE)
def test_a_file_that_is_no_case_is_refused(name: str, cli: Cli, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    path = tmp_path / "case.toml"
    path.write_bytes(MADE[name])
    result = cli("consult", path, "--on", TODAY)
    assert result.code == 3
    assert result.out == ""
    assert len(result.err) < 30_000
    assert "\x1b" not in result.err
    assert result.err.replace(f"{tmp_path}/", "") == snapshot


def test_a_file_of_50_mb_is_refused_by_its_size_without_being_read(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    result = cli("consult", path, "--on", TODAY)
    assert result.code == 3
    assert f"50,000,000 bytes\n  expected: at most {LARGEST_BYTES:,} bytes" in result.err


def test_too_much_on_standard_input_is_refused(cli: Cli) -> None:
    result = cli("consult", "-", "--on", TODAY, stdin=b"# more\n" * 300_000)
    assert result.code == 3
    assert result.err.startswith("standard input: 1,000,001 bytes")


def test_a_missing_file_a_folder_and_a_file_one_may_not_read_are_told_apart(cli: Cli, tmp_path: Path) -> None:
    for path, words in ((tmp_path / "none.toml", "no such file"), (tmp_path, "a folder"), ("a\0b", "cannot be read")):
        result = cli("consult", path, "--on", TODAY)
        assert result.code == 3
        assert f"{path}: {words}" in result.err


def test_a_byte_order_mark_and_line_ends_of_another_system_do_no_harm(cli: Cli, tmp_path: Path) -> None:
    text = complete_case(SAVED(date.fromisoformat(TODAY)))
    path = tmp_path / "case.toml"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert cli("consult", path, "--on", TODAY).code == 0
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").replace("vitiligo =", "vitligo =").encode())
    line = next(n for n, one in enumerate(text.splitlines(), 1) if one.startswith("vitiligo"))
    assert cli("consult", path, "--on", TODAY).err.startswith(f"{path}:{line}: facts.vitligo: unknown fact")
