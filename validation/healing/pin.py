"""Pin what libRoadRunner and COPASI make of an encoding of the equations that was written apart from ours.

./dev exec python validation/healing/pin.py needling_reference.xml

writes pinned.json beside this file: the quantities that the document holds, and its states on some days from both
simulators. The tests hold our form `twelve` to them and need the document no more.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import libsbml
from simulators import copasi, roadrunner, versions

HERE = Path(__file__).parent
# No day of a session: simulators differ in whether they tell what was before it or after.
DAYS = (1.0, 3.0, 7.0, 14.0, 27.0, 35.0, 60.0, 90.0, 120.0, 180.0, 270.0, 365.0)
SESSION_DAYS = (0.0, 28.0, 56.0, 84.0)
# Our states that the document has, and what it calls those that it calls otherwise.
STATES = ("B", "D", "N", "M1", "M2", "T", "F", "A", "C3", "Cn", "Cm", "E")
CALLED = {"Cn": "C1n", "Cm": "C1m"}
OPEN_AREA, INJURED = "ach", "phi"
# Numbers that the document writes into its formulas.
WRITTEN = {"xc": 0.05, "Ec": 1.3}


def pinned(path: Path) -> dict[str, Any]:
    """All that is kept of a document."""
    sbml = path.read_text(encoding="utf-8")
    names = [CALLED.get(name, name) for name in STATES]
    held = libsbml.readSBMLFromString(sbml).getModel()
    constants = [one for one in held.getListOfParameters() if one.getConstant() and one.isSetValue()]
    values = {one.getId(): one.getValue() for one in constants}
    return {
        "about": "Written by pin.py. Twelve states at the prior medians, four sessions with the usual roller.",
        "document": path.name,
        "versions": versions(),
        "session_days": SESSION_DAYS,
        "open_area": values.pop(OPEN_AREA),
        "injured": values.pop(INJURED),
        "parameters": values | WRITTEN,
        "days": DAYS,
        "states": STATES,
        "roadrunner": roadrunner(sbml, DAYS, names).tolist(),
        "copasi": copasi(sbml, DAYS, names).tolist(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("document", type=Path)
    text = json.dumps(pinned(parser.parse_args().document), indent=1)
    (HERE / "pinned.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
