"""needlewise evidence show STUDY: everything that was read of one study, and where."""

import argparse
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from needlewise.cli.evidence.opening import base_of
from needlewise.cli.outputs import write_text
from needlewise.cli.page import Page
from needlewise.cli.refusing import no_such
from needlewise.knowledge import Arm, Contrast, EvidenceBase, Harm, Outcome, Study

# Shown under another heading, or names of the row.
_LEFT_OUT = ("measure", "event", "source", "accepted", "note", "worked_out", "a", "b")


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("study", metavar="STUDY", help="the id of a study; `needlewise evidence list` names them")
    parser.add_argument("--folder", type=Path, metavar="PATH", help="another knowledge folder than our own")


def run(options: argparse.Namespace) -> int:
    base = base_of(options.folder)
    study = base.studies.get(options.study)
    if study is None:
        every = "`needlewise evidence list` names them all"
        raise no_such(
            "evidence show", f"no study `{options.study}`", options.study, base.studies, every, "the id of a study"
        )
    write_text(_page(study, base))
    return 0


def _page(study: Study, base: EvidenceBase) -> str:
    page = Page()
    page.title(study.id, base.digest)
    page.text(study.title)
    page.blank()
    page.pairs(_about(study))
    page.section("What was read")
    for read in study.document:
        source = base.protocol.sources[read.source]
        page.item(f"{read.source} ({read.kind}; {read.where}): {source.citation}", 2)
    for arm in study.arm:
        _write_arm(page, arm)
    if study.contrast:
        page.section("Contrasts")
        for contrast in study.contrast:
            page.item(f"{contrast.a} against {contrast.b}, {contrast.measure}: {_figures(contrast)}", 2)
    return str(page)


def _about(study: Study) -> list[tuple[str, str]]:
    people = study.people
    ages = "" if people.age_mean is None else f", mean age {people.age_mean:g}"
    counted = "number not read" if people.counted is None else f"{people.counted} counted"
    enrolled = "" if people.enrolled is None else f" of {people.enrolled} enrolled"
    return [
        ("published", " ".join(filter(None, (study.author, str(study.year or ""), study.journal, study.pages)))),
        ("numbers", ", ".join(filter(None, (study.doi, study.pmid, study.pmcid, study.registry)))),
        ("design", f"{study.design.value.replace('_', ' ')}; randomised: {_told(study.randomised)}; "
                   f"blinded: {_told(study.blinded)}"),
        ("people", f"{counted}{enrolled}{ages}"),
        ("phototypes", ", ".join(people.phototypes) or "not stated"),
        ("cohort", study.cohort),
        ("doubts", "; ".join(flag.text for flag in study.flag)),
        ("not pooled", study.never_pool),
        ("note", study.note),
        ("added", study.added.isoformat()),
    ]  # fmt: skip


def _told(value: bool | None) -> str:
    return "not stated" if value is None else "yes" if value else "no"


def _write_arm(page: Page, arm: Arm) -> None:
    page.section(f"Arm {arm.id}: {arm.label}")
    page.pairs(
        [
            ("n", f"{arm.n} {arm.unit or ''}" if arm.n is not None else "not read"),
            ("device", " ".join(filter(None, (arm.device.replace("_", " "), arm.device_name)))),
            ("needles", f"{arm.needle_mm[0]:g} to {arm.needle_mm[1]:g} mm" if arm.needle_mm else ""),
            ("sessions", _span(arm.sessions)),
            ("interval", f"{_span(arm.interval_weeks)} weeks" if arm.interval_weeks else ""),
            ("beside", ", ".join(arm.agents)),
            ("note", arm.note),
        ],
        indent=2,
    )
    for outcome in arm.outcome:
        page.item(f"{outcome.measure}: {_figures(outcome)}", 2)
    for harm in arm.harm:
        page.item(f"unwanted: {harm.event}: {_figures(harm)}", 2)


def _span(span: tuple[float, float] | None) -> str:
    if span is None:
        return ""
    return f"{span[0]:g}" if span[0] == span[1] else f"{span[0]:g} to {span[1]:g}"


def _figures(row: Outcome | Harm | Contrast) -> str:
    """Every value of a row by its name, as it stands in the file."""
    told = "; ".join(_named(row)) or "no figure read"
    further = "; ".join(filter(None, (row.note, f"worked out: {row.worked_out}" if row.worked_out else "")))
    accepted = "".join(f" [{one.check} accepted: {one.why}]" for one in row.accepted)
    return f"{told}{f' ({further})' if further else ''}{accepted}"


def _named(row: Outcome | Harm | Contrast) -> Iterator[str]:
    for name in (field.name for field in fields(row)):
        value = getattr(row, name)
        if name not in _LEFT_OUT and value not in (None, ""):
            shown = f"{value:g}" if isinstance(value, int | float) else value
            yield f"{name.replace('_', ' ')} {shown}"
