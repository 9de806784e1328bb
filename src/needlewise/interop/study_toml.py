"""The first version of a study's two files: its bibliography, and comments that say what to read and where it goes."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from needlewise.interop.case_toml import basic_string
from needlewise.interop.citations import Citation, bare_doi
from needlewise.knowledge import TO_FILL_IN, Design, EvidenceBase, Study

# The kind of source that a design makes. Where no design was chosen nothing is claimed.
_LEVELS = {
    Design.RCT_PARALLEL: "rct",
    Design.RCT_FACTORIAL: "rct",
    Design.RCT_UNCLEAR: "rct",
    Design.RCT_SPLIT_FACE: "rct_split_face",
    Design.RCT_SPLIT_BODY: "rct",
    Design.RCT_SPLIT_SCALP: "rct",
    Design.SPLIT_FACE: "controlled_study",
    Design.SPLIT_SCALP: "controlled_study",
    Design.NONRANDOMISED: "controlled_study",
    Design.PROSPECTIVE_COMPARATIVE: "controlled_study",
    Design.PROSPECTIVE_SINGLE: "prospective_study",
    Design.RETROSPECTIVE_SINGLE: "retrospective_study",
    Design.CASE_REPORT: "case_report",
}
_NOT_YET = "unverified_memory"
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_READING = """\

# Who took part. What the paper does not state stays absent; 0 stands only for none.
[people]
# Counts of people: enrolled, completed, women, men. Years: age_mean, age_sd, age_min, age_max.
# Of those included: phototypes = ["I", "II"]. Where: country.
"""
_ARMS = """\

# One [[arm]] for each group or side:
#   id, label, role ("treatment" or "comparator"), needling (true or false), radiofrequency = true where it had any;
#   control ("untreated", "sham", "without-needles") for an arm without needles;
#   n with unit ("people", "sides", "areas", "striae"): those whose results are given;
#   device ("roller", "pen", "stamp", "rf_needles"), device_name, needle_mm = [from, to] as set, sessions = [from, to],
#   interval_weeks = [from, to], agents = ["as printed"].
# Below it, one [[arm.outcome]] for each figure and time:
#   measure, source (an id of [[document]]), scale, better ("lower" or "higher"), time, weeks_after_last;
#   before_mean, before_sd, after_mean, after_sd; change_mean, change_sd or change_low, change_high, change_level (95);
#   response with responders and responders_of; p as printed. A fall is negative. Spreads: SD, not SE.
# And one [[arm.harm]] for each unwanted effect: event, source, count and of, or percent. 0 only where none is stated.
# [[contrast]] is what the paper itself compares: a, b, measure, favours, source, value, low, high, level, p.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A study to begin: its id, its bibliography, where that was read, the day, and what a person chose already."""

    id: str
    citation: Citation
    origin: str
    added: date
    group: str = ""
    design: Design | None = None


def held_already(citation: Citation, base: EvidenceBase) -> Iterator[tuple[Study, str]]:
    """The studies that are this publication, each with the number that says so."""
    doi, pmid = bare_doi(citation.doi).lower(), citation.pmid.strip()
    pmcid = citation.pmcid.strip().lower().removeprefix("pmc")
    for study in base.studies.values():
        if doi and doi == bare_doi(study.doi).lower():
            yield study, f"DOI {citation.doi}"
        elif pmid and pmid == study.pmid.strip():
            yield study, f"PMID {citation.pmid}"
        elif pmcid and pmcid == study.pmcid.strip().lower().removeprefix("pmc"):
            yield study, f"PMCID {citation.pmcid}"


def free_id(citation: Citation, taken: Iterable[str]) -> str:
    """An id that no study and no source has: name and year of the first author, else the DOI or the PMID."""
    stem = slug(f"{citation.family_name}{citation.year or ''}") if citation.family_name else ""
    stem = stem or slug((citation.doi and f"doi {citation.doi}") or f"pmid {citation.pmid}")
    names = set(taken)
    letters = (letter for letter in ("", *"bcdefghijklmnopqrstuvwxyz") if f"{stem}{letter}" not in names)
    return f"{stem}{next(letters, '_new')}"


