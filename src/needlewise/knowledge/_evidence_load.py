"""Reading and checking the evidence: every fault is reported at once, with its file and line."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from needlewise.errors import KnowledgeError, Problem
from needlewise.knowledge import _check
from needlewise.knowledge._evidence import CARE, VEHICLE, EvidenceBase
from needlewise.knowledge._forecasting import Distance, Judgement, PersonSpread, Reckoning, Spread, Threshold
from needlewise.knowledge._forecasting_check import reckoning_problems
from needlewise.knowledge._normalising import AgentName, HarmKind, HarmName, ResponseKind, ResponseName, ScaleName
from needlewise.knowledge._protocol import Protocol
from needlewise.knowledge._studies import Outcome, Study
from needlewise.knowledge._study_check import study_problems
from needlewise.knowledge._toml import Document, read
from needlewise.knowledge._written import Names, Written, names_of

HERE = Path(__file__).parent
STUDIES, TABLES = "studies", "evidence"
# What a comparable study must hold; anything else in these folders is read by nobody.
PUBLICATION_IDS = ("doi", "pmid", "pmcid")
OTHER = "other"

T = TypeVar("T")


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
    reader.problems.extend(_of_tables(base, names, reader.documents))
    reader.problems.extend(reckoning_problems(base, names, reader.documents))
    reader.problems.extend(_twice(base.studies, reader.documents))
    if reader.problems:
        raise KnowledgeError(sorted(reader.problems, key=lambda one: one.where))
    return base


class _Reader:
    """Collects documents and problems while the files are read."""

    def __init__(self, home: Path) -> None:
        self.problems: list[Problem] = []
        self.documents: dict[str, Document] = {}
        paths = sorted((*home.glob(f"{STUDIES}/*.toml"), *home.glob(f"{TABLES}/*.toml")))
        for path in paths:
            name = path.relative_to(home).as_posix()
            found = read(path, name)
            if isinstance(found, Problem):
                self.problems.append(found)
            else:
                self.documents[name] = found

    def base(self, protocol: Protocol) -> EvidenceBase:
        scales = self._rows("scales.toml", "name", ScaleName)
        by_spelling: dict[str, tuple[ScaleName, ...]] = {}
        for row in scales:
            by_spelling[row.spelling] = (*by_spelling.get(row.spelling, ()), row)
        return EvidenceBase(
            digest=self._digest(),
            protocol=protocol,
            studies=self._studies(),
            scale_names=by_spelling,
            response_kinds={row.id: row for row in self._rows("responses.toml", "kind", ResponseKind)},
            response_names={row.definition: row for row in self._rows("responses.toml", "name", ResponseName)},
            harm_kinds={row.id: row for row in self._rows("harms.toml", "kind", HarmKind)},
            harm_names={row.event: row for row in self._rows("harms.toml", "name", HarmName)},
            agents={row.printed: row for row in self._rows("agents.toml", "name", AgentName)},
            reckoning=self._reckoning(),
        )

    def _reckoning(self) -> Reckoning:
        forecast, certainty = "forecast.toml", "certainty.toml"
        thresholds = {
            row.id: row.value for file in (forecast, certainty) for row in self._rows(file, "threshold", Threshold)
        }
        return Reckoning(
            thresholds=thresholds,
            spreads={row.of: row for row in self._rows(forecast, "spread", Spread)},
            people={row.scale: row for row in self._rows(forecast, "person", PersonSpread)},
            distances={row.of: row for row in self._rows(forecast, "distance", Distance)},
            judgements=self._rows(certainty, "judgement", Judgement),
        )

    def _studies(self) -> dict[str, Study]:
        adapter = TypeAdapter(Study)
        found: dict[str, Study] = {}
        for document in self.documents.values():
            if document.name.startswith(f"{STUDIES}/"):
                slug = document.name.removeprefix(f"{STUDIES}/").removesuffix(".toml")
                try:
                    found[slug] = adapter.validate_json(document.as_json({"id": slug}))
                except ValidationError as fault:
                    self.problems.extend(_check.as_problem(document, error) for error in fault.errors())
        return found

    def _rows(self, file: str, key: str, kind: type[T]) -> tuple[T, ...]:
        document = self.documents.get(f"{TABLES}/{file}")
        if document is None:
            if not any(problem.where.startswith(f"{TABLES}/{file}") for problem in self.problems):
                self.problems.append(Problem(f"{TABLES}/{file}", "no such file", "a table that every base has"))
            return ()
        adapter: TypeAdapter[tuple[T, ...]] = TypeAdapter(tuple[kind, ...])  # type: ignore[valid-type]
        try:
            return adapter.validate_json(json.dumps(document.data.get(key, []), default=str))
        except ValidationError as fault:
            self.problems.extend(_check.as_problem(document, error, (key,)) for error in fault.errors())
            return ()

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for name, document in self.documents.items():
            digest.update(f"{name}\0{len(document.raw)}\0".encode())
            digest.update(document.raw)
        return digest.hexdigest()[:16]


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


def _of_tables(base: EvidenceBase, names: Names, documents: Mapping[str, Document]) -> Iterator[Problem]:
    def rows(file: str) -> tuple[Written, list[dict[str, Any]]]:
        document = documents.get(f"{TABLES}/{file}")
        found = document.data.get("name", []) if document else []
        return Written(document or Document(file, b"", {}), ("name",)), found

    at, found = rows("scales.toml")
    for number, row in enumerate(found):
        yield from at.under(number, "scale").named("scale", [str(row.get("scale", ""))], names)
    at, found = rows("responses.toml")
    yield from _kinds(at, found, base.response_kinds, "definition")
    at, found = rows("harms.toml")
    yield from _kinds(at, found, base.harm_kinds, "event")
    at, found = rows("agents.toml")
    yield from _repeated(at, found, "printed")
    known = sorted((*base.protocol.adjuncts, VEHICLE, CARE, OTHER))
    for number, row in enumerate(found):
        if row.get("is_a") not in known:
            yield at.under(number, "is_a").unknown("agent", str(row.get("is_a")), known)


def _kinds(at: Written, rows: list[dict[str, Any]], kinds: Iterable[str], key: str) -> Iterator[Problem]:
    yield from _repeated(at, rows, key)
    for number, row in enumerate(rows):
        kind = str(row.get("kind", ""))
        if kind and kind not in kinds:
            yield at.under(number, "kind").unknown("kind", kind, sorted(kinds))


def _repeated(at: Written, rows: list[dict[str, Any]], key: str) -> Iterator[Problem]:
    seen: set[Any] = set()
    for number, row in enumerate(rows):
        if row.get(key) in seen:
            yield at.under(number, key).problem(f"`{row.get(key)}` stands twice", "each once")
        seen.add(row.get(key))


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
