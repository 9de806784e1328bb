"""From a parsed case file to a `Case`: every table and key checked, every problem reported."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from needlewise.clinical.answers import UNKNOWN_WORDS, Reader, inside, shown
from needlewise.clinical.case import (
    ANAESTHETICS,
    VISIT_KINDS,
    WEEKDAYS,
    Acknowledgement,
    Case,
    Clearance,
    Clinic,
    ClinicDevice,
    Concern,
    Override,
)
from needlewise.clinical.contradictions import contradictions
from needlewise.clinical.letter_reading import CLEARANCE_KEYS, letter_days, zones_named
from needlewise.errors import CaseError, Problem
from needlewise.knowledge import Answer, Indication, Protocol

TABLES = ("patient", "concern", "facts", "clinic", "plan", "override", "clearance", "acknowledgement")
MOST_CONCERNS = 12
OLDEST_YEARS = 120
# A plan that would start later than this is a slip of the pen: it would be screened anew anyway.
LATEST_START_DAYS = 731
# What [patient] says of the person, and the fact it answers.
PATIENT = {"born": "birth-date", "sex": "sex", "phototype": "phototype"}


def case_from(data: Mapping[str, Any], protocol: Protocol, on: date) -> Case:
    """A case from its parsed file.

    Raises `CaseError` with every problem found: unknown or misspelt names, wrong types, impossible or contradictory
    values. Nothing is guessed and nothing is dropped.
    """
    reader = _CaseReader(protocol, on)
    case = reader.case(data)
    if problems := reader.problems or list(contradictions(case, protocol, on)):
        raise CaseError(problems)
    return case


class _CaseReader:
    """Reads one table of the file per method."""

    def __init__(self, protocol: Protocol, on: date) -> None:
        self.protocol = protocol
        self.on = on
        self.answers = Reader(protocol, on)
        self.wished: frozenset[str] | None = None

    @property
    def problems(self) -> list[Problem]:
        return self.answers.problems

    def case(self, data: Mapping[str, Any]) -> Case:
        self._keys(data, TABLES, "")
        patient = self._table(data, "patient", (*PATIENT, "name"))
        if "name" in patient:
            self._optional_text(patient, "name", "patient")
        plan = self._table(data, "plan", ("start_on", "visit", "anaesthetic", "adjuncts", "requested", "acknowledged"))
        before = len(self.problems)
        concerns = tuple(self._concerns(data))
        if len(self.problems) == before:
            self.wished = frozenset(place for concern in concerns for place in concern.places)
        answers = self._answers(data, patient)
        born = next((answer.on for answer in answers.get("birth-date", ())), None)
        return Case(
            concerns=concerns,
            answers=answers,
            born=born,
            clinic=self._clinic(data),
            start_on=self._start_on(plan),
            visit=self._one_of(plan, "visit", VISIT_KINDS, "first"),
            anaesthetic=self._one_of(plan, "anaesthetic", ANAESTHETICS, "none"),
            adjuncts=self._names(plan.get("adjuncts", ()), "plan.adjuncts", "adjunct", self.protocol.adjuncts),
            requested_mm=self._requested(plan),
            overrides=tuple(self._overrides(data)),
            clearances=tuple(self._clearances(data)),
            acknowledgements=tuple(self._acknowledgements(data, plan)),
        )

    def _answers(self, data: Mapping[str, Any], patient: Mapping[str, Any]) -> dict[str, tuple[Answer, ...]]:
        facts = dict(self._table(data, "facts", None))
        written = {}
        for key, fact in PATIENT.items():
            if key in patient:
                if fact in facts:
                    self._problem(f"facts.{fact}", f"said twice: also as patient.{key}", "once")
                facts[fact] = patient[key]
                written[fact] = f"patient.{key}"
        born = facts.get("birth-date")
        if isinstance(born, str) and born not in UNKNOWN_WORDS and len(born) < len("2000-01-01"):
            where = written.get("birth-date", "facts.birth-date")
            self._problem(where, shown(born), "the whole date of birth", "age decides; leave it out if not known")
            facts.pop("birth-date")
        answers = self.answers.read(facts, written)
        self._check_birth(answers, written.get("birth-date", "facts.birth-date"))
        return answers

    def _check_birth(self, answers: Mapping[str, tuple[Answer, ...]], where: str) -> None:
        known = answers.get("birth-date", ())
        born = next((answer.on for answer in known), None)
        if len(known) > 1 or (known and born is None):
            self._problem(where, "not one day", "the date of birth, such as 1990-02-03")
        if born is None:
            return
        if self.on.year - born.year > OLDEST_YEARS:
            self._problem(where, f"{born} makes a person of over {OLDEST_YEARS} years", "a later year")
        for name, given in answers.items():
            for answer in given:
                if answer.on is not None and answer.on < born:
                    found = f"{answer.on} lies before the birth, {born} ({where})"
                    self._problem(f"facts.{name}", found, "a later day, or an earlier birth")

    def _concerns(self, data: Mapping[str, Any]) -> Iterator[Concern]:
        rows = self._rows(data, "concern")
        if not data.get("concern"):
            self._problem("concern", "no concern", "at least one [[concern]] with a goal or indication, and zones")
        if len(rows) > MOST_CONCERNS:
            self._problem("concern", f"{len(rows)} concerns", f"at most {MOST_CONCERNS}")
        seen: set[str] = set()
        for number, row in enumerate(rows):
            concern = self._concern(row, f"concern[{number}]")
            if concern is not None:
                if concern.id in seen:
                    self._problem(
                        f"concern[{number}]",
                        f"`{concern.indication}` stands twice",
                        "one concern with all zones",
                    )
                seen.add(concern.id)
                yield concern

    def _concern(self, row: Mapping[str, Any], where: str) -> Concern | None:
        self._keys(row, ("goal", "indication", "severity", "zones"), where)
        indication, goal = self._indication(row, where)
        places = self._places(row.get("zones"), f"{where}.zones")
        if indication is None:
            return None
        severity = self._severity(row, indication, where)
        return Concern(indication.id, indication.id, severity, places, goal)

    def _indication(self, row: Mapping[str, Any], where: str) -> tuple[Indication | None, str]:
        goals = {goal.id: (goal, of) for of in self.protocol.indications.values() for goal in of.goal}
        by_words = {goal.words.casefold(): goal.id for goal, _ in goals.values()}
        named, wish = row.get("indication"), row.get("goal")
        if named is None and wish is None:
            self._problem(
                where,
                "neither goal nor indication",
                "one of them",
                "`needlewise facts --goals` lists the goals",
            )
            return None, ""
        goal_id = ""
        indication = None
        if wish is not None:
            text = wish if isinstance(wish, str) else ""
            goal_id = text if text in goals else by_words.get(text.casefold(), "")
            if not goal_id:
                self.answers.unknown(f"{where}.goal", "goal", wish, [*goals, *by_words])
            else:
                indication = goals[goal_id][1]
        if named is not None:
            if not isinstance(named, str) or named not in self.protocol.indications:
                self.answers.unknown(f"{where}.indication", "indication", named, self.protocol.indications)
            elif indication is not None and indication.id != named:
                self._problem(
                    f"{where}.goal", f"goal `{wish}` belongs to `{indication.id}`, not to `{named}`", "one of the two"
                )
            else:
                indication = self.protocol.indications[named]
        return indication, goal_id

    def _severity(self, row: Mapping[str, Any], indication: Indication, where: str) -> str:
        choices = list(indication.sessions) or ["any"]
        severity = row.get("severity", choices[0] if len(choices) == 1 else None)
        if severity is None:
            # The most sessions of the choices are planned until it is known; the question is asked by the plan.
            return ""
        if severity not in choices:
            self.answers.unknown(f"{where}.severity", "severity", severity, choices)
            return ""
        return str(severity)

    def _places(self, value: Any, where: str) -> tuple[str, ...]:
        if not value or not isinstance(value, list | tuple):
            self._problem(
                where,
                "no zones" if value is None else shown(value),
                'a list of zones, such as ["cheek", "temple-left"]',
            )
            return ()
        found: list[str] = []
        for name in value:
            known = isinstance(name, str) and (name in self.protocol.zones or name in self.protocol.places)
            here = sorted(self.answers.expand(name)) if known else []
            if not here:
                self.answers.unknown(where, "zone", name, [*self.protocol.zones, *self.protocol.places])
            found.extend(here)
        return tuple(dict.fromkeys(found))

    def _clinic(self, data: Mapping[str, Any]) -> Clinic:
        table = self._table(data, "clinic", ("devices", "weekdays", "adopted", "device"))
        named = self._names(table.get("devices", ()), "clinic.devices", "device", self.protocol.devices)
        devices = {name: ClinicDevice(name) for name in named}
        for number, row in enumerate(self._rows(table, "device", "clinic.")):
            device = self._device(row, f"clinic.device[{number}]")
            if device is not None:
                # Named here and there, it is one device: a name alone says nothing against the figures.
                bare = ClinicDevice(device.id)
                known = devices.get(device.id, bare)
                if bare not in (known, device) and known != device:
                    where = f"clinic.device[{number}].id"
                    self._problem(where, f"`{device.id}` stands twice, with different figures", "once")
                devices[device.id] = device if known == bare else known
        days = self._names(table.get("weekdays", ()), "clinic.weekdays", "weekday", WEEKDAYS)
        adopted = self._names(table.get("adopted", ()), "clinic.adopted", "zone", self.protocol.zones)
        return Clinic(tuple(devices.values()), frozenset(map(WEEKDAYS.index, days)), frozenset(adopted))

    def _device(self, row: Mapping[str, Any], where: str) -> ClinicDevice | None:
        numbers = {
            "needle_diameter_mm": (0.02, 1.0),
            "strokes_per_second": (1, 500),
            "glide_mm_per_second": (0.5, 200),
            "swept_width_mm": (1, 50),
        }
        self._keys(row, ("id", "needle_count", *numbers), where)
        names = self._names([row.get("id")], f"{where}.id", "device", self.protocol.devices)
        if not names:
            return None
        values = {key: self._number(row, key, low, high, where) for key, (low, high) in numbers.items()}
        count = self._whole(row, "needle_count", 1, 300, where)
        return ClinicDevice(names[0], count, **values)

    def _start_on(self, plan: Mapping[str, Any]) -> date | None:
        if "start_on" not in plan:
            return None
        day = self.answers.day(plan["start_on"], "plan.start_on", ahead=True)
        if day is not None and day < self.on:
            self._problem("plan.start_on", f"{day} lies before the consultation, {self.on}", "that day or a later one")
            return None
        if day is not None and (day - self.on).days > LATEST_START_DAYS:
            self._problem("plan.start_on", f"{day} lies over two years ahead", "a day within two years")
            return None
        return day

    def _requested(self, plan: Mapping[str, Any]) -> dict[str, float]:
        table = plan.get("requested", {})
        if not isinstance(table, Mapping):
            self._problem("plan.requested", shown(table), "a table of zone = depth in mm")
            return {}
        found: dict[str, float] = {}
        for name in table:
            places = self._planned([name], inside("plan.requested", name))
            depth = self._number(table, name, 0.05, 5, "plan.requested")
            if depth is not None:
                found.update(dict.fromkeys(places, depth))
        return found

    def _overrides(self, data: Mapping[str, Any]) -> Iterator[Override]:
        for number, row in enumerate(self._rows(data, "override")):
            where = f"override[{number}]"
            self._keys(row, ("zone", "depth_mm", "reason", "by"), where)
            reason = self._text(row, "reason", where, needed="the practitioner's reason, in words")
            depth = self._number(row, "depth_mm", 0.05, 5, where, needed=True)
            by = self._optional_text(row, "by", where)
            for place in self._planned([row.get("zone")], f"{where}.zone"):
                if depth is not None and reason:
                    yield Override(place, depth, reason, by)

    def _clearances(self, data: Mapping[str, Any]) -> Iterator[Clearance]:
        for number, row in enumerate(self._rows(data, "clearance")):
            where = f"clearance[{number}]"
            self._keys(row, CLEARANCE_KEYS, where)
            roles = self._names([row.get("role")], f"{where}.role", "role", self.protocol.roles)
            rules = self._names(row.get("rules", ()), f"{where}.rules", "rule", self.protocol.rules)
            by = self._text(row, "by", where, needed="who gave it")
            on, until = letter_days(row, where, self.answers)
            wait = self._whole(row, "wait_days", 0, 3650, where)
            met = row.get("condition_met", False)
            if not isinstance(met, bool):
                self._problem(f"{where}.condition_met", shown(met), "true or false")
            if not rules:
                self._problem(f"{where}.rules", "no rule named", "the rules that it speaks of")
            named = (self.protocol.rules[name] for name in rules)
            zones = zones_named(row, named, f"{where}.zones", self.answers)
            places = dict.fromkeys(
                place for zone in zones for place in self._planned([zone], f"{where}.zones", whole=True)
            )
            if roles and rules and by and on:
                yield Clearance(roles[0], rules, by, on, until, met is True, wait, tuple(places))

    def _acknowledgements(self, data: Mapping[str, Any], plan: Mapping[str, Any]) -> Iterator[Acknowledgement]:
        for name in self._names(plan.get("acknowledged", ()), "plan.acknowledged", "rule", self.protocol.rules):
            yield Acknowledgement(name)
        for number, row in enumerate(self._rows(data, "acknowledgement")):
            where = f"acknowledgement[{number}]"
            self._keys(row, ("rule", "reason"), where)
            reason = self._optional_text(row, "reason", where)
            for name in self._names([row.get("rule")], f"{where}.rule", "rule", self.protocol.rules):
                yield Acknowledgement(name, reason)

    def _problem(self, where: str, found: str, expected: str = "", hint: str = "") -> None:
        self.answers.problem(where, found, expected, hint)

    def _keys(self, table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
        for key in table:
            if key not in known:
                self.answers.unknown(inside(where, key), "key", key, known)

    def _table(self, data: Mapping[str, Any], name: str, keys: tuple[str, ...] | None) -> Mapping[str, Any]:
        table = data.get(name, {})
        if not isinstance(table, Mapping):
            self._problem(name, shown(table), f"a table, written [{name}]")
            return {}
        if keys is not None:
            self._keys(table, keys, name)
        return table

    def _rows(self, data: Mapping[str, Any], name: str, prefix: str = "") -> list[Mapping[str, Any]]:
        rows = data.get(name, [])
        if not isinstance(rows, list | tuple) or not all(isinstance(row, Mapping) for row in rows):
            self._problem(f"{prefix}{name}", shown(rows), f"tables written [[{prefix}{name}]]")
            return []
        return list(rows)

    def _names(self, value: Any, where: str, kind: str, known: Any) -> tuple[str, ...]:
        if not isinstance(value, list | tuple):
            self._problem(where, shown(value), f'a list, such as ["{next(iter(known), "")}"]')
            return ()
        for name in value:
            if not isinstance(name, str) or name not in known:
                self.answers.unknown(where, kind, name, known)
        return tuple(dict.fromkeys(name for name in value if isinstance(name, str) and name in known))

    def _planned(self, value: Any, where: str, *, whole: bool = False) -> tuple[str, ...]:
        """Places that some concern wishes for: a word about any other would be lost. `whole`: a word about a place
        speaks of its parts too."""
        places = self._places(value, where)
        wished = self.wished or frozenset()
        if whole:
            wished = frozenset(name for place in wished for name in self.protocol.places[place].within)
        if self.wished is not None and places and wished.isdisjoint(places):
            self._problem(where, f"no concern wishes for {shown(value[0])}", "a zone of one of the concerns")
        return places

    def _one_of(self, table: Mapping[str, Any], key: str, known: tuple[str, ...], default: str) -> str:
        value = table.get(key, default)
        if value not in known:
            self.answers.unknown(f"plan.{key}", key, value, known)
            return default
        return str(value)

    def _number(
        self, table: Mapping[str, Any], key: str, low: float, high: float, where: str, *, needed: bool = False
    ) -> float | None:
        value = table.get(key)
        if value is None and not needed:
            return None
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not low <= value <= high:  # type: ignore[operator]
            found = "nothing" if value is None else shown(value)
            self._problem(inside(where, key), found, f"a number from {low:g} to {high:g}")
            return None
        return float(value)  # type: ignore[arg-type]

    def _whole(self, table: Mapping[str, Any], key: str, low: int, high: int, where: str) -> int | None:
        value = self._number(table, key, low, high, where)
        if value is not None and value != int(value):
            self._problem(f"{where}.{key}", shown(value), f"a whole number from {low} to {high}")
        return None if value is None else int(value)

    def _text(self, row: Mapping[str, Any], key: str, where: str, *, needed: str) -> str:
        value = row.get(key)
        if not isinstance(value, str) or not value.strip():
            self._problem(f"{where}.{key}", "nothing" if value in (None, "") else shown(value), needed)
            return ""
        return value.strip()

    def _optional_text(self, row: Mapping[str, Any], key: str, where: str) -> str:
        value = row.get(key, "")
        if not isinstance(value, str):
            self._problem(f"{where}.{key}", shown(value), "words between quotation marks")
            return ""
        return value.strip()
