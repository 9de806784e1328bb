"""What is done in one visit at one place: depth, passes, end point, dose."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from needlewise.clinical.case import ClinicDevice, Override
from needlewise.clinical.devices import Choice
from needlewise.clinical.fields import Field
from needlewise.clinical.spots import Spot, Survey
from needlewise.clinical.trace import Step, ceil_to_step, floor_to_step
from needlewise.dose import Pen, open_area_fraction, pen_holes_per_cm2
from needlewise.knowledge import Answer, EndPoint, Mark, Origin

NEEDLED = "previous-needling"
TEST_PATCH, SESSION, CHECK_IN = "test-patch", "session", "check-in"
REASSESSMENT, FINAL_REVIEW, MAINTENANCE = "reassessment", "final-review", "maintenance"
_PRACTITIONER = Mark(Origin.CHOSEN, why="The practitioner's own choice, within the limit.")
_COURSE = Mark(Origin.CHOSEN, why="One step deeper after each session that the skin recovered from normally.")
# A channel is half as wide as its needle's base, so its radius is a quarter of the needle's diameter.
_RADIUS_OF_DIAMETER = 0.25
_FOR_HOLES = ("needle_count", "strokes_per_second", "swept_width_mm", "glide_mm_per_second")


@dataclass(frozen=True, slots=True)
class Dose:
    """Holes and open area of a session's passes; or what is missing to compute them."""

    holes_per_cm2: float | None
    open_area_percent: float | None
    missing: tuple[str, ...]
    needle_diameter_mm: float | None = None


@dataclass(frozen=True, slots=True)
class VisitZone:
    """What is done at one place in one visit: one depth, the most cautious of all concerns there.

    `session` counts this place's sessions, those already done included; 0 for a test patch.
    """

    place: str
    concerns: tuple[str, ...]
    depth_mm: float
    start_mm: float
    ceiling_mm: float
    limit_mm: float
    passes_min: int
    passes: int
    end_point: EndPoint
    device: str
    dose: Dose
    trace: tuple[Step, ...]
    session: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """A dated visit. `number` counts sessions; `until` closes a span; `if_needed` are those beyond the least number."""

    kind: str
    label: str
    on: date
    zones: tuple[VisitZone, ...] = ()
    number: int = 0
    until: date | None = None
    if_needed: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Shared:
    """The concerns treated together at one place in one visit, and what is open to them all: the least of each."""

    fields: tuple[Field, ...]
    least: Field
    start_mm: float
    limit_mm: float

    @property
    def place(self) -> str:
        return self.least.place.id

    @property
    def ceiling_mm(self) -> float:
        return self.least.range.ceiling_mm

    @property
    def step_mm(self) -> float:
        return self.least.range.step_mm


def shared(fields: Iterable[Field]) -> Shared:
    """What is open to several concerns at the same place."""
    fields = tuple(fields)
    return Shared(
        fields,
        min(fields, key=lambda field: field.range.ceiling_mm),
        min(field.range.start_mm for field in fields),
        min(field.range.limit_mm for field in fields),
    )


def visit_zone(here: Shared, session: int, previous_mm: float | None, survey: Survey) -> VisitZone:
    """One place in a session, the `session`-th it gets.

    The first session still to come starts where the course stands; each later one goes one step deeper than the one
    before it (`previous_mm`), up to the ceiling. A requested depth replaces the start; an override may pass the
    ceiling, never the limit.
    """
    first_mm, chosen = _first_depth(here, survey)
    if any(field.range.ceiling_mm > here.ceiling_mm for field in here.fields):
        chosen.insert(0, _held(here))
    depth_mm = first_mm
    if previous_mm is not None:
        top_mm = max(here.ceiling_mm, first_mm)
        depth_mm = min(floor_to_step(previous_mm + here.step_mm, here.step_mm), top_mm)
    bleeding = all(field.range.end_point is EndPoint.BLEEDING for field in here.fields)
    passes = min(field.range.passes_max for field in here.fields)
    return _zone(here, depth_mm, passes, EndPoint.BLEEDING if bleeding else EndPoint.ERYTHEMA, chosen, session)


def patch_zone(here: Shared) -> VisitZone:
    """A test patch: the fewest passes at the start depth, until the skin is evenly red. Nothing asked for makes it
    more: what it shows is how this skin marks at the least."""
    passes = min(field.range.passes_min for field in here.fields)
    return _zone(here, here.start_mm, passes, EndPoint.ERYTHEMA, [], 0)


def _zone(
    here: Shared, depth_mm: float, passes: int, end_point: EndPoint, chosen: list[Step], session: int
) -> VisitZone:
    device = here.least.choice.device
    return VisitZone(
        here.place,
        tuple(field.concern.id for field in here.fields),
        depth_mm,
        here.start_mm,
        here.ceiling_mm,
        here.limit_mm,
        min(passes, *(field.range.passes_min for field in here.fields)),
        passes,
        end_point,
        device.id if device else "",
        dose_of(here.least.choice, passes),
        (*here.least.range.trace, *chosen),
        session,
    )


def _held(here: Shared) -> Step:
    """That a stricter concern holds the ceiling of another."""
    mark = next(step.mark for step in here.least.range.trace if step.of == "ceiling")
    text = f"shared depth: held by {here.least.concern.id} at the same place"
    return Step("ceiling", text, here.ceiling_mm, f"indications:{here.least.concern.indication}", mark)


def override_for(place: str, overrides: Iterable[Override]) -> Override | None:
    """The override of a place, the last one written."""
    return next((override for override in reversed(list(overrides)) if override.place == place), None)


