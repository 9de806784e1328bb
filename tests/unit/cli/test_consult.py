"""needlewise consult: the page, the document, the handouts, the calendar, and where they are written."""

import json
import os
import stat
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from needlewise.cli import outputs
from needlewise.cli.exits import CannotWriteError
from needlewise.consultation import Consultation, consult, read_case
from needlewise.interop.days import away
from needlewise.interop.document import as_document
from needlewise.interop.schema import ConsultationDoc
from needlewise.knowledge import Verdict
from tests.unit.cli.cases import complete_case
from tests.unit.cli.conftest import ROOT, SAVED, TODAY, Cli

EXAMPLES = sorted((ROOT / "examples").glob("*.toml"))
ON = date.fromisoformat(TODAY)
PROTOCOL = SAVED(ON)
MAIN = "from needlewise.cli import main; main()"


def consulted(path: Path) -> Consultation:
    return consult(read_case(path.read_bytes(), PROTOCOL, ON), PROTOCOL, ON)


def flat(text: str) -> str:
    """Text without the line ends and indents of its layout."""
    return " ".join(text.split())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_page_says_all_that_the_consultation_says(path: Path, cli: Cli) -> None:
    consultation = consulted(path)
    result = cli("consult", path, "--on", TODAY)
    assert (result.code, result.err) == (0, "")
    page = flat(result.out)
    assert f"Verdict {consultation.verdict.word.upper()}" in page
    assert str(consultation.edition) in page
    if consultation.eligible_on:
        assert consultation.eligible_on.isoformat() in page
    for reason in consultation.reasons:
        if reason.verdict is not Verdict.ASK:
            assert f"{reason.verdict.word.upper()} {reason.title} [{reason.rule}]" in page
            assert flat(reason.because) in page
            for cite in reason.mark.sources:
                assert cite.id in page
    for question in consultation.questions:
        assert flat(question.asked_because) in page
    for text in consultation.warnings:
        assert flat(text) in page
    for visit in consultation.plan.visits if consultation.plan else ():
        assert f"{visit.on.isoformat()} ({away(visit.on, ON)})" in page
        for zone in visit.zones:
            assert f"{zone.depth_mm:.2f} mm" in page
            assert f"..{zone.ceiling_mm:.2f}, limit {zone.limit_mm:.2f})" in page
    for concern in consultation.plan.concerns if consultation.plan else ():
        for out in concern.left_out:
            assert flat(out.why) in page


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_no_line_is_wider_than_the_terminal(path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    for columns, width in (("80", 80), ("20", 80), ("400", 100)):
        monkeypatch.setenv("COLUMNS", columns)
        for reader in ("practitioner", "patient"):
            page = cli("consult", path, "--on", TODAY, "--for", reader).out
            assert max(map(len, page.splitlines())) <= width


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_patient_reads_reasons_and_dates_but_no_ids(path: Path, cli: Cli) -> None:
    consultation = consulted(path)
    page = flat(cli("consult", path, "--on", TODAY, "--for", "patient").out)
    for reason in consultation.reasons:
        assert f"[{reason.rule}]" not in page
        if reason.verdict is not Verdict.ASK:
            assert flat(reason.because) in page
    for visit in consultation.plan.visits if consultation.plan else ():
        if visit.kind == "session":
            assert f"{visit.on.day} {visit.on:%B %Y} ({away(visit.on, ON)})" in page
    if consultation.plan and consultation.plan.visits:
        for flag in PROTOCOL.red_flags.values():
            assert f"{flat(flag.sign)} ({flat(flag.threshold)}): {flat(flag.text)}" in page
        for entry in consultation.timeline:
            if entry.kind.value in ("keep", "ask", "pause", "avoid") and entry.row.startswith("preparation:"):
                assert f"{flat(entry.item)}: {flat(entry.text)}" in page


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_json_form_is_the_document_and_keeps_to_its_schema(path: Path, cli: Cli) -> None:
    result = cli("consult", path, "--on", TODAY, "--format", "json")
    assert result.code == 0
    document = json.loads(result.out)
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    assert document == json.loads(json.dumps(as_document(consulted(path), PROTOCOL, tables)))
    TypeAdapter(ConsultationDoc).validate_json(result.out, strict=True)
    assert next(iter(document)) == "schema"


PORES = """
[[concern]]
goal = "smaller-pores"
zones = ["chin"]
"""


def test_a_wish_without_a_protocol_is_said_to_both_readers_and_in_the_document(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    text = complete_case(PROTOCOL)
    path.write_text(text.replace("\n[clinic]", f"{PORES}\n[clinic]", 1), encoding="utf-8")
    goal = PROTOCOL.goal("texture-pores-tone", "smaller-pores")
    assert goal
    assert goal.unsupported_because
    for reader in ("patient", "practitioner"):
        assert flat(goal.unsupported_because) in flat(cli("consult", path, "--on", TODAY, "--for", reader).out)
    document = json.loads(cli("consult", path, "--on", TODAY, "--format", "json").out)
    told = {c["concern"]: (c["supported"], c["unsupported_because"]) for c in document["plan"]["concerns"]}
    assert told == {"atrophic-acne-scars": (True, ""), "texture-pores-tone": (False, goal.unsupported_because)}


def test_an_indication_without_a_protocol_is_not_supported_without_a_goal_either(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    pores = PORES.replace('goal = "smaller-pores"', 'indication = "laxity"')
    path.write_text(complete_case(PROTOCOL).replace("\n[clinic]", f"{pores}\n[clinic]", 1), encoding="utf-8")
    document = json.loads(cli("consult", path, "--on", TODAY, "--format", "json").out)
    assert [concern["supported"] for concern in document["plan"]["concerns"]] == [True, False]


def test_a_stricter_choice_is_shown_beside_the_wait(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(complete_case(PROTOCOL, filler="2026-11-20"), encoding="utf-8")
    page = flat(cli("consult", path, "--on", TODAY).out)
    assert f"stricter choice {PROTOCOL.rules['filler-recent'].strict_days} days, for a clinic's own overlay" in page


def test_a_document_with_a_wrong_type_does_not_keep_to_the_schema(cli: Cli, complete: Path) -> None:
    document = json.loads(cli("consult", complete, "--on", TODAY, "--format", "json").out)
    for change in ({"verdict": 1}, {"warnings": None}, {"plan": []}):
        with pytest.raises(ValueError, match="validation error"):
            TypeAdapter(ConsultationDoc).validate_python(document | change, strict=True)


def test_the_published_schema_is_the_one_of_the_code(cli: Cli) -> None:
    stored = (ROOT / "docs/reference/consultation.schema.json").read_text(encoding="utf-8")
    assert stored == cli("schema").out, (
        "write it again: needlewise schema --out docs/reference/consultation.schema.json"
    )


def test_why_prints_every_step_behind_the_numbers_of_a_zone(cli: Cli, complete: Path) -> None:
    result = cli("consult", complete, "--on", TODAY, "--why", "cheek")
    page = flat(result.out)
    plan = consulted(complete).plan
    assert plan
    assert "Cheek, left [cheek-left]" in page
    assert "Cheek, right [cheek-right]" in page
    assert "Forehead" not in page
    for zone in plan.sessions[0].zones:
        if zone.place.startswith("cheek"):
            for step in zone.trace:
                assert flat(step.text) in page
                assert f"[{step.row}]" in page
                assert flat(step.mark.why) in page
                assert all(cite.id in page for cite in step.mark.sources)


@pytest.mark.parametrize(("name", "found"), [("nose", "is not wished for"), ("noze", "unknown zone")])
def test_why_of_a_zone_that_the_case_does_not_have_is_wrong_use(
    name: str, found: str, cli: Cli, complete: Path
) -> None:
    result = cli("consult", complete, "--on", TODAY, "--why", name)
    assert (result.code, result.out) == (2, "")
    assert found in result.err
    assert "one of: cheek-left, cheek-right, forehead" in result.err


def test_what_a_case_holds_cannot_act_on_the_terminal(cli: Cli, tmp_path: Path) -> None:
    override = '\n[[override]]\nzone = "forehead"\ndepth_mm = 1.0\nreason = "\\u001b[2J\\u202eas agreed"\n'
    path = tmp_path / "case.toml"
    path.write_text(complete_case(PROTOCOL) + override)
    page = cli("consult", path, "--on", TODAY, "--why", "forehead").out
    assert "as agreed" in page
    assert page.isprintable() or all(letter.isprintable() or letter == "\n" for letter in page)


def test_a_case_is_read_from_standard_input(cli: Cli) -> None:
    result = cli("consult", "-", "--on", TODAY, stdin=complete_case(PROTOCOL))
    assert result.code == 0
    wrong = cli("consult", "-", "--on", TODAY, stdin=complete_case(PROTOCOL, vitiligo='"perhaps"'))
    assert wrong.code == 3
    assert wrong.err.startswith("standard input:")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--why", "cheek", "--format", "json"),
        ("--for", "patient", "--format", "json"),
        ("--for", "practitioner", "--format", "ics"),
        ("--format", "docx"),
        ("--for", "everyone"),
        ("--on", "yesterday"),
        ("--on", "2026-02-30"),
        ("--on", "9999-12-31"),
        ("--depth", "3"),
    ],
    ids=" ".join,
)
def test_options_that_make_no_sense_are_wrong_use(arguments: tuple[str, ...], cli: Cli, complete: Path) -> None:
    result = cli("consult", complete, *arguments)
    assert (result.code, result.out) == (2, "")
    assert "hint: " in result.err


def test_a_day_before_the_first_edition_is_a_matter_of_knowledge(cli: Cli, complete: Path) -> None:
    result = cli("consult", complete, "--on", "2025-12-31")
    assert result.code == 4
    assert "no edition was in force on 2025-12-31" in result.err


def test_a_file_is_written_whole_and_nothing_is_left_beside_it(cli: Cli, complete: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "plan.txt"
    out.parent.mkdir()
    out.write_text("older")
    out.chmod(0o640)
    result = cli("consult", complete, "--on", TODAY, "--out", out)
    assert (result.code, result.out, result.err) == (0, "", "")
    assert out.read_text(encoding="utf-8") == cli("consult", complete, "--on", TODAY).out
    assert stat.S_IMODE(out.stat().st_mode) == 0o640
    assert list(out.parent.iterdir()) == [out]


def test_a_failure_half_way_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "plan.txt"
    out.write_text("older")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CannotWriteError, match="no space left on device"):
        outputs.write_file(b"newer", out)
    assert out.read_text() == "older"
    assert list(tmp_path.iterdir()) == [out]


def test_a_bad_case_does_not_touch_the_file_that_was_there(cli: Cli, tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    out.write_text("older")
    assert cli("consult", "-", "--format", "json", "--on", TODAY, "--out", out, stdin="[facts]\n").code == 3
    assert out.read_text() == "older"


def test_a_place_that_cannot_be_written_to_is_said(cli: Cli, complete: Path, tmp_path: Path) -> None:
    for out in (tmp_path, tmp_path / "nowhere" / "plan.txt"):
        result = cli("consult", complete, "--on", TODAY, "--out", out)
        assert (result.code, result.out) == (1, "")
        assert result.err.startswith(str(out))


def test_a_link_and_a_device_stay_what_they_are(cli: Cli, complete: Path, tmp_path: Path) -> None:
    target, link = tmp_path / "plan.txt", tmp_path / "link.txt"
    link.symlink_to(target)
    assert cli("consult", complete, "--on", TODAY, "--out", link).code == 0
    assert link.is_symlink()
    assert target.read_text().startswith("Consultation")
    assert cli("consult", complete, "--on", TODAY, "--out", os.devnull).code == 0
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)  # noqa: PTH116


@pytest.mark.parametrize("arguments", [("--format", "pdf"), ("--format", "pdf", "--for", "practitioner")], ids=" ".join)
def test_a_handout_is_a_pdf_the_same_each_time(
    arguments: tuple[str, ...], cli: Cli, complete: Path, tmp_path: Path
) -> None:
    one, two = tmp_path / "one.pdf", tmp_path / "two.pdf"
    for out in (one, two):
        result = cli("consult", complete, "--on", TODAY, *arguments, "--out", out)
        assert (result.code, result.err) == (0, "")
    assert one.read_bytes().startswith(b"%PDF-")
    assert one.read_bytes() == two.read_bytes()


def test_the_two_handouts_are_written_for_two_readers(cli: Cli, complete: Path, tmp_path: Path) -> None:
    files = {reader: tmp_path / f"{reader}.pdf" for reader in ("patient", "practitioner")}
    for reader, out in files.items():
        cli("consult", complete, "--on", TODAY, "--format", "pdf", "--for", reader, "--out", out)
    usual = tmp_path / "usual.pdf"
    cli("consult", complete, "--on", TODAY, "--format", "pdf", "--out", usual)
    assert usual.read_bytes() == files["patient"].read_bytes()
    assert usual.read_bytes() != files["practitioner"].read_bytes()


def test_a_calendar_holds_every_session(cli: Cli, complete: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan.ics"
    assert cli("consult", complete, "--on", TODAY, "--format", "ics", "--out", out).code == 0
    text = out.read_text()
    plan = consulted(complete).plan
    assert plan
    assert text.startswith("BEGIN:VCALENDAR")
    for visit in plan.sessions:
        assert f"DTSTART;VALUE=DATE:{visit.on:%Y%m%d}" in text


def test_a_calendar_of_nothing_says_why_there_is_none(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(complete_case(PROTOCOL, vitiligo='"yes"'))
    result = cli("consult", path, "--on", TODAY, "--format", "ics", "--out", tmp_path / "plan.ics")
    assert result.code == 1
    assert "no visit is planned" in result.err
    assert not (tmp_path / "plan.ics").exists()


def command(*arguments: object, **options: object) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own."""
    start = [sys.executable, "-c", MAIN, *map(str, arguments)]
    return subprocess.run(start, capture_output=True, check=False, **options)  # type: ignore[call-overload,no-any-return]


def test_a_process_ends_with_the_code_and_keeps_data_and_messages_apart(complete: Path) -> None:
    done = command("consult", complete, "--on", TODAY)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"Consultation")
    wrong = command("consult", Path(__file__).parent / "gallery" / "fact-misspelt.toml", "--on", TODAY)
    assert (wrong.returncode, wrong.stdout) == (3, b"")
    assert b"did you mean `isotretinoin`?" in wrong.stderr


def test_bytes_go_down_a_pipe(complete: Path) -> None:
    done = command("consult", complete, "--on", TODAY, "--format", "ics")
    assert done.returncode == 0
    assert done.stdout.startswith(b"BEGIN:VCALENDAR\r\n")


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="this system has no pseudo-terminals")
@pytest.mark.parametrize("kind", ["pdf", "ics"])
def test_bytes_are_not_put_on_a_terminal(kind: str, complete: Path) -> None:
    ours, theirs = os.openpty()
    arguments = [sys.executable, "-c", MAIN, "consult", str(complete), "--format", kind]
    done = subprocess.run(arguments, stdout=theirs, stderr=subprocess.PIPE, check=False)
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 2
    assert f"--out plan.{kind}".encode() in done.stderr


def test_a_reader_that_has_seen_enough_is_no_fault(complete: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, "protocol", "sources"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 0
    process.stderr.close()


def test_a_terminal_that_knows_no_such_letter_gets_a_question_mark(complete: Path) -> None:
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = command("consult", complete, "--on", TODAY, "--for", "patient", env=env)
    assert done.returncode == 0
    assert b"38.0 ?C" in done.stdout
