"""Reading and checking the evidence: every fault is reported at once, with its file and line."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from needlewise.errors import KnowledgeError, Problem
from needlewise.knowledge import _check
from needlewise.knowledge._evidence import CARE, VEHICLE, EvidenceBase
from needlewise.knowledge._forecasting import Distance, Judgement, PersonSpread, Reckoning, Spread, Threshold
from needlewise.knowledge._forecasting_check import reckoning_problems
from needlewise.knowledge._normalising import (
    JUDGES,
    AgentName,
    HarmKind,
    HarmName,
    ResponseKind,
    ResponseName,
    ScaleName,
)
from needlewise.knowledge._protocol import Protocol
from needlewise.knowledge._studies import TO_FILL_IN, Design, Outcome, Study
from needlewise.knowledge._study_check import study_problems
from needlewise.knowledge._toml import Document, read
from needlewise.knowledge._written import Names, Written, by_place, names_of

HERE = Path(__file__).parent
STUDIES, TABLES = "studies", "evidence"
# Table -> its arrays -> what a row is, and which of its keys together stand once only.
ROWS: dict[str, dict[str, tuple[type, tuple[str, ...]]]] = {
    "scales.toml": {"name": (ScaleName, ("spelling", "measure"))},
    "responses.toml": {"kind": (ResponseKind, ("id",)), "name": (ResponseName, ("definition",))},
    "harms.toml": {"kind": (HarmKind, ("id",)), "name": (HarmName, ("event",))},
    "agents.toml": {"name": (AgentName, ("printed",))},
    "forecast.toml": {
        "threshold": (Threshold, ("id",)),
        "spread": (Spread, ("of",)),
        "person": (PersonSpread, ("scale",)),
        "distance": (Distance, ("of",)),
    },
    "certainty.toml": {"threshold": (Threshold, ("id",)), "judgement": (Judgement, ("group", "of", "step"))},
}
_STUDY = re.compile(rf"{STUDIES}/[A-Za-z0-9_-]+\.toml")
# Each of these numbers names one publication.
PUBLICATION_IDS = ("doi", "pmid", "pmcid")
OTHER = "other"


def load_evidence(protocol: Protocol, folder: Path | None = None) -> EvidenceBase:
    """All evidence, checked.

    Parameters: `protocol`, whose sources, scales, indications and adjuncts the studies name; `folder`, another
    knowledge folder than the package's own.
    Raises `KnowledgeError` with every fault found: a file that cannot be read, figures that do not add up, two files
    for one publication, a scale that runs the other way, a word that no reviewed table knows.
    """
    reader = _Reader(folder or HERE)
    base = reader.base(protocol)
    names = names_of(protocol)
    for study in base.studies.values():
        at = Written(reader.documents[f"{STUDIES}/{study.id}.toml"])
        reader.problems.extend(study_problems(study, at))
        reader.problems.extend(_words_of(study, base, names, at))
    reader.problems.extend(_of_tables(base, names, reader))
    reader.problems.extend(reckoning_problems(base, names, reader.documents))
    reader.problems.extend(_twice(base.studies, reader.documents))
    if reader.problems:
        raise KnowledgeError(sorted(reader.problems, key=by_place))
    return base


class _Reader:
    """Collects documents and problems while the files are read."""

    def __init__(self, home: Path) -> None:
        self.problems: list[Problem] = []
        self.documents: dict[str, Document] = {}
        self.rows: dict[tuple[str, str], tuple[Any, ...]] = {}
        paths = sorted((*(home / STUDIES).rglob("*.toml"), *(home / TABLES).rglob("*.toml")))
        files = [path.relative_to(home).as_posix() for path in paths]
        for name in files:
            found = read(home / name, name)
            if isinstance(found, Problem):
                self.problems.append(found)
            elif not _has_a_place(name):
                self.problems.append(_nobody_reads(name))
            elif not found.data:
                self.problems.append(Problem(name, "nothing in it", "the keys its neighbours have"))
            else:
                self.documents[name] = found
        for file, arrays in ROWS.items():
            if f"{TABLES}/{file}" not in files:
                self.problems.append(Problem(f"{TABLES}/{file}", "no such file", "a table that every base has"))
            self._unknown_keys(file, arrays)
            for key, (kind, once) in arrays.items():
                self.rows[file, key] = self._checked(file, key, kind, once)

    def base(self, protocol: Protocol) -> EvidenceBase:
        by_spelling: dict[str, tuple[ScaleName, ...]] = {}
        for row in self.rows["scales.toml", "name"]:
            by_spelling[row.spelling] = (*by_spelling.get(row.spelling, ()), row)
        return EvidenceBase(
            digest=self._digest(),
            protocol=protocol,
            studies=self._studies(),
            scale_names=by_spelling,
            response_kinds={row.id: row for row in self.rows["responses.toml", "kind"]},
            response_names={row.definition: row for row in self.rows["responses.toml", "name"]},
            harm_kinds={row.id: row for row in self.rows["harms.toml", "kind"]},
            harm_names={row.event: row for row in self.rows["harms.toml", "name"]},
            agents={row.printed: row for row in self.rows["agents.toml", "name"]},
            reckoning=self._reckoning(),
        )

    def _reckoning(self) -> Reckoning:
        forecast, certainty = "forecast.toml", "certainty.toml"
        thresholds = {row.id: row.value for file in (forecast, certainty) for row in self.rows[file, "threshold"]}
        return Reckoning(
            thresholds=thresholds,
            spreads={row.of: row for row in self.rows[forecast, "spread"]},
            people={row.scale: row for row in self.rows[forecast, "person"]},
            distances={row.of: row for row in self.rows[forecast, "distance"]},
            judgements=self.rows[certainty, "judgement"],
        )

    def _studies(self) -> dict[str, Study]:
        adapter = TypeAdapter(Study)
        found: dict[str, Study] = {}
        for document in self.documents.values():
            if document.name.startswith(f"{STUDIES}/"):
                slug = document.name.removeprefix(f"{STUDIES}/").removesuffix(".toml")
                unfilled = [key for key, value in document.data.items() if value == TO_FILL_IN]
                self.problems.extend(_to_fill_in(key, Written(document)) for key in unfilled)
                try:
                    study = adapter.validate_json(document.as_json({"id": slug}))
                except ValidationError as fault:
                    errors = (error for error in fault.errors() if error["loc"][0] not in unfilled)
                    self.problems.extend(_check.as_problem(document, error) for error in errors)
                else:
                    found |= {} if unfilled else {slug: study}
        return found

    def _unknown_keys(self, file: str, arrays: Mapping[str, Any]) -> None:
        document = self.documents.get(f"{TABLES}/{file}")
        if document is not None:
            expected = f"only {' and '.join(f'[[{key}]]' for key in arrays)} rows"
            for unknown in sorted(document.data.keys() - arrays.keys()):
                self.problems.append(Written(document, (unknown,)).problem(f"unknown key `{unknown}`", expected))

    def _checked(self, file: str, key: str, kind: type, once: Sequence[str]) -> tuple[Any, ...]:
        document = self.documents.get(f"{TABLES}/{file}")
        if document is None:
            return ()
        adapter: TypeAdapter[tuple[Any, ...]] = TypeAdapter(tuple[kind, ...])  # type: ignore[valid-type]
        try:
            rows = adapter.validate_json(json.dumps(document.data.get(key, []), default=str))
        except ValidationError as fault:
            self.problems.extend(_check.as_problem(document, error, (key,)) for error in fault.errors())
            return ()
        self.problems.extend(_repeated(Written(document, (key,)), rows, once))
        return rows

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for name, document in self.documents.items():
            digest.update(f"{name}\0{len(document.raw)}\0".encode())
            digest.update(document.raw)
        return digest.hexdigest()[:16]


def _has_a_place(name: str) -> bool:
    return name.removeprefix(f"{TABLES}/") in ROWS if name.startswith(f"{TABLES}/") else bool(_STUDY.fullmatch(name))


def _nobody_reads(name: str) -> Problem:
    expected = f"{STUDIES}/ID.toml, or in {TABLES}/ one of: {', '.join(ROWS)}"
    hint = "a study goes straight into its folder; letters, digits, - and _ in its name"
    return Problem(name, "a file that nothing reads", expected, hint)


def _to_fill_in(key: str, at: Written) -> Problem:
    expected = {
        "title": "the title as printed",
        "group": "the kind of trouble studied; the comment above it names them all",
        "design": f"how the study was built; one of: {', '.join(Design)}",
    }
    hint = "look into the publication, and choose; a study that is not ready stays outside the folder"
    return at.under(key).problem(f"`{key}` is still {TO_FILL_IN}", expected.get(key, ""), hint)


def _words_of(study: Study, base: EvidenceBase, names: Names, at: Written) -> Iterator[Problem]:
    """What a study names outside its own file."""
    known_groups = {group for one in base.protocol.indications.values() for group in one.studies}
    if study.group not in known_groups:
        yield at.under("group").unknown("group of studies", study.group, sorted(known_groups))
    for number, document in enumerate(study.document):
        yield from at.under("document", number, "source").named("source", [document.source], names)
    for number, arm in enumerate(study.arm):
        here = at.under("arm", number)
        for index, agent in enumerate(arm.agents):
            if agent not in base.agents:
                yield _unlisted(here.under("agents", index), "agent", agent, "agents.toml")
        for index, outcome in enumerate(arm.outcome):
            yield from _words_of_outcome(outcome, base, here.under("outcome", index))
        for index, harm in enumerate(arm.harm):
            if harm.event not in base.harm_names:
                yield _unlisted(here.under("harm", index, "event"), "unwanted effect", harm.event, "harms.toml")


def _words_of_outcome(outcome: Outcome, base: EvidenceBase, at: Written) -> Iterator[Problem]:
    if outcome.response and outcome.response not in base.response_names:
        yield _unlisted(at.under("response"), "responder", outcome.response, "responses.toml")
    if outcome.scale and outcome.scale not in base.scale_names:
        yield _unlisted(at.under("scale"), "scale", outcome.scale, "scales.toml")
    name = base.scale_of(outcome.scale, outcome.measure)
    scale = base.protocol.scales.get(name.scale) if name else None
    if name is None or scale is None:
        return
    if outcome.better and scale.better in ("lower", "higher") and outcome.better != scale.better:
        found = f"better is `{outcome.better}` on a scale where it is `{scale.better}`"
        yield at.under("better").problem(found, f"`{scale.better}`, and figures that run this way")
    low, high = scale.range
    for key in ("before_mean", "after_mean", "before_median", "after_median"):
        value = getattr(outcome, key)
        if value is not None and not low <= value * name.factor <= high:
            found = f"`{key}` {value} outside {scale.name}"
            yield at.under(key).problem(found, f"{low:g} to {high:g}")


def _unlisted(at: Written, kind: str, found: str, file: str) -> Problem:
    hint = f"add a row to {TABLES}/{file} that says what it is; leave its kind out if it is comparable to nothing"
    return at.problem(f"{kind} `{found}` stands in no reviewed table", "words that a table makes comparable", hint)


def _of_tables(base: EvidenceBase, names: Names, reader: _Reader) -> Iterator[Problem]:
    """What the rows of the tables name elsewhere."""

    def rows(file: str, key: str = "name") -> Iterator[tuple[Written, Any]]:
        for number, row in enumerate(reader.rows[file, key]):
            yield Written(reader.documents[f"{TABLES}/{file}"], (key, number)), row

    for at, row in rows("responses.toml", "kind"):
        if row.judge not in JUDGES:
            yield at.under("judge").unknown("judge", row.judge, JUDGES)
    for at, row in rows("scales.toml"):
        yield from at.under("scale").named("scale", [row.scale], names)
    for file, kinds in (("responses.toml", base.response_kinds), ("harms.toml", base.harm_kinds)):
        for at, row in rows(file):
            if row.kind and row.kind not in kinds:
                yield at.under("kind").unknown("kind", row.kind, sorted(kinds))
    known = sorted((*base.protocol.adjuncts, VEHICLE, CARE, OTHER))
    for at, row in rows("agents.toml"):
        if row.is_a not in known:
            yield at.under("is_a").unknown("agent", row.is_a, known)


def _repeated(at: Written, rows: Sequence[Any], keys: Sequence[str]) -> Iterator[Problem]:
    """Rows that say the same thing of the same words: only the last would be heard."""
    seen: set[tuple[str, ...]] = set()
    for number, row in enumerate(rows):
        name = tuple(getattr(row, key) for key in keys)
        if name in seen:
            told = " of ".join(f"`{part}`" for part in reversed(name) if part)
            yield at.under(number, keys[0]).problem(f"{told} stands twice", "each once")
        seen.add(name)


def _twice(studies: Mapping[str, Study], documents: Mapping[str, Document]) -> Iterator[Problem]:
    """Two files for one publication would count its people twice."""
    for key in PUBLICATION_IDS:
        seen: dict[str, str] = {}
        for study in studies.values():
            value = getattr(study, key).strip().lower()
            if value and value in seen:
                at = Written(documents[f"{STUDIES}/{study.id}.toml"], (key,))
                found = f"{key} {value} is that of {STUDIES}/{seen[value]}.toml too"
                yield at.problem(found, "one file for one publication", "put both into one file, or mend the number")
            elif value:
                seen[value] = study.id
