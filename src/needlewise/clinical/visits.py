"""What is done in one session at one place: depth, passes, end point, dose."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from needlewise.clinical.case import ClinicDevice, Override
from needlewise.clinical.devices import Choice
from needlewise.clinical.fields import Field
from needlewise.clinical.spots import Survey
from needlewise.clinical.trace import Step, floor_to_step
from needlewise.dose import Pen, open_area_fraction, pen_holes_per_cm2
from needlewise.knowledge import EndPoint, Mark, Origin

_PRACTITIONER = Mark(Origin.CHOSEN, why="The practitioner's own choice, within the limit.")
# A channel is half as wide as its needle's base, so its radius is a quarter of the needle's diameter.
_RADIUS_OF_DIAMETER = 0.25
_FOR_HOLES = ("needle_count", "strokes_per_second", "swept_width_mm", "glide_mm_per_second")


@dataclass(frozen=True, slots=True)
class Dose:
    """Holes and open area of a session's passes; or what is missing to compute them."""

    holes_per_cm2: float | None
    open_area_percent: float | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VisitZone:
    """What is done at one place in one visit: one depth, the most cautious of all concerns there."""

    place: str
    concerns: tuple[str, ...]
    depth_mm: float
    ceiling_mm: float
    limit_mm: float
    passes_min: int
    passes: int
    end_point: EndPoint
    device: str
    dose: Dose
    trace: tuple[Step, ...]


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


def visit_zone(fields: list[Field], session: int, survey: Survey) -> VisitZone:
    """One place in the `session`-th session still to come, counted from 0. All `fields` are at the same place.

    Depth starts at the start and goes one step deeper at each later session, up to the ceiling. A requested depth
    replaces the start; an override may pass the ceiling, never the limit.
    """
    least = min(fields, key=lambda field: field.range.ceiling_mm)
    own = least.range
    ceiling_mm = own.ceiling_mm
    limit_mm = min(field.range.limit_mm for field in fields)
    first_mm, choice_steps = _first_depth(fields, survey, ceiling_mm, limit_mm)
    if any(field.range.ceiling_mm > ceiling_mm for field in fields):
        mark = next(step.mark for step in own.trace if step.of == "ceiling")
        text = f"shared depth: held by {least.concern.id} at the same place"
        choice_steps.insert(0, Step("ceiling", text, ceiling_mm, f"indications:{least.concern.indication}", mark))
    top_mm = max(ceiling_mm, min(first_mm, limit_mm))
    depth_mm = min(floor_to_step(first_mm + session * own.step_mm, own.step_mm), top_mm)
    passes = min(field.range.passes_max for field in fields)
    bleeding = all(field.range.end_point is EndPoint.BLEEDING for field in fields)
    device = least.choice.device
    return VisitZone(
        least.place.id,
        tuple(field.concern.id for field in fields),
        depth_mm,
        ceiling_mm,
        limit_mm,
        min(passes, *(field.range.passes_min for field in fields)),
        passes,
        EndPoint.BLEEDING if bleeding else EndPoint.ERYTHEMA,
        device.id if device else "",
        dose_of(least.choice, passes),
        (*own.trace, *choice_steps),
    )


def override_for(place: str, overrides: Iterable[Override]) -> Override | None:
    """The override of a place, the last one written."""
    return next((override for override in reversed(list(overrides)) if override.place == place), None)


def _first_depth(fields: list[Field], survey: Survey, ceiling_mm: float, limit_mm: float) -> tuple[float, list[Step]]:
    """The depth of the next session, with what the practitioner chose."""
    place, step_mm = fields[0].place.id, fields[0].range.step_mm
    start_mm = min(field.range.start_mm for field in fields)
    standing_mm = min(_course_depth(place, start_mm, step_mm, survey), ceiling_mm)
    override = override_for(place, survey.case.overrides)
    asked_mm = override.depth_mm if override is not None else survey.case.requested_mm.get(place)
    if asked_mm is None:
        return standing_mm, []
    wanted = floor_to_step(asked_mm, step_mm)
    if wanted < min(start_mm, step_mm):
        text = f"{asked_mm:g} mm is less than can be set; the plan stays where it stands"
        return standing_mm, [Step("depth", text, standing_mm, "choice", _PRACTITIONER)]
    if override is None:
        wanted = min(wanted, ceiling_mm)
        return wanted, [Step("depth", f"asked for {asked_mm:g} mm", wanted, "plan.requested", _PRACTITIONER)]
    if wanted > limit_mm:
        text = f"override to {asked_mm:g} mm refused: the limit is {limit_mm:g} mm"
        return standing_mm, [Step("depth", text, None, "override", _PRACTITIONER)]
    above = f", above the ceiling of {ceiling_mm:g} mm" if wanted > ceiling_mm else ""
    return wanted, [
        Step("depth", f"override to {wanted:g} mm{above}: {override.reason}", wanted, "override", _PRACTITIONER)
    ]


def _course_depth(place: str, start_mm: float, step_mm: float, survey: Survey) -> float:
    """Where a running course stands: one step deeper than last time if the skin recovered normally, else no deeper."""
    spot = survey.places[place]
    done = sessions_done(place, survey)
    if done == 0:
        return start_mm
    recovered = [answer.status for answer in spot.lookup("recovery-normal") if answer is not None]
    steps = done if recovered and all(status == "yes" for status in recovered) else done - 1
    needled = [a for a in spot.lookup("previous-needling") if a is not None and a.on is not None and a.depth_mm]
    if needled:
        last = max(needled, key=lambda answer: answer.on or date.min)
        return (last.depth_mm or start_mm) + (step_mm if steps == done else 0.0)
    return start_mm + steps * step_mm


def sessions_done(place: str, survey: Survey) -> int:
    """Sessions this place has had in this course, as answered; none where it was not asked."""
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
    return Dose(round(holes, 1), round(100 * open_area_fraction(holes, diameter * _RADIUS_OF_DIAMETER), 3), ())


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