def _first_depth(here: Shared, survey: Survey) -> tuple[float, list[Step]]:
    """The depth of the next session, with what the course and the practitioner made of it."""
    standing_mm, steps = _standing(here, survey)
    override = override_for(here.place, survey.case.overrides)
    asked_mm = override.depth_mm if override is not None else survey.case.requested_mm.get(here.place)
    if asked_mm is None:
        return standing_mm, steps
    wanted = floor_to_step(asked_mm, here.step_mm)
    if wanted < here.least.range.least_mm:
        text = f"{asked_mm:g} mm is less than is ever planned; the plan stays where it stands"
        return standing_mm, [*steps, Step("depth", text, standing_mm, "choice", _PRACTITIONER)]
    if override is None:
        wanted = min(wanted, here.ceiling_mm)
        return wanted, [Step("depth", f"asked for {asked_mm:g} mm", wanted, "plan.requested", _PRACTITIONER)]
    if wanted > here.limit_mm:
        text = f"override to {asked_mm:g} mm refused: the limit is {here.limit_mm:g} mm"
        return standing_mm, [*steps, Step("depth", text, None, "override", _PRACTITIONER)]
    above = f", above the ceiling of {here.ceiling_mm:g} mm" if wanted > here.ceiling_mm else ""
    return wanted, [
        Step("depth", f"override to {wanted:g} mm{above}: {override.reason}", wanted, "override", _PRACTITIONER)
    ]


def chosen_depth(here: Shared, survey: Survey) -> float | None:
    """The depth that the practitioner asked for and that counts; None where none was, or it was refused."""
    override = override_for(here.place, survey.case.overrides)
    if override is not None:
        return override.depth_mm if floor_to_step(override.depth_mm, here.step_mm) <= here.limit_mm else None
    asked = survey.case.requested_mm.get(here.place)
    return None if asked is None else min(asked, here.ceiling_mm)


def _standing(here: Shared, survey: Survey) -> tuple[float, list[Step]]:
    """Where a running course stands: one step deeper than last time if the skin recovered normally, else no deeper.
    Where nobody knows how deep it was, the course begins again at the start."""
    spot = survey.places[here.place]
    start_mm = min(here.start_mm, here.ceiling_mm)
    if sessions_done(here.place, survey) == 0:
        return start_mm, []
    last_mm = _last_depth(spot)
    if last_mm is None:
        text = "depth of the last session not known: from the start"
        return start_mm, [Step("depth", text, start_mm, "choice", _COURSE)]
    recovered = [None if answer is None else answer.status for answer in spot.lookup("recovery-normal")]
    deeper = bool(recovered) and all(status == "yes" for status in recovered)
    reached_mm = floor_to_step(last_mm + (here.step_mm if deeper else 0.0), here.step_mm)
    depth_mm = min(max(reached_mm, ceil_to_step(here.least.range.least_mm, here.step_mm)), here.ceiling_mm)
    why = "one step deeper, the skin recovered normally" if deeper else "no deeper"
    return depth_mm, [Step("depth", f"last session {last_mm:g} mm: {why}", depth_mm, "choice", _COURSE)]


def _last_depth(spot: Spot) -> float | None:
    """How deep it last was: the least that was said for that day, None where part of it is not known."""
    needled = [answer for answer in needled_here(spot) if answer.on is not None]
    latest = max((answer.on or date.min for answer in needled), default=None)
    depths = [answer.depth_mm for answer in needled if answer.on == latest]
    return min((mm for mm in depths if mm is not None), default=None) if None not in depths else None


def needled_here(spot: Spot) -> list[Answer]:
    """What is known of earlier needling at exactly this place; where nobody spoke of it, at what it is part of and at
    its own parts. For the rest of the skin those count too; for where the course stands they do not."""
    known = [answer for answer in spot.lookup(NEEDLED) if answer is not None]
    here = [answer for answer in known if answer.where is None or spot.id in answer.where]
    return here or known


def never_needled(spot: Spot) -> bool:
    """Whether it is known that this place was never needled."""
    known = needled_here(spot)
    return bool(known) and all(answer.status == "never" for answer in known)


def sessions_done(place: str, survey: Survey) -> int:
    """Sessions this place has had in this course, as answered; none where it was not asked, or never needled."""
    if never_needled(survey.places[place]):
        return 0
    known = [a.status for a in survey.places[place].lookup("sessions-done") if a is not None]
    return int(max((number for number in known if isinstance(number, float)), default=0))


def dose_of(choice: Choice, passes: int) -> Dose:
    """Holes per cm2 and open area, where device and settings are known; else the names of what is missing."""
    settings = _settings(choice)
    missing = tuple(name for name, value in settings.items() if value is None)
    count, strokes, width, glide = (settings[name] for name in _FOR_HOLES)
    if count is None or strokes is None or width is None or glide is None:
        return Dose(None, None, missing)
    holes = pen_holes_per_cm2(Pen(int(count), strokes, width), glide, passes)
    diameter = settings["needle_diameter_mm"]
    if diameter is None:
        return Dose(round(holes, 1), None, missing)
    open_percent = 100 * open_area_fraction(holes, diameter * _RADIUS_OF_DIAMETER)
    return Dose(round(holes, 1), round(open_percent, 3), (), diameter)


def _settings(choice: Choice) -> Mapping[str, float | None]:
    """What the record states, else what the clinic has entered."""
    entry = choice.entry or ClinicDevice("")
    needles = choice.device.needles if choice.device else None
    return {
        "needle_count": (needles.count if needles else None) or entry.needle_count,
        "strokes_per_second": entry.strokes_per_second or (needles.strokes_per_second_max if needles else None),
        "swept_width_mm": (needles.swept_width_mm if needles else None) or entry.swept_width_mm,
        "glide_mm_per_second": entry.glide_mm_per_second,
        "needle_diameter_mm": (needles.diameter_mm if needles else None) or entry.needle_diameter_mm,
    }
