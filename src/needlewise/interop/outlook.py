"""How skin is expected to heal after a plan, in words for both readers and as rows of numbers.

Translation only: every number is one of a `Course`. It stands beside the plan and is no part of it.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from needlewise.clinical.treated import Treated
from needlewise.consultation import Foreseen
from needlewise.healing.course import LEVELS, MEDIAN, Comparison, Course, Difference, Over, ReadOffBand
from needlewise.healing.regimen import WATCHED_DAYS, Outside
from needlewise.healing.task import Floats
from needlewise.interop.days import listed, span
from needlewise.interop.places import places_in_words
from needlewise.knowledge import LOW, VERY_LOW, Biology

MODEL = (
    "A computer model follows {people} made-up people through the same visits. They differ as people do, and in all that "
    "nobody knows."
)
NO_ALARM = "The model does not say when to call. Your list of warning signs does."
HOW_MUCH = "The year shows how much more or less of it there is than before."
PROPOSED = (
    "We chose from which level on redness counts as faded and the holes as closed; no study says. Most of what the model "
    "reckons with we chose too, from a few studies."
)
READ_SMALL = (
    "At 100 % all of the skin would be red, or open; each picture has its own scale. The line is the middle of all people, "
    "the shade 90 of 100."
)
DOTTED = "Each dotted line is one of your visits."
READ_YEAR = f"The line is the middle of all people. {DOTTED}"
NOT_LOOKS = "More collagen is not the same as skin that looks better."
# What stands after the names of what is so sure.
SURE = {
    LOW: "not very. The certainty is low: few studies stand behind it.",
    VERY_LOW: "hardly. The certainty is very low: next to nothing was measured.",
}
REDNESS = "Redness of 2 %: as red as skin of which 2 % was just opened by needles."
FRESH = "The model begins with untreated skin: sessions before this plan are not counted."
# What is read in the first two weeks, and over the year.
RECOVERY, TISSUE = ("redness", "barrier"), "collagen"
# The same for the patient, in this order.
PLAIN_NAMES = ("the redness", "the tiny holes", "the collagen")
LOW_END, LOWER, UPPER, HIGH_END = (LEVELS.index(level) for level in (0.05, 0.25, 0.75, 0.95))
MINUS = "\u2212"
UNSTABLE = "their healing would start by itself or never end"
Values = Sequence[float] | Floats
_LATE_DAYS = 0.5
_HUNDRED = 100
# From this percentage on no decimal is told.
_WHOLE_FROM = 9.95


@dataclass(frozen=True, slots=True)
class Told:
    """One thing in words: `name` for a heading, `text` for the practitioner, `plain` for the patient."""

    name: str
    text: str
    plain: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is expected at some places. Without a course, `missing` names what is not known of the device.

    `sessions` says what is reckoned with. `sure`: certainty of redness, barrier and collagen, with every reason.
    `forms`: what each form of the model expects by itself. `left_out`: people who are not in the bands, and why.
    `recovery_means` and `tissue_means`: what the two halves are about, for the patient.
    """

    label: str
    treated: Treated
    course: Course | None
    sessions: str
    recovery: tuple[Told, ...]
    tissue: tuple[Told, ...]
    sure: tuple[Told, ...]
    outside: tuple[str, ...]
    forms: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    left_out: str
    recovery_means: str
    tissue_means: str

    @property
    def missing(self) -> tuple[str, ...]:
        return self.treated.missing

    @property
    def sure_plain(self) -> tuple[str, ...]:
        """How sure one can be, for the patient: what is equally sure in one sentence."""
        names: dict[str, list[str]] = {}
        for told, name in zip(self.sure, PLAIN_NAMES if self.sure else (), strict=True):
            names.setdefault(told.plain, []).append(name)
        return tuple(
            f"How sure can we be of {listed(mine)}? {plain[:1].upper()}{plain[1:]}" for plain, mine in names.items()
        )

    @property
    def prior_alone(self) -> tuple[str, ...]:
        """What no figure that was read can move, by name."""
        if self.course is None:
            return ()
        return tuple(name for name, sure in self.course.sureness.items() if sure.prior_alone)

    @property
    def place(self) -> str:
        """The first of its places, which names it in a form."""
        return self.treated.places[0]


def outlooks(found: Iterable[Foreseen], biology: Biology) -> tuple[Outlook, ...]:
    """One for all places that get the same."""
    return tuple(_outlook(one, biology) for one in found)