def slug(text: str) -> str:
    """Small letters of the alphabet, digits and underscores."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _NOT_SLUG.sub("_", plain.lower()).strip("_")


def study_text(draft: Draft, groups: Iterable[str]) -> str:
    """The file of the study. `groups` are the kinds of trouble that the base knows."""
    citation = draft.citation
    head = [
        f"# Begun on {draft.added.isoformat()} from {_comment(draft.origin)}: bibliography only, no figure was read yet.",
        f'# Whatever is "{TO_FILL_IN}" a person must choose; until then `needlewise evidence check` refuses the file.',
        *_pairs(
            ("title", citation.title or TO_FILL_IN),
            ("author", citation.family_name),
            ("year", citation.year),
            ("journal", citation.journal),
            ("pages", citation.place),
            ("doi", citation.doi),
            ("pmid", citation.pmid),
            ("pmcid", citation.pmcid),
            ("registry", citation.registry),
        ),
        f"# What was studied; one of: {', '.join(sorted(groups))}.",
        *_pairs(("group", draft.group or TO_FILL_IN)),
        f"# How it was built; one of: {', '.join(Design)}.",
        *_pairs(("design", (draft.design and draft.design.value) or TO_FILL_IN)),
        "# Once the methods were read, true or false: randomised, blinded. Not stated: leave them out.",
        "# So far only what others say of it. Once it was read itself: abstract, or fulltext.",
        *_pairs(("verified", "secondary")),
        f"added = {draft.added.isoformat()}",
    ]
    document = [
        "",
        "# Each text that was read, and which part of it. Kinds: abstract, fulltext, secondary, registry, bibliography.",
        "[[document]]",
        *_pairs(
            ("source", draft.id),
            ("where", "bibliographic record"),
            ("kind", "bibliography"),
            ("address", _address(citation)),
        ),
    ]
    return "\n".join(head) + "\n" + _READING + "\n".join((*document, *_doubts(citation))) + "\n" + _ARMS


def source_text(draft: Draft) -> str:
    """The file of its source."""
    citation = draft.citation
    level = _LEVELS[draft.design] if draft.design else _NOT_YET
    lines = [
        f"# Begun on {draft.added.isoformat()} from {_comment(draft.origin)}.",
        *_pairs(("citation", _told(citation)), ("url", _address(citation))),
        "# What kind of source it is: an id of levels.toml, such as rct, controlled_study, prospective_study.",
        *_pairs(("level", level)),
        "# Which part was read: abstract; results; Table 2 in full.",
        *_pairs(("read", "bibliographic record only")),
    ]
    return "\n".join(lines) + "\n"


def _doubts(citation: Citation) -> Iterator[str]:
    if citation.is_retracted:
        yield from ("", "# Once the notice was read: retracted = { on = DAY, why = ... } above [people].", "[[flag]]")
        yield from _pairs(("text", "retracted, by its record in PubMed"))
        yield "never_pool = true"


def _told(citation: Citation) -> str:
    """The publication as one line of a list of literature."""
    authors = (
        citation.authors[0].replace(",", "") + (" et al" if len(citation.authors) > 1 else "")
        if citation.authors
        else ""
    )
    issue = ";".join(filter(None, (str(citation.year or ""), citation.place)))
    parts = (authors, citation.title, " ".join(filter(None, (citation.journal, issue))))
    known = ". ".join(filter(None, parts))
    return known if citation.title else f"{known}{'. ' if known else ''}doi:{citation.doi}"


def _address(citation: Citation) -> str:
    if citation.doi:
        return f"https://doi.org/{citation.doi}"
    return f"https://pubmed.ncbi.nlm.nih.gov/{citation.pmid}/" if citation.pmid else ""


def _pairs(*pairs: tuple[str, str | int | None]) -> Iterator[str]:
    """Keys with their values; what is not known is left out."""
    for key, value in pairs:
        if value is not None and value != "":
            yield f"{key} = {value if isinstance(value, int) else basic_string(value)}"


def _comment(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)
