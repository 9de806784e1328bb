"""How skin is expected to heal after a plan, as text for a practitioner."""

from collections.abc import Sequence

from needlewise.cli.page import Page
from needlewise.cli.wording import plural
from needlewise.consultation import Consultation
from needlewise.interop.days import listed
from needlewise.interop.expectations import MODEL_NO_PROMISE
from needlewise.interop.outlook import NOT_LOOKS, REDNESS, Outlook, change_told, table
from needlewise.knowledge import Biology


def course_text(found: Sequence[Outlook], consultation: Consultation, biology: Biology, form: str | None = None) -> str:
    """A section for all places that get the same; or why nothing is simulated."""
    page = Page()
    page.title("How skin is expected to heal", consultation.on.isoformat())
    page.text(
        f"{MODEL_NO_PROMISE} It stands beside the plan and is no part of it. Verdict: {consultation.verdict.word}."
    )
    if consultation.plan is not None and consultation.plan.provisional:
        page.text("The plan is provisional, and so is this.")
    if not found:
        page.blank()
        page.text(why_nothing(found, consultation))
    for one in found:
        page.section(f"{one.label}: {one.sessions}")
        if one.course is None:
            page.text(without_dose(one), 2)
            continue
        _write(page, one, biology, form)
    return str(page)


def why_nothing(found: Sequence[Outlook], consultation: Consultation) -> str:
    """Why nothing was simulated."""
    if found:
        return " ".join(f"{one.label}: {without_dose(one)}" for one in found)
    if consultation.plan is None:
        return f"Nothing is simulated: the verdict is {consultation.verdict.word}, so there is no plan."
    if consultation.eligible_on is not None:
        return f"Nothing is simulated: no session is planned before {consultation.eligible_on.isoformat()}, when to screen again."
    return "Nothing is simulated: the plan has no session. `needlewise consult` says why."


def without_dose(one: Outlook) -> str:
    """What is missing, by name, and what to do."""
    if not one.treated.device:
        return "Not simulated: no device is named, so the dose is not known. Name one in the case: `[clinic] devices = [...]`."
    keys = listed(f"`{name}`" for name in one.missing)
    return (
        f"Not simulated: the record of `{one.treated.device}` leaves figures open, and nothing is guessed. Add to the case "
        f'`[[clinic.device]]` with `id = "{one.treated.device}"` and {keys}.'
    )


def _write(page: Page, one: Outlook, biology: Biology, form: str | None) -> None:
    assert one.course is not None  # noqa: S101 - the caller has looked
    for note in (*one.outside, *one.notes):
        page.item(note, 2, "!")
    if form is not None:
        page.text("Recovery, over all forms of the model:", 2)
    page.pairs([(told.name, told.text) for told in one.recovery], 2)
    page.blank()
    heading = "Collagen after the first session"
    if form is None:
        page.text(f"{heading}, against before (5 to 95 of 100 people in brackets):", 2)
        page.pairs([(told.name, told.text) for told in one.tissue], 4)
    else:
        page.text(f"{heading}, by the form `{form}` alone ({biology.structures[form].name}):", 2)
        bands = one.course.bands(form).of("collagen")
        at = {row.id: one.course.at(row.day) for row in biology.read_offs.values()}
        page.pairs([(biology.read_offs[name].words, change_told(bands[:, place])) for name, place in at.items()], 4)
    page.blank()
    heads = ("day", "redness", "open barrier", "collagen")
    page.table([heads, *table(one.course, biology, form)], 2)
    page.text(f"{REDNESS} Days count from the first session.", 2)
    page.blank()
    page.text("Forms of the model by themselves:", 2)
    for name, told in one.forms:
        page.item(f"{name}: {told}.", 4)
    page.blank()
    page.text("How sure one may be:", 2)
    page.pairs([(told.name, told.text) for told in one.sure], 4)
    if alone := [biology.observables[name].label.lower() for name in one.prior_alone]:
        page.text(f"On a guess alone rest: {listed(alone)}.", 4)
    page.text(NOT_LOOKS, 4)
    page.blank()
    page.text(f"{one.left_out} Seed {one.course.seed}. {plural(len(one.course.forms), 'form')} of the model.", 2)