def sessions_in_words(one: Treated) -> str:
    """4 sessions, 28 days apart, 0.5 to 1.25 mm deep, 4 passes."""
    days, count = one.days, len(one.sessions)
    gaps = [after - before for before, after in pairwise(days)]
    depths = [session.depth_mm for session in one.sessions]
    passes = [session.passes for session in one.sessions]
    words = [f"{count} session{'' if count == 1 else 's'}"]
    if gaps:
        words.append(f"{span(min(gaps), max(gaps))} days apart")
    low, high = min(depths), max(depths)
    words.append(f"{low:g} mm deep" if low == high else f"{low:g} to {high:g} mm deep")
    words.append(f"{span(min(passes), max(passes))} {'pass' if max(passes) == 1 else 'passes'}")
    return ", ".join(words)


def compared(found: Comparison, biology: Biology) -> tuple[tuple[str, str], ...]:
    """What the second schedule does to the same people: a name, and the difference in words."""
    rows = []
    for one in found.differences:
        if one.of in biology.thresholds:
            name = f"{biology.thresholds[one.of].practitioner}, after the last session"
            rows.append((name, _difference(one, "days", "longer", 1, 1)))
        else:
            name = f"Collagen, {biology.read_offs[one.of].words} after the first session"
            rows.append((name, _difference(one, "points", "more", _HUNDRED, 0)))
    return tuple(rows)


def table(course: Course, biology: Biology, form: str | None = None) -> tuple[tuple[str, str, str, str], ...]:
    """The picture as rows: day, and middle with its band for redness, open barrier and collagen."""
    bands = course.bands(form)
    wanted = sorted({1.0, 3.0, 7.0, 14.0, 28.0, *(one.day for one in biology.read_offs.values())})
    rows = []
    for day in wanted:
        at = course.at(day)
        redness, barrier, tissue = (bands.of(name)[:, at] for name in (*RECOVERY, TISSUE))
        rows.append((f"{day:g}", _band(redness), _band(barrier), change_told(tissue)))
    return tuple(rows)


def change_told(values: Values) -> str:
    """A change against the start with its band: +17 % (−5 to +71)."""
    return f"{_percent(values[MEDIAN])} % ({_percent(values[LOW_END])} to {_percent(values[HIGH_END])})"


def _outlook(one: Foreseen, biology: Biology) -> Outlook:
    label = places_in_words(one.treated.places, biology.protocol)
    sessions = sessions_in_words(one.treated)
    notes = tuple(_notes(one.treated))
    course = one.course
    if course is None:
        return Outlook(label, one.treated, None, sessions, (), (), (), (), (), notes, "", "", "")
    return Outlook(
        label,
        one.treated,
        course,
        sessions,
        tuple(recovery_of(course, biology)),
        tuple(_read_off(row, biology) for row in course.read_offs),
        tuple(_sure(name, course, biology) for name in (*RECOVERY, TISSUE)),
        tuple(f"Outside what was studied: {row.words}." for row in course.outside),
        tuple((biology.structures[name].name, _form(course, name)) for name in course.forms),
        (*notes, *map(_partly, course.partly)),
        _left_out(course),
        " ".join(biology.observables[name].patient for name in RECOVERY),
        f"{biology.observables[TISSUE].patient} {HOW_MUCH}",
    )


def _notes(one: Treated) -> Iterator[str]:
    """What is not reckoned with."""
    if one.sessions_done:
        yield FRESH
    more = one.leeway.sessions[1] - len(one.sessions)
    if more > 0:
        yield f"Not counted: {more} more session{'' if more == 1 else 's'}, held only if needed."


def _partly(one: Outside) -> str:
    people = round(_HUNDRED * one.share)
    return f"For {people} of {_HUNDRED} people outside what was studied: {one.bound.name} above {one.bound.most:g}."


def recovery_of(course: Course, biology: Biology) -> Iterator[Told]:
    """When redness and an open barrier are over: once, or for the first and the last session where these differ."""
    for threshold in biology.thresholds.values():
        rows = [one for one in course.over if one.threshold == threshold.id]
        first, last = rows[0], rows[-1]
        told = _over(first)
        if len(rows) > 1 and _differ(first, last):
            told = f"{told} after the first session; {_over(last)} after the last"
        plain = _plain_over(max(rows, key=_slowness), threshold.patient)
        yield Told(threshold.practitioner, f"{told}.", plain)


def _over(one: Over) -> str:
    return f"{_by_day(one.half)} for half of the people, {_by_day(one.nine_of_ten)} for nine of ten"


def _by_day(days: float | None) -> str:
    return (
        f"not within {WATCHED_DAYS:g} days or before the next session"
        if days is None
        else f"by day {max(1, math.ceil(days))}"
    )


def _plain_over(one: Over, what: str) -> str:
    if one.half is None:
        return f"For half of the people, it takes longer than we looked until {what}."
    most = "it takes longer than we looked" if one.nine_of_ten is None else _within(one.nine_of_ten)
    return f"For half of the people, {what} {_within(one.half)} after a visit. For 9 of 10, {most}."


