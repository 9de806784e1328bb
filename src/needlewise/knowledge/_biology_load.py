"""Reading and checking what the model of healing reckons with: every fault is reported at once, with its file and line."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from math import inf, isfinite
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from needlewise.errors import KnowledgeError, Problem
from needlewise.knowledge import _check
from needlewise.knowledge._biology import (
    PER_NOTHING,
    PER_PEAK,
    PER_REST,
    Ageing,
    Between,
    Biology,
    Bound,
    DoseSpread,
    Figure,
    LayerRow,
    OwnFactor,
    Parameter,
    Posterior,
    Setting,
    Structure,
    UnknownAge,
)
from needlewise.knowledge._biology_told import (
    LOW,
    VERY_LOW,
    Doubt,
    LayerTop,
    Observable,
    ReadOff,
    Threshold,
)
from needlewise.knowledge._marks import fill_marks
from needlewise.knowledge._protocol import Protocol
from needlewise.knowledge._toml import Document, read
from needlewise.knowledge._written import Names, Written, by_place, names_of

HERE = Path(__file__).parent
FOLDER = "biology"
# Table -> its arrays -> what a row is, and the key that names it.
ROWS: dict[str, dict[str, tuple[type, str]]] = {
    "parameters.toml": {"parameter": (Parameter, "id")},
    "structures.toml": {"structure": (Structure, "id")},
    "patients.toml": {"between": (Between, "parameter"), "ageing": (Ageing, "")},
    "dose.toml": {"spread": (DoseSpread, "id")},
    "layers.toml": {"layers": (LayerRow, "id")},
    "bounds.toml": {"bound": (Bound, "id")},
    "figures.toml": {"setting": (Setting, "id"), "figure": (Figure, "id")},
    "reading.toml": {
        "observable": (Observable, "id"),
        "doubt": (Doubt, "id"),
        "threshold": (Threshold, "id"),
        "read_off": (ReadOff, "id"),
    },
}
SEXES = ("", "male", "female")
# One of each file, a table instead of rows.
ONE: dict[str, dict[str, type]] = {
    "figures.toml": {"own_factor": OwnFactor},
    "layers.toml": {"top": LayerTop},
    "patients.toml": {"unknown_age": UnknownAge},
}
# Written by `needlewise calibrate`, and missing before the first fit.
POSTERIOR, SAMPLE = "posterior.toml", "posterior.npz"
# Rows that the rooms above ask for by name.
NEEDED = {
    ("bounds.toml", "bound"): ("injured", "spacing", "sessions"),
    ("dose.toml", "spread"): ("depth-share", "halo", "width-share"),
    ("reading.toml", "threshold"): ("barrier-closed", "redness-over"),
}
# Every course is followed for so long.
LAST_READ_OFF_DAY = 364.0
GAIN = "-gain"
ABOVE_ZERO = (
    "median",
    "share",
    "factor",
    "values",
    "sd",
    "most",
    "least",
    "injured",
    "open_area",
    "epidermis_mm",
    "dermis_mm",
    "dermis_sd_mm",
    "level",
    "day",
    "from_day",
    "spacing_below_days",
    "from_mm",
    "from_years",
    "to_years",
)


def load_biology(protocol: Protocol, folder: Path | None = None) -> Biology:
    """All that the model of healing reckons with, checked.

    Parameters: `protocol`, whose sources the rows name; `folder`, another knowledge folder than the package's own.
    Raises `KnowledgeError` with every fault found: a value that cannot be, rows that stand twice, a quantity or a
    setting that nothing has, figures of unlike length.
    """
    reader = _Reader(folder or HERE, protocol)
    biology = reader.biology()
    reader.problems.extend(_of_names(biology, reader.documents))
    if reader.problems:
        raise KnowledgeError(sorted(reader.problems, key=by_place))
    return biology


class _Reader:
    """Collects documents and problems while the files are read."""

    def __init__(self, home: Path, protocol: Protocol) -> None:
        self.home = home
        self.protocol = protocol
        self.problems: list[Problem] = []
        self.documents: dict[str, Document] = {}
        names = names_of(protocol)
        for path in sorted((home / FOLDER).rglob("*.toml")):
            self._open(path, path.relative_to(home / FOLDER).as_posix(), names)
        for name in ROWS:
            if name not in self.documents and not any(
                one.where.startswith(f"{FOLDER}/{name}") for one in self.problems
            ):
                self.problems.append(Problem(f"{FOLDER}/{name}", "no such file", "a table that every model has"))

    def _open(self, path: Path, name: str, names: Names) -> None:
        found = read(path, f"{FOLDER}/{name}")
        if isinstance(found, Problem):
            self.problems.append(found)
        elif name == POSTERIOR:
            self.documents[name] = found
        elif name not in ROWS:
            self.problems.append(Problem(found.name, "a file that nothing reads", f"one of: {', '.join(ROWS)}"))
        else:
            self.problems.extend(fill_marks(found, self.protocol.sources, self.protocol.levels, names))
            self.documents[name] = found
            for unknown in sorted(found.data.keys() - ROWS[name].keys() - ONE.get(name, {}).keys()):
                expected = f"only {' and '.join(f'[[{key}]]' for key in ROWS[name])} rows"
                self.problems.append(Written(found, (unknown,)).problem(f"unknown key `{unknown}`", expected))

    def biology(self) -> Biology:
        rows = {key: self._rows(file, key) for file, keys in ROWS.items() for key in keys}
        return Biology(
            digest=self._digest(),
            protocol=self.protocol,
            parameters=rows["parameter"],
            structures=rows["structure"],
            between=rows["between"],
            ageing=tuple(rows["ageing"].values()),
            unknown_age=self._one("patients.toml", "unknown_age"),
            dose=rows["spread"],
            layers=rows["layers"],
            bounds=rows["bound"],
            settings=rows["setting"],
            figures=rows["figure"],
            own_factor=self._one("figures.toml", "own_factor"),
            posterior=self._posterior(),
            top=self._one("layers.toml", "top"),
            observables=rows["observable"],
            doubts=rows["doubt"],
            thresholds=rows["threshold"],
            read_offs=rows["read_off"],
        )

    def _rows(self, file: str, key: str) -> dict[str, Any]:
        document = self.documents.get(file)
        if document is None:
            return {}
        kind, name = ROWS[file][key]
        adapter: TypeAdapter[tuple[Any, ...]] = TypeAdapter(tuple[kind, ...])  # type: ignore[valid-type]
        try:
            rows = adapter.validate_json(json.dumps(document.data.get(key, []), default=str))
        except ValidationError as fault:
            self.problems.extend(_check.as_problem(document, error, (key,)) for error in fault.errors())
            return {}
        found: dict[str, Any] = {}
        for number, row in enumerate(rows):
            at, slug = Written(document, (key, number)), getattr(row, name) if name else str(number)
            if slug in found:
                self.problems.append(at.under(name).problem(f"`{slug}` stands twice", "each once"))
            found[slug] = row
            self.problems.extend(_of_numbers(row, at))
        for wanted in NEEDED.get((file, key), ()):
            if wanted not in found:
                self.problems.append(Written(document).problem(f"no [[{key}]] `{wanted}`", "one of each"))
        return found

    def _one(self, file: str, key: str) -> Any:
        document = self.documents.get(file)
        if document is None:
            return None
        try:
            found: Any = TypeAdapter(ONE[file][key]).validate_json(json.dumps(document.data.get(key, {}), default=str))
        except ValidationError as fault:
            self.problems.extend(_check.as_problem(document, error, (key,)) for error in fault.errors())
            return None
        self.problems.extend(_of_numbers(found, Written(document, (key,))))
        return found

    def _posterior(self) -> Posterior | None:
        document = self.documents.get(POSTERIOR)
        if document is None:
            return None
        hint = "run `needlewise calibrate --write` again, or take both files from one release"
        try:
            found = TypeAdapter(Posterior).validate_json(document.as_json())
            sample = (self.home / FOLDER / SAMPLE).read_bytes()
        except ValidationError as fault:
            self.problems.extend(_check.as_problem(document, error) for error in fault.errors())
            return None
        except OSError as fault:
            reason = (fault.strerror or "cannot be read").lower()
            self.problems.append(Problem(f"{FOLDER}/{SAMPLE}", reason, f"the sample that {POSTERIOR} tells of", hint))
            return None
        if hashlib.sha256(sample).hexdigest() != found.digest:
            expected = f"the file that {POSTERIOR} was written with"
            self.problems.append(Problem(f"{FOLDER}/{SAMPLE}", "another file than was fitted", expected, hint))
        return replace(found, sample=sample)

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for name, document in self.documents.items():
            digest.update(f"{name}\0{len(document.raw)}\0".encode())
            digest.update(document.raw)
        return digest.hexdigest()[:16]


def _of_numbers(row: Any, at: Written) -> Iterator[Problem]:
    """Numbers that no quantity of a body can have."""
    for key in (*ABOVE_ZERO, "log_sd"):
        value = getattr(row, key, None)
        for one in value if isinstance(value, tuple) else () if value is None else (value,):
            if not (isfinite(one) and one >= 0):
                yield at.under(key).problem(f"`{key}` is {one:g}", "a finite number, 0 or more")
    if isinstance(row, ReadOff) and row.day > LAST_READ_OFF_DAY:
        yield at.under("day").problem(
            f"day {row.day:g}", f"day {LAST_READ_OFF_DAY:g} at the latest, the end of a course"
        )
    if isinstance(row, Ageing | UnknownAge) and not row.from_years < row.to_years:
        yield at.under("to_years").problem(f"to {row.to_years:g} years", f"later than {row.from_years:g}")
    if isinstance(row, DoseSpread) and not row.least < row.median <= row.most:
        yield at.under("median").problem(f"median {row.median:g}", f"between {row.least:g} and {row.most:g}")
    if isinstance(row, Parameter) and row.log_sd > 0 and row.median <= 0:
        yield at.under("median").problem(f"median {row.median:g} with a spread", "above 0, or no `log_sd`")
    if isinstance(row, Bound) and row.least is None and row.most is None:
        yield at.problem("a bound without a number", "`least` or `most`")
    if isinstance(row, Observable) and row.certainty not in (LOW, VERY_LOW):
        yield at.under("certainty").problem(f"certainty `{row.certainty}`", f"{LOW} or {VERY_LOW}")
    if isinstance(row, Doubt) and row.from_day is None and row.spacing_below_days is None:
        yield at.problem("a doubt that never holds", "`from_day` or `spacing_below_days`")
    if isinstance(row, Figure):
        yield from _of_figure(row, at)
    if isinstance(row, Setting) and row.whole_wound == bool(row.session_days):
        yield at.problem("a setting that is neither", "`whole_wound = true`, or `session_days`")


def _of_figure(row: Figure, at: Written) -> Iterator[Problem]:
    if not len(row.days) == len(row.values) == len(row.sd) or not row.days:
        yield at.problem("days, values and sd are of unlike length", "one value and one sd for each day")
    if any(sd == 0 for sd in row.sd):
        yield at.under("sd").problem("an error of nothing", "above 0")
    if list(row.days) != sorted(set(row.days)) or any(day < 0 for day in row.days):
        yield at.under("days").problem("days out of order", "from 0 on, each later than the one before")
    if row.per not in (PER_REST, PER_PEAK, PER_NOTHING) and not row.per.isdigit():
        yield at.under("per").problem(
            f"per `{row.per}`", f"{PER_REST}, {PER_PEAK}, {PER_NOTHING}, or a day as a number"
        )


_NAMING_QUANTITIES = (
    ("structures.toml", "structure", "fixed"),
    ("patients.toml", "ageing", "parameters"),
    ("reading.toml", "observable", "decided_by"),
    ("reading.toml", "doubt", "decided_by"),
)


def _of_names(biology: Biology, documents: Mapping[str, Document]) -> Iterator[Problem]:
    """What one row names in another file."""
    for file, key, name in _NAMING_QUANTITIES:
        for number, row in enumerate(_written(documents, file, key)):
            at = Written(documents[file], (key, number, name))
            yield from _known("quantity", row.get(name, ()), biology.parameters, at)
    for key, name in (("doubt", "observables"), ("threshold", "observable")):
        for number, row in enumerate(_written(documents, "reading.toml", key)):
            named = row.get(name, ())
            at = Written(documents["reading.toml"], (key, number, name))
            yield from _known("observable", [named] if isinstance(named, str) else named, biology.observables, at)
    for number, row in enumerate(_written(documents, "structures.toml", "structure")):
        at = Written(documents["structures.toml"], ("structure", number, "fixed"))
        for slug, value in row.get("fixed", {}).items():
            if not (isinstance(value, float | int) and 0 <= value <= inf):
                yield at.under(slug).problem(f"`{slug}` is {value}", "0 or more; `inf` takes its effect away")
    for number, row in enumerate(_written(documents, "patients.toml", "between")):
        at = Written(documents["patients.toml"], ("between", number, "parameter"))
        yield from _known("quantity", [row.get("parameter")], biology.parameters, at)
    for number, row in enumerate(_written(documents, "figures.toml", "figure")):
        at = Written(documents["figures.toml"], ("figure", number))
        yield from _known("setting", [row.get("setting")], biology.settings, at.under("setting"))
        seen = str(row.get("observable")).removesuffix(GAIN)
        yield from _known("observable", [seen], biology.observables, at.under("observable"))
    if biology.layers:
        yield from _of_layers(biology.layers, documents["layers.toml"], biology.protocol.zones)
    if biology.structures and not any(one.share > 0 for one in biology.structures.values()):
        yield Written(documents["structures.toml"]).problem("no form has a share", "a share above 0 for one at least")


def _of_layers(rows: Mapping[str, LayerRow], document: Document, zones: Collection[str]) -> Iterator[Problem]:
    """Each zone named has one row for each sex, and one row is there for every other zone."""
    sexes_of: dict[str, list[str]] = {}
    for number, row in enumerate(rows.values()):
        at = Written(document, ("layers", number))
        if row.sex not in SEXES:
            yield at.under("sex").problem(f"sex `{row.sex}`", "male, female, or none for both")
        if row.every_other == bool(row.zones):
            yield at.problem("a row for no zone, or for some and every other", "`zones`, or `every_other = true`")
        if row.dermis_mm <= 0:
            yield at.under("dermis_mm").problem(f"a dermis of {row.dermis_mm:g} mm", "above 0")
        for zone in (*row.zones, *row.lent_to):
            sexes_of.setdefault(zone, []).append(row.sex)
    whole = Written(document)
    yield from (whole.unknown("zone", zone, zones) for zone in sexes_of if zones and zone not in zones)
    for zone, sexes in sexes_of.items():
        if sorted(sexes) not in ([""], ["female", "male"]):
            yield whole.problem(f"`{zone}` has {len(sexes)} rows", "one for each sex, or one for both")
    if sum(row.every_other for row in rows.values()) != 1:
        yield whole.problem("not one row for every other zone", "`every_other = true` in one row")


def _written(documents: Mapping[str, Document], file: str, key: str) -> Iterable[dict[str, Any]]:
    document = documents.get(file)
    return () if document is None else (row for row in document.data.get(key, ()) if isinstance(row, dict))


def _known(kind: str, found: Iterable[Any], known: Mapping[str, Any], at: Written) -> Iterator[Problem]:
    if known:
        yield from (at.unknown(kind, str(one), known) for one in found if str(one) not in known)
