"""From the tables of a case to the form: the way back of `form_reading`."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from needlewise.knowledge import Fact, Kind, Protocol
from needlewise.web.pages.consultation.form_reading import DEVICE_FIGURES, HAPPENED, NEVER, PATIENT_KEYS, rule_of_letter
from needlewise.web.pages.consultation.sheet import Sheet

DAY_KEYS = ("on", "since", "last")


def sheet_from(tables: Mapping[str, Any], protocol: Protocol) -> Sheet:
    """The form as it stands when someone has answered a case. Names that no field has are left out."""
    sheet = Sheet()
    for number, concern in enumerate(tables.get("concern", ())):
        _fill_concern(sheet, number, concern, protocol)
    patient = tables.get("patient", {})
    answers = {
        **{fact: patient[key] for fact, key in PATIENT_KEYS.items() if key in patient},
        **tables.get("facts", {}),
    }
    for name, answer in answers.items():
        if name in protocol.facts:
            _fill_fact(sheet, protocol.facts[name], answer, protocol)
    _fill_clinic(sheet, tables.get("clinic", {}))
    _fill_plan(sheet, tables.get("plan", {}), protocol)
    _fill_decisions(sheet, tables, protocol)
    return sheet


def _text(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)


def _texts(values: Any) -> list[str]:
    return [_text(value) for value in (values if isinstance(values, list | tuple) else (values,)) if value is not None]


def _places(name: str, protocol: Protocol) -> list[str]:
    """A place is itself; a zone is both its sides; a region is all its places."""
    if name in protocol.places:
        return [name]
    return sorted(place.id for place in protocol.places.values() if name in (place.zone.id, place.zone.region))


def _fill_concern(sheet: Sheet, number: int, concern: Mapping[str, Any], protocol: Protocol) -> None:
    wish = (
        f"goal:{_goal(concern['goal'], protocol)}"
        if "goal" in concern
        else f"indication:{concern.get('indication', '')}"
    )
    sheet.put(f"c.{number}.wish", wish)
    sheet.put(f"c.{number}.severity", _text(concern.get("severity")))
    places = [place for name in concern.get("zones", ()) for place in _places(name, protocol)]
    sheet.put(f"c.{number}.zones", *dict.fromkeys(places))


def _goal(said: str, protocol: Protocol) -> str:
    """A goal may be named by its id or in its words."""
    goals = [goal for indication in protocol.indications.values() for goal in indication.goal]
    return next((goal.id for goal in goals if said.casefold() == goal.words.casefold()), said)


def _fill_fact(sheet: Sheet, fact: Fact, answer: Any, protocol: Protocol) -> None:
    entries = list(answer) if isinstance(answer, list | tuple) else [answer]
    somewhere = [entry for entry in entries if isinstance(entry, Mapping) and entry.get("where") is not None]
    everywhere = [entry for entry in entries if entry not in somewhere]
    first, more = everywhere[:1], everywhere[1:]
    for row, entry in [(0, entry) for entry in first] + list(enumerate((*somewhere, *more), start=1)):
        path = f"f.{fact.id}.{row}"
        _fill_row(sheet, fact, path, entry)
        here = [place for name in sheet.all(f"{path}.where") for place in _within(name, protocol)]
        sheet.put(f"{path}.where", *dict.fromkeys(here))


def _within(name: str, protocol: Protocol) -> list[str]:
    """The places of a zone; a region is asked about as a whole, so it stays one."""
    return _places(name, protocol) if name in protocol.zones else [name]


def _fill_row(sheet: Sheet, fact: Fact, path: str, entry: Any) -> None:
    if not isinstance(entry, Mapping):
        _fill_bare(sheet, fact, path, entry)
        return
    sheet.put(f"{path}.where", *_texts(entry.get("where")))
    sheet.put(f"{path}.on", *[_text(entry[key]) for key in DAY_KEYS if key in entry])
    if fact.kind is Kind.EVENT:
        sheet.put(f"{path}.status", HAPPENED)
        sheet.put(f"{path}.what", _text(entry.get("what")))
        sheet.put(f"{path}.depth", _text(entry.get("depth_mm")))
    elif fact.kind is Kind.MEASURE:
        sheet.put(f"{path}.value", _text(entry.get("value")))
    else:
        _fill_bare(sheet, fact, path, entry.get("status"))
        if "prescribed" in entry:
            sheet.put(f"{path}.prescribed", "yes" if entry["prescribed"] else "no")


def _fill_bare(sheet: Sheet, fact: Fact, path: str, entry: Any) -> None:
    if entry in ("unknown", "not-known"):
        return
    if fact.kind is Kind.MEASURE:
        sheet.put(f"{path}.value", _text(entry))
    elif fact.kind is Kind.EVENT:
        sheet.put(f"{path}.status", NEVER if entry == NEVER else HAPPENED)
        sheet.put(f"{path}.on", "" if entry == NEVER else _text(entry))
    elif isinstance(entry, bool):
        sheet.put(f"{path}.status", "yes" if entry else "no")
    else:
        sheet.put(f"{path}.status", _text(entry))


def _fill_clinic(sheet: Sheet, clinic: Mapping[str, Any]) -> None:
    rows = clinic.get("device", ())
    sheet.put("devices", *dict.fromkeys([*clinic.get("devices", ()), *(_text(row.get("id")) for row in rows)]))
    for row in rows:
        for key in DEVICE_FIGURES:
            sheet.put(f"d.{row.get('id')}.{key}", _text(row.get(key)))
    sheet.put("weekdays", *clinic.get("weekdays", ()))
    sheet.put("adopted", *clinic.get("adopted", ()))


def _fill_plan(sheet: Sheet, plan: Mapping[str, Any], protocol: Protocol) -> None:
    for key in ("start_on", "visit", "anaesthetic"):
        sheet.put(key, _text(plan.get(key)))
    sheet.put("adjuncts", *plan.get("adjuncts", ()))
    for name, depth in plan.get("requested", {}).items():
        for place in _places(name, protocol):
            sheet.put(f"depth.{place}.mm", _text(depth))
    _acknowledge(sheet, ({"rule": rule} for rule in plan.get("acknowledged", ())))


def _fill_decisions(sheet: Sheet, tables: Mapping[str, Any], protocol: Protocol) -> None:
    for row in tables.get("override", ()):
        for place in _places(_text(row.get("zone")), protocol):
            for key, name in (("depth_mm", "mm"), ("reason", "reason"), ("by", "by")):
                sheet.put(f"depth.{place}.{name}", _text(row.get(key)))
    for row in tables.get("clearance", ()):
        for name in dict.fromkeys(row.get("rules", ())):
            rule = protocol.rules.get(name)
            # The form has letters of the role that the rule asks for; any other changes nothing.
            if rule is not None and rule.clearance is not None and rule.clearance.role == row.get("role"):
                _fill_letter(sheet, rule.id, row, protocol)
    _acknowledge(sheet, tables.get("acknowledgement", ()))


def _fill_letter(sheet: Sheet, rule: str, row: Mapping[str, Any], protocol: Protocol) -> None:
    before = sum(rule_of_letter(name) == rule for name in sheet.heads("k"))
    path = f"k.{rule}~{before + 1}" if before else f"k.{rule}"
    for key in ("by", "on", "valid_until", "wait_days"):
        sheet.put(f"{path}.{key}", _text(row.get(key)))
    sheet.put(f"{path}.condition_met", "yes" if row.get("condition_met") else "")
    # A name that no zone has stays, so that it is refused: without it the letter would be for everywhere.
    places = [place for name in row.get("zones", ()) for place in _places(name, protocol) or [_text(name)]]
    sheet.put(f"{path}.zones", *dict.fromkeys(places))


def _acknowledge(sheet: Sheet, rows: Iterable[Mapping[str, Any]]) -> None:
    for row in rows:
        sheet.put(f"a.{row.get('rule')}.read", "yes")
        sheet.put(f"a.{row.get('rule')}.reason", _text(row.get("reason")))
