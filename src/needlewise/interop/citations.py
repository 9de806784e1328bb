"""What a publication says of itself, read from a RIS file, from PubMed's own format, or from a bare DOI.

rispy and nbib read the formats; they belong to the extra `evidence` and are loaded with the first file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from needlewise.errors import EvidenceError, Problem

_RIS = re.compile(r"^TY  - ?", re.MULTILINE)
_NBIB = re.compile(r"^PMID- ?", re.MULTILINE)
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_LID = re.compile(r"^LID - (10\.\S+) \[doi\]", re.MULTILINE)
_BEFORE_DOI = re.compile(r"^(https?://(dx\.)?doi\.org/|doi\.org/|doi:)\s*", re.IGNORECASE)
_YEAR = re.compile(r"\b(1[89]|20)\d\d\b")
_REGISTRY = re.compile(r"\b(NCT\d{8}|ISRCTN\d+|CTRI/\d{4}/\d{2,3}/\d+|IRCT\w+|ChiCTR[\w-]+|ACTRN\d+)\b")
_PMCID = re.compile(r"PMC\d+", re.IGNORECASE)
ONE_RECORD = "one publication"
RETRACTED = "retracted publication"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """The bibliography of one publication; empty where its record does not say. `authors` are family names with what
    follows them; `is_retracted`: its record marks it as withdrawn."""

    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    registry: str = ""
    is_retracted: bool = False

    @property
    def family_name(self) -> str:
        """Family name of the first author."""
        return self.authors[0].partition(",")[0].strip() if self.authors else ""

    @property
    def place(self) -> str:
        """Volume, issue and pages as one text: 150(8):844-849."""
        issue = f"({self.issue})" if self.issue else ""
        return f"{self.volume}{issue}" + (f":{self.pages}" if self.pages and self.volume else self.pages)


def citation_of(text: str, name: str) -> Citation:
    """The one publication of a file. `name` is how messages call it.

    Raises `EvidenceError` for a text in neither format, for none and for several publications.
    """
    if _RIS.search(text):
        records, read = len(_RIS.findall(text)), _from_ris
    elif _NBIB.search(text):
        records, read = len(_NBIB.findall(text)), _from_nbib
    else:
        found = "an empty file" if not text.strip() else "neither RIS nor PubMed's format"
        hint = "`TY  - ` begins a record of RIS, `PMID- ` one of PubMed (.nbib); a bare DOI goes with --doi"
        raise EvidenceError(Problem(name, found, ONE_RECORD, hint))
    if records > 1:
        hint = "export the one that is meant, or cut the others out of the file"
        raise EvidenceError(Problem(name, f"{records} publications", ONE_RECORD, hint))
    return read(text, name)


def citation_of_doi(text: str) -> Citation:
    """A publication of which nothing but the DOI is known. Raises `EvidenceError` for what is no DOI."""
    doi = bare_doi(text)
    if not _DOI.fullmatch(doi):
        raise EvidenceError(Problem("--doi", f"`{text}`", "a DOI", "such as 10.1001/jamadermatol.2013.8687"))
    return Citation(doi=doi)


def bare_doi(text: str) -> str:
    """A DOI without the address or the word before it. Its letters are kept; compare without regard to their size."""
    return _BEFORE_DOI.sub("", text.strip()).replace("%2F", "/").replace("%2f", "/").strip()


def _from_ris(text: str, name: str) -> Citation:
    import rispy  # noqa: PLC0415 - an extra

    try:
        records = rispy.loads(text)
    except (OSError, ValueError, KeyError, IndexError, TypeError) as fault:
        raise EvidenceError(_unreadable(name, "RIS", fault)) from None
    if not records:
        raise EvidenceError(Problem(name, "a record that does not end", ONE_RECORD, "its last line is `ER  - `"))
    row: Mapping[str, Any] = records[0]
    first, last = _text(row, "start_page"), _text(row, "end_page")
    pages = f"{first}-{last}" if first and last and last != first else first or last
    doi = bare_doi(_text(row, "doi"))
    return Citation(
        title=_text(row, "title", "primary_title", "translated_title").rstrip("."),
        authors=tuple(_line(one) for one in row.get("authors") or row.get("first_authors") or ()),
        year=_year(_text(row, "year", "publication_year", "date")),
        journal=_text(row, "journal_name", "secondary_title", "alternate_title3", "alternate_title2", "alternate_title1"),
        volume=_text(row, "volume"),
        issue=_text(row, "number"),
        pages=pages,
        doi=doi if _DOI.fullmatch(doi) else "",
        pmid=_text(row, "accession_number") if _text(row, "accession_number").isdecimal() else "",
        pmcid=next((found.group().upper() for key in ("custom2", "custom7") if (found := _PMCID.fullmatch(_text(row, key)))), ""),
        registry=_registry(text),
    )  # fmt: skip


def _from_nbib(text: str, name: str) -> Citation:
    import nbib  # noqa: PLC0415 - an extra
    from nbib.exceptions import MalformedLine, UnknownTagFormat  # noqa: PLC0415

    # A record ends with an empty line; blank lines of spaces and a missing one at the end are mended.
    whole = "\n".join(line.rstrip() if not line.strip() else line for line in text.strip().splitlines()) + "\n\n"
    try:
        records = nbib.read(whole)
    except (MalformedLine, UnknownTagFormat, ValueError, OverflowError, KeyError, IndexError, TypeError) as fault:
        raise EvidenceError(_unreadable(name, "PubMed's format", fault)) from None
    row: Mapping[str, Any] = next((one for one in records if "pubmed_id" in one), {})
    authors = [one.get("author") or one.get("author_abbreviated", "") for one in row.get("authors", ())]
    # nbib leaves out LID, where newer records have the DOI.
    printed = _LID.search(text)
    doi = bare_doi(_text(row, "doi") or (printed.group(1) if printed else ""))
    kinds = [str(kind).lower() for kind in row.get("publication_types", ())]
    return Citation(
        title=_text(row, "title").rstrip("."),
        authors=tuple(map(_line, authors)) or ((_text(row, "corporate_author"),) if "corporate_author" in row else ()),
        year=_year(_text(row, "publication_date")),
        journal=_text(row, "journal", "journal_abbreviated"),
        volume=_text(row, "journal_volume"),
        issue=_text(row, "journal_issue"),
        pages=_text(row, "pages"),
        doi=doi if _DOI.fullmatch(doi) else "",
        pmid=_text(row, "pubmed_id"),
        pmcid=f"PMC{row['pmcid']}" if "pmcid" in row else "",
        registry=_registry(text),
        is_retracted=RETRACTED in kinds,
    )


def _unreadable(name: str, form: str, fault: Exception) -> Problem:
    found = f"not readable as {form}: {_line(str(fault)) or type(fault).__name__}"
    return Problem(name, found, ONE_RECORD, "export the record anew, and do not edit it")


def _text(row: Mapping[str, Any], *keys: str) -> str:
    """The first of these that says anything, on one line."""
    return next((text for key in keys if (text := _line(str(row.get(key) or "")))), "")


def _line(text: str) -> str:
    return " ".join(text.split())


def _year(text: str) -> int | None:
    found = _YEAR.search(text)
    return int(found.group()) if found else None


def _registry(text: str) -> str:
    """The number in a registry of trials, where the record names just one."""
    found = {match.group() for match in _REGISTRY.finditer(text)}
    return found.pop() if len(found) == 1 else ""