def _within(days: float) -> str:
    """Whole days, rounded up: a promise too early would be worse than one too late."""
    whole = max(1, math.ceil(days))
    return f"within {whole} day{'' if whole == 1 else 's'}"


def _differ(one: Over, other: Over) -> bool:
    pairs = ((one.half, other.half), (one.nine_of_ten, other.nine_of_ten))
    return any((a is None) != (b is None) or (a is not None and b is not None and abs(a - b) > _LATE_DAYS)
               for a, b in pairs)  # fmt: skip


def _slowness(one: Over) -> float:
    return math.inf if one.nine_of_ten is None else one.nine_of_ten


def _read_off(row: ReadOffBand, biology: Biology) -> Told:
    words = biology.read_offs[row.read_off].words
    values = row.values
    text = f"{change_told(values)}; half of the people {_percent(values[LOWER])} to {_percent(values[UPPER])}."
    plain = f"{words[:1].upper()}{words[1:]} after your first visit: {_plain_change(values[MEDIAN])}. "
    plain += f"For 9 of 10 people, {_plain_span(values[LOW_END], values[HIGH_END])}."
    return Told(words, text, plain)


def _plain_change(value: float) -> str:
    change = round(_HUNDRED * (value - 1))
    if change == 0:
        return "as much collagen as before in the middle of the group"
    return f"about {abs(change)} % {'more' if change > 0 else 'less'} collagen in the middle of the group"


def _plain_span(low: float, high: float) -> str:
    """From 5 % less to 71 % more; from 2 % to 92 % more."""
    ends = [_plain_amount(value) for value in (low, high)]
    if all(end.endswith(" more") for end in ends):
        ends[0] = ends[0].removesuffix(" more")
    return f"from {ends[0]} to {ends[1]}"


def _plain_amount(value: float) -> str:
    change = round(_HUNDRED * (value - 1))
    return "no change" if change == 0 else f"{abs(change)} % {'more' if change > 0 else 'less'}"


def _sure(name: str, course: Course, biology: Biology) -> Told:
    row, sure = biology.observables[name], course.sureness[name]
    return Told(row.label, f"{sure.certainty}. {' '.join(sure.why)}", SURE[sure.certainty])


def _form(course: Course, name: str) -> str:
    """Collagen in the middle of the course's last half: what the forms differ in most."""
    at = course.at(course.days[-1] / 2)
    return f"collagen half a year on {change_told(course.forms[name].of(TISSUE)[:, at])}"


def _left_out(course: Course) -> str:
    told = f"{course.people:,} virtual people followed; {course.unstable:,} drawn and left out, because {UNSTABLE}"
    age, (youngest, oldest) = course.regimen.age_years, course.ages_years
    reckoned = (
        f"Age is not known: reckoned for all ages from {youngest:.0f} to {oldest:.0f}."
        if age is None
        else f"Reckoned for an age of {age:g}."
    )
    return f"{told}; {course.failed:,} could not be followed. {reckoned}" if course.failed else f"{told}. {reckoned}"


def share_told(share: float) -> str:
    """A share of one in percent, without its sign: a decimal below 10, none above, and never less than 0."""
    value = _HUNDRED * max(float(share), 0.0)
    told = f"{value:.1f}" if value < _WHOLE_FROM else f"{value:.0f}"
    return "0" if told == "0.0" else told


def _band(values: Values) -> str:
    middle, low, high = (share_told(values[at]) for at in (MEDIAN, LOW_END, HIGH_END))
    return "below 0.1 %" if high == "0" else f"{middle} % ({low} to {high})"


def _percent(value: float) -> str:
    change = round(_HUNDRED * (value - 1))
    return "0" if change == 0 else f"{change:+d}".replace("-", MINUS)


def _difference(one: Difference, unit: str, more: str, scale: int, decimals: int) -> str:
    """−11 points (−24 to −1); more for 1 of 100 people. Where all ends round to nothing, that is said instead."""
    middle, low, high = (_signed(scale * value, decimals) for value in (one.middle, one.low, one.high))
    if middle == low == high == "0":
        least = "1 point" if decimals == 0 else f"0.1 {unit}"
        return f"No difference: less than {least} for 90 of {_HUNDRED} people"
    told = f"{middle} {unit} ({low} to {high}); {more} for {round(_HUNDRED * one.more_share)} of {_HUNDRED} people"
    return f"{told}; {one.endless:,} people not over it within {WATCHED_DAYS:g} days" if one.endless else told


def _signed(value: float, decimals: int) -> str:
    rounded = round(value, decimals)
    return "0" if rounded == 0 else f"{rounded:+.{decimals}f}".replace("-", MINUS)
