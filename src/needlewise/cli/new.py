"""needlewise new: questions at the prompt, the most decisive first, into a case file."""

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import Any

from needlewise.cli.answering import answer_to
from needlewise.cli.dialogue import Dialogue, StopAsking
from needlewise.cli.exits import CannotWriteError
from needlewise.cli.inputs import add_day, protocol_of
from needlewise.cli.outputs import write_file, write_text
from needlewise.cli.wishes import ask_clinic, ask_concern, ask_plan
from needlewise.cli.wording import plural
from needlewise.clinical.case_reading import PATIENT
from needlewise.clinical.questions import DEVICES, SEVERITY
from needlewise.consultation import Consultation, consult, read_case
from needlewise.errors import CaseError
from needlewise.interop.case_toml import as_toml
from needlewise.knowledge import Protocol, Verdict

USUAL_NAME = "case.toml"
INTRODUCTION = "Answer with a number or a word. Enter: not known. `?`: why it is asked. `q`: stop and save."
HEAD = "A case, asked at the prompt on {on}. Answers that are not here are not known."


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, metavar="PATH", help=f"the file to write; {USUAL_NAME} unless one says so")
    add_day(parser, "the day of the consultation")


def run(options: argparse.Namespace) -> int:
    on = options.on or date.today()
    protocol = protocol_of(on)
    talk = Dialogue()
    talk.say(INTRODUCTION)
    interview = _Interview(protocol, on, talk)
    try:
        interview.hold()
    except StopAsking:
        talk.say("Stopped.")
    if not interview.tables["concern"]:
        talk.say("No goal was named, so there is nothing to save.")
        return 0
    _save(as_toml(interview.tables, HEAD.format(on=on)), options.out, talk)
    interview.sum_up()
    return 0


class _Interview:
    """The tables of the case as they grow."""

    def __init__(self, protocol: Protocol, on: date, talk: Dialogue) -> None:
        self.protocol = protocol
        self.on = on
        self.talk = talk
        self.tables: dict[str, Any] = {"patient": {}, "concern": [], "clinic": {}, "plan": {}, "facts": {}}
        # How marked it is and with which device is asked with the goal and the clinic: once is enough.
        self.asked: set[str] = {SEVERITY, DEVICES}
        self.fired: set[str] = set()

    def hold(self) -> None:
        """All questions, until none is open that was not asked."""
        while concern := ask_concern(self.protocol, self.talk, first=not self.tables["concern"]):
            self._keep("concern", [*self.tables["concern"], concern])
        self._keep("clinic", ask_clinic(self.protocol, self.talk))
        self._keep("plan", ask_plan(self.talk))
        while True:
            consultation = self.consultation()
            self._tell_what_fires(consultation)
            left = [question for question in consultation.questions if question.fact not in self.asked]
            if not left:
                return
            answer = answer_to(left[0], self.protocol, self.talk, len(left))
            if answer is None or self._keep_answer(left[0].fact, answer):
                # Once is enough, also where a day or a zone stays open.
                self.asked.add(left[0].fact)

    def consultation(self) -> Consultation:
        return consult(read_case(self.tables, self.protocol, self.on), self.protocol, self.on)

    def sum_up(self) -> None:
        """The verdict on what is known."""
        consultation = self.consultation()
        left = len(consultation.questions)
        self.talk.say(f"Verdict so far: {consultation.verdict.word}; {plural(left, 'question')} open.")

    def _tell_what_fires(self, consultation: Consultation) -> None:
        for reason in consultation.reasons:
            if reason.verdict is not Verdict.ASK and reason.rule not in self.fired:
                self.fired.add(reason.rule)
                self.talk.say(f"-> {reason.verdict.word}: {reason.title}", 2)

    def _keep_answer(self, fact: str, answer: Any) -> bool:
        written = next((key for key, answered in PATIENT.items() if answered == fact), None)
        table, key = ("patient", written) if written else ("facts", fact)
        return self._keep(table, {**self.tables[table], key: answer})

    def _keep(self, name: str, table: Any) -> bool:
        """Take a table over if the case can still be read with it; else say what is wrong."""
        tables = {**self.tables, name: table}
        try:
            read_case(tables, self.protocol, self.on)
        except CaseError as error:
            for problem in error.problems:
                self.talk.say(f"{problem.found}; expected {problem.expected}. {problem.hint}".strip(), 2)
            return False
        self.tables = tables
        return True


def _save(text: str, out: Path | None, talk: Dialogue) -> None:
    """Write the file. One that is there already is replaced only after a clear yes."""
    if str(out) == "-":
        write_text(text)
        return
    target = _target(out, talk)
    try:
        write_file(text.encode("utf-8"), target)
    except CannotWriteError:
        # What was answered is not thrown away.
        sys.stdout.write(text)
        raise
    talk.say(f"Wrote {target}. Next: `needlewise consult {target}`.")


def _target(out: Path | None, talk: Dialogue) -> Path:
    try:
        wanted = out or Path(talk.line(f"Save as ({USUAL_NAME}) > ") or USUAL_NAME)
        while wanted.exists():
            if talk.yes(f"{wanted} is there already. Replace it? (y/N) > "):
                return wanted
            name = talk.line("Another name > ")
            wanted = Path(name) if name else _free(wanted)
        return wanted
    except StopAsking:
        return _free(out or Path(USUAL_NAME))


def _free(path: Path) -> Path:
    """The path, or the next one beside it that is not taken."""
    number, found = 2, path
    while found.exists():
        found, number = path.with_stem(f"{path.stem}-{number}"), number + 1
    return found
