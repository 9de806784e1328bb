"""How the skin is expected to heal, on the page: beside the plan, never inside it; and what another schedule would do."""

from collections.abc import Mapping
from dataclasses import dataclass

from needlewise.clinical.case import Case
from needlewise.clinical.treated import Leeway, Treated, Variation
from needlewise.consultation import Consultation, foresee, what_if
from needlewise.errors import HealingError, Problem
from needlewise.healing.course import Comparison, Course
from needlewise.interop.charts.course_drawing import two_weeks_svg, year_svg
from needlewise.interop.charts.drawing import Palette
from needlewise.interop.days import listed
from needlewise.interop.outlook import Outlook, compared, outlooks, recovery_of, sessions_in_words, table
from needlewise.knowledge import Biology
from needlewise.web.pages.consultation.wording import FIGURES
from needlewise.web.reading import biology_on

# The fields of the panel: the place, and for each place its four numbers.
WHAT_IF = "what-if"
NUMBERS = ("interval", "sessions", "depth", "passes")
WEEK = 7


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a number of the panel."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Control:
    """A number that can be chosen within the plan's limits. `name` is its field."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One of two schedules side by side."""

    title: str
    sessions: str
    year: str
    recovery: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompareView:
    """Two schedules on the same virtual people, or why they could not be compared."""

    sides: tuple[Side, ...]
    differences: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class OutlookView:
    """What is expected at some places, with pictures, a table that says the same, and the panel."""

    outlook: Outlook
    year: str
    two_weeks: str
    rows: tuple[tuple[str, str, str, str], ...]
    missing: str
    prior_alone: str
    controls: tuple[Control, ...]
    compared: CompareView | None


def healing_of(case: Case, consultation: Consultation) -> tuple[Outlook, ...]:
    """How skin is expected to heal at every place of the plan."""
    biology = biology_on(consultation.on)
    return outlooks(foresee(case, consultation, biology), biology)


def outlook_views(case: Case, consultation: Consultation, asked: Mapping[str, str]) -> list[OutlookView]:
    """Every course of the plan; where `asked` holds the panel of a place, with its comparison.

    `asked`: the posted fields of the panel, by name.
    """
    biology = biology_on(consultation.on)
    return [_view(one, case, consultation, asked, biology) for one in healing_of(case, consultation)]


def _view(
    one: Outlook, case: Case, consultation: Consultation, asked: Mapping[str, str], biology: Biology
) -> OutlookView:
    if one.course is None:
        missing = listed(_figure(name) for name in FIGURES if name in one.missing) if one.missing else ""
        return OutlookView(one, "", "", (), missing, "", (), None)
    here = asked.get(WHAT_IF) == one.place
    result = _compare(one, case, consultation, asked, biology) if here else None
    return OutlookView(
        one,
        year_svg(one.course, Palette.WEB, one.label),
        two_weeks_svg(one.course, Palette.WEB, one.label),
        table(one.course, biology),
        "",
        listed(biology.observables[name].label.lower() for name in one.prior_alone),
        _controls(one.treated, one.place, asked if here else {}),
        result,
    )


def _figure(name: str) -> str:
    """A figure of a device as its field is labelled, in the order of the fields."""
    label, unit = FIGURES[name]
    return f"{label.lower()} {unit}" if unit.startswith("per ") else label.lower()


def _compare(
    one: Outlook, case: Case, consultation: Consultation, asked: Mapping[str, str], biology: Biology
) -> CompareView:
    try:
        wanted = _wanted(asked, one.place)
        found = what_if(case, consultation, biology, one.place, wanted)
    except HealingError as error:
        return CompareView((), (), tuple(error.problems))
    assert found is not None  # noqa: S101 - the course is there, so the dose is known
    return CompareView(tuple(_sides(one, found, wanted, biology)), compared(found, biology), ())


def _sides(one: Outlook, found: Comparison, wanted: Variation, biology: Biology) -> list[Side]:
    return [
        _side("As planned", sessions_in_words(one.treated), (found.first, found.second), one.label, biology),
        _side("Otherwise", _otherwise(wanted), (found.second, found.first), one.label, biology),
    ]


def _otherwise(wanted: Variation) -> str:
    apart = f", {wanted.interval_days} days apart" if wanted.sessions > 1 else ""
    sessions = f"{wanted.sessions} session{'' if wanted.sessions == 1 else 's'}{apart}"
    depth = f"{'from ' if wanted.sessions > 1 else ''}{wanted.depth_mm:g} mm {'on' if wanted.sessions > 1 else 'deep'}"
    return f"{sessions}, {depth}, {wanted.passes} {'pass' if wanted.passes == 1 else 'passes'}"


def _side(title: str, sessions: str, both: tuple[Course, Course], label: str, biology: Biology) -> Side:
    """One schedule, drawn to one scale with the other that comes second in `both`."""
    course, beside = both
    told = tuple(f"{row.name}: {row.text}" for row in recovery_of(course, biology))
    return Side(title, sessions, year_svg(course, Palette.WEB, f"{label}, {title.lower()}", beside=beside), told)


def _wanted(asked: Mapping[str, str], place: str) -> Variation:
    """The posted numbers. Raises `HealingError` for what is no number; the limits are looked at where it is planned."""
    values, problems = {}, []
    for number in NUMBERS:
        text = asked.get(_field(place, number), "")
        try:
            values[number] = float(text)
        except ValueError:
            problems.append(Problem(number, f"`{text}`", "a number from the list", "choose one of those offered"))
    if problems:
        raise HealingError(problems)
    whole = ("interval", "sessions", "passes")
    broken = [name for name in whole if not values[name].is_integer()]
    if broken:
        raise HealingError([Problem(name, f"{values[name]:g}", "a whole number") for name in broken])
    return Variation(int(values["interval"]), int(values["sessions"]), values["depth"], int(values["passes"]))


def _controls(here: Treated, place: str, asked: Mapping[str, str]) -> tuple[Control, ...]:
    leeway, planned = here.leeway, here.as_planned
    now = {"interval": f"{planned.interval_days}", "sessions": f"{planned.sessions}", "depth": f"{planned.depth_mm:g}",
           "passes": f"{planned.passes}"}  # fmt: skip
    offered = _offered(leeway)
    labels = {"interval": "Days between", "sessions": "Sessions", "depth": "First depth, mm", "passes": "Passes"}
    return tuple(
        Control(
            name := _field(place, number),
            labels[number],
            tuple(
                Choice(
                    value, f"{value} (plan)" if value == now[number] else value, value == asked.get(name, now[number])
                )
                for value in offered[number]
            ),
        )
        for number in NUMBERS
    )


def _offered(leeway: Leeway) -> dict[str, list[str]]:
    low, high = leeway.interval_days
    return {
        "interval": [f"{days}" for days in sorted({*range(low, high + 1, WEEK), high})],
        "sessions": [f"{count}" for count in range(leeway.sessions[0], leeway.sessions[1] + 1)],
        "depth": [f"{depth:g}" for depth in leeway.depths_mm()],
        "passes": [f"{count}" for count in range(leeway.passes[0], leeway.passes[1] + 1)],
    }


def _field(place: str, number: str) -> str:
    return f"{WHAT_IF}.{place}.{number}"
