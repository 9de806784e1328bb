"""A group of figures, pooled: what `needlewise evidence pool GROUP` prints. Loads the estimators, and so numpy."""

from needlewise.cli.page import Page
from needlewise.cli.wording import plural
from needlewise.evidence.certainty import Certainty
from needlewise.evidence.effects import EffectKind, shown_unit
from needlewise.evidence.grading import certainty_of_pool
from needlewise.evidence.groups import Group
from needlewise.evidence.methods import Method
from needlewise.evidence.pooling import Estimate, Pool, estimates, leave_one_out, pool
from needlewise.knowledge import EvidenceBase


def write_group(page: Page, group: Group, method: Method, base: EvidenceBase) -> None:
    """The pool of a group under a method, how sure it is, its members, and why others do not enter it."""
    page.title(group.key.id, f"k = {group.k}")
    if group.k:
        found = pool(group.effects, method)
        write_pool(page, found)
        _write_certainty(page, certainty_of_pool(group, found, base))
    else:
        page.text("Nothing here can be pooled; the figures are told study by study.")
    left = [(one.study.id, one.why_not) for one in group.members if one.effect is None]
    if left:
        page.section("Belongs here and enters no pool")
        page.table(left)


def write_pool(page: Page, found: Pool) -> None:
    """Everything that is reported of a pool."""
    page.section("Studies")
    page.table([("study", "people", "value", "weight"), *_rows(found)])
    page.section("One study" if found.note else "Pooled")
    if found.note:
        page.text(found.note[0].upper() + found.note[1:] + ".", 2)
    page.pairs(
        [
            ("value", f"{told_of(found, found.best)} ({shown_unit(found.kind)})"),
            ("people", _people(found)),
            (
                "method",
                "" if found.note else f"{found.method}, interval of Knapp and Hartung, never narrower than plain",
            ),
            ("new study", _prediction(found)),
            ("disagreement", _disagreement(found)),
            (
                "small studies",
                found.small_study_note or (f"p = {found.small_study.p:.2g}" if found.small_study else ""),
            ),
            ("assumed", "; ".join(found.assumed)),
        ],
        indent=2,
    )
    if found.k > 1:
        page.section("The same under every method")
        rows = estimates([one.effect for one in found.effects])
        page.table([(method.value, told_of(found, one)) for method, one in rows.items()])
        page.section("Without each study in turn")
        page.table([(study, told_of(left, left.best)) for study, left in leave_one_out(found)])


def _write_certainty(page: Page, found: Certainty) -> None:
    page.section(f"Certainty: {found.grade.words}")
    page.text(f"Starts at {found.start.words}: {found.start_why}.", 2)
    page.table(
        [(f"{step.change:+d}" if step.change else "0", step.id, f"{step.ground}: {step.why}") for step in found.steps]
    )


def _rows(found: Pool) -> list[tuple[str, str, str, str]]:
    return [
        (
            one.effect.label,
            str(one.effect.n or "not read"),
            _span(found, one.effect.value, one.low, one.high),
            f"{one.random_percent:.0f} %",
        )
        for one in found.effects
    ]


def _people(found: Pool) -> str:
    unread = sum(not one.effect.n for one in found.effects)
    if not found.people:
        return "not read"
    further = f", and those of {plural(unread, 'study', 'studies')}, not read" if unread else ""
    return f"{found.people}{further}"


def told_of(found: Pool, one: Estimate) -> str:
    """An estimate with its interval, as a reader knows it."""
    return _span(found, one.value, one.low, one.high)


def _span(found: Pool, value: float, low: float, high: float) -> str:
    shown = [found.as_shown(one) for one in (value, low, high)]
    if found.kind is EffectKind.PROPORTION:
        middle, least, most = (f"{100 * one:.0f} %" for one in shown)
    else:
        middle, least, most = (f"{one:.3g}" for one in shown)
    return f"{middle} ({least} to {most})"


def _prediction(found: Pool) -> str:
    if found.prediction is None:
        return found.prediction_note
    value = found.best.value
    return f"would lie in {_span(found, value, found.prediction.low, found.prediction.high).partition('(')[2][:-1]}"


def _disagreement(found: Pool) -> str:
    if found.tau2 is None or found.tau2_interval is None:
        return ""
    bounds = found.tau2_interval
    return (
        f"I2 {found.i2_percent:.0f} %, tau2 {found.tau2:.3g} ({bounds.low:.3g} to {bounds.high:.3g}), "
        f"Q {found.q:.3g} with p = {found.q_p:.2g}"
    )
