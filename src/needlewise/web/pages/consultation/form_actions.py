"""What the buttons of the form do to what stands in it. With JavaScript most of this happens in the browser."""

from needlewise.knowledge import Kind, Protocol
from needlewise.web.pages.consultation.asking import by_weight, safe_answer
from needlewise.web.pages.consultation.form_reading import HAPPENED, NEVER
from needlewise.web.pages.consultation.sheet import Sheet

# Fields of the prominent question count only when its own button was pressed.
NEXT = "next"


def act(sheet: Sheet, protocol: Protocol) -> Sheet:
    """Do what the pressed button says; an unknown name does nothing."""
    name, _, what = sheet.text("do").partition(":")
    if name == "add-concern":
        number = max(sheet.numbers("c"), default=-1) + 1
        sheet.put(f"c.{number}.wish", "new:")
        sheet.put("hand", str(number))
    elif name == "remove-concern":
        sheet.drop(f"c.{what}")
    elif name == "row" and what in protocol.facts:
        number = max(sheet.numbers(f"f.{what}"), default=0) + 1
        sheet.put(f"f.{what}.{number}.open", "yes")
    elif name == "drop-row":
        sheet.drop(f"f.{what}")
    elif name == "none":
        _none_of(what, sheet, protocol)
    elif name == "answer":
        _answer(what, sheet, protocol)
    sheet.put("do")
    sheet.drop(NEXT)
    return sheet


def _none_of(topic: str, sheet: Sheet, protocol: Protocol) -> None:
    """Write a no to every question of a topic that has no answer yet and can be answered so."""
    for fact in by_weight(protocol):
        path = f"f.{fact.id}.0"
        answered = any(name != "open" for name in sheet.under(path))
        if fact.topic.lower().replace(" ", "-") == topic and not answered and (safe := safe_answer(fact)):
            sheet.put(f"{path}.status", safe)


def _answer(what: str, sheet: Sheet, protocol: Protocol) -> None:
    """`fact=status`, or `fact` alone where the fields beside the button hold the answer."""
    name, _, status = what.partition("=")
    fact = protocol.facts.get(name)
    if fact is None:
        return
    path = f"f.{name}.0"
    said = {key: sheet.text(f"{NEXT}.{key}") for key in ("on", "what", "value", "status", "depth")}
    if fact.kind is Kind.MEASURE:
        sheet.put(f"{path}.value", said["value"])
        return
    sheet.put(f"{path}.status", status or said["status"] or (HAPPENED if fact.kind is Kind.EVENT else ""))
    for key in ("on", "what", "depth"):
        if said[key] and status != NEVER:
            sheet.put(f"{path}.{key}", said[key])
