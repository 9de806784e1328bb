"""needlewise card: the card to print, from the command line."""

import sys
from pathlib import Path

import pypdfium2
import pytest

from tests.unit.cli.conftest import Cli


@pytest.mark.parametrize(("paper", "width_mm"), [(None, 210.0), ("a4", 210.0), ("letter", 215.9)])
def test_the_card_is_written_for_the_paper_asked_for(
    cli: Cli, tmp_path: Path, paper: str | None, width_mm: float
) -> None:
    out = tmp_path / "card.pdf"
    result = cli("card", "--out", out, *(("--paper", paper) if paper else ()))
    assert (result.code, result.out, result.err) == (0, "", "")
    document = pypdfium2.PdfDocument(out.read_bytes())
    assert len(document) == 2
    assert document[0].get_size()[0] * 25.4 / 72 == pytest.approx(width_mm, abs=0.1)
    document.close()


def test_a_pdf_is_not_written_to_a_terminal(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    result = cli("card")
    assert result.code == 2
    assert "--out card.pdf" in result.err


def test_other_paper_is_refused(cli: Cli) -> None:
    result = cli("card", "--paper", "a5")
    assert result.code == 2
    assert "letter" in result.err
