"""What stands behind a value, as templates want it: how we came by it, what it rests on, and what else was found."""

from dataclasses import dataclass

from needlewise.knowledge import Basis, Cite, Conflict, Mark, Origin, Protocol

BASIS_WORDS = {
    Basis.LABEL: "device label",
    Basis.REGULATOR: "regulator",
    Basis.GUIDELINE: "guideline",
    Basis.TRIAL: "study",
    Basis.REVIEW: "review",
    Basis.CLINIC_PRACTICE: "clinic habit, no study read",
    Basis.NONE: "no study read",
}
ORIGIN_WORDS = {
    Origin.READ: "as the source says",
    Origin.CHOSEN: "our proposal",
    Origin.COMPUTED: "our proposal, computed",
    Origin.MEMORY: "our proposal, from memory",
}


@dataclass(frozen=True, slots=True)
class SourceView:
    id: str
    citation: str
    place: str
    read: str
    url: str
    level: str


@dataclass(frozen=True, slots=True)
class MarkView:
    """What stands behind a value: how we came by it, what it rests on, and what else was found."""

    origin: str
    basis: str
    words: str
    why: str
    differ: str
    sources: tuple[SourceView, ...]
    conflicts: tuple[Conflict, ...]


def mark_view(mark: Mark, protocol: Protocol) -> MarkView:
    """A mark with its sources and what they disagree in."""
    conflicts = tuple(protocol.conflicts[name] for name in mark.conflicts if name in protocol.conflicts)
    return MarkView(
        mark.origin.value, mark.basis.value, mark_words(mark), mark.why, mark.differ,
        tuple(_source(cite, protocol) for cite in mark.sources), conflicts,
    )  # fmt: skip


def mark_words(mark: Mark) -> str:
    """How we came by a value and what it rests on: `our proposal · study`."""
    return f"{ORIGIN_WORDS[mark.origin]} · {BASIS_WORDS[mark.basis]}"


def sentence_case(name: str) -> str:
    """An id as words: `clinic-practice` becomes `Clinic practice`."""
    text = name.replace("-", " ").replace("_", " ")
    return text[:1].upper() + text[1:]


def _source(cite: Cite, protocol: Protocol) -> SourceView:
    source = protocol.sources[cite.id]
    return SourceView(source.id, source.citation, cite.place, source.read, source.url, sentence_case(source.level))
