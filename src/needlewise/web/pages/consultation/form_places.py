"""Which field of the page a problem speaks of."""

from needlewise.errors import Problem
from needlewise.web.pages.consultation.considering import path_of
from needlewise.web.pages.consultation.form_reading import PATIENT_KEYS, Table, concern_tables
from needlewise.web.pages.consultation.sheet import Sheet

_FACT_OF = {key: fact for fact, key in PATIENT_KEYS.items()}


def element_of(problem: Problem, tables: Table, sheet: Sheet) -> str:
    """The id of the element that a problem belongs to; the form itself where no field is named."""
    match path_of(problem.where):
        case ["facts", str(name), *_]:
            return f"fact-{name}"
        case ["patient", str(key), *_]:
            return f"fact-{_FACT_OF.get(key, key)}"
        case ["concern", int(row), *_]:
            return f"concern-{_concern_number(row, sheet)}"
        case ["plan", "start_on" | "visit" | "anaesthetic" as key, *_]:
            return f"field-{key}"
        case ["plan", "requested", str(place), *_]:
            return f"depth-{place}"
        case ["clinic", "device", int(row), *_]:
            return f"device-{tables['clinic']['device'][row]['id']}"
        case ["clinic", *_]:
            return "clinic"
        case ["override", int(row), *_]:
            return f"depth-{tables['override'][row]['zone']}"
        case ["clearance", int(row), *_]:
            return f"clearance-{tables['clearance'][row]['rules'][0]}"
        case ["acknowledgement", int(row), *_]:
            return f"caution-{tables['acknowledgement'][row]['rule']}"
        case _:
            return "consultation"


def _concern_number(row: int, sheet: Sheet) -> int:
    """The number in the form of the `row`-th concern that is far enough said to be read."""
    said = [n for n, table in concern_tables(sheet) if table["zones"] and ("goal" in table or "indication" in table)]
    return said[row] if row < len(said) else 0
