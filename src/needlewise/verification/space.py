"""The planning space, enumerated whole: every mode, zone, skin, trait and device the planner can meet."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, product

from needlewise.clinical.depth import Range, Skin, depth_range
from needlewise.clinical.devices import Reach, can_be_planned, reach_of
from needlewise.clinical.fields import limit_of
from needlewise.knowledge import DepthRow, EndPoint, Mode, Modifier, Place, Protocol

# Sex and age count only while no thickness is measured; with one, three skins show that they do not.
UNMEASURED = tuple((sex, age, None) for sex in ("female", "male", None) for age in (None, 30, 60))
MEASURED = tuple(
    (sex, age, mm) for mm in (0.6, 1.1, 1.7, 3.0) for sex, age in ((None, None), ("female", 30), ("male", 60))
)
SKINS: tuple[tuple[str | None, int | None, float | None], ...] = (*UNMEASURED, *MEASURED)
# Traits that act through a modifier, from harmless to risky. Each is switched by itself in the law of added risk.
TRAITS = (
    "phototype-4",
    "phototype-5-6",
    "sensitive-skin",
    "antithrombotic",
    "melasma",
    "rosacea-vascular",
    "diabetes-controlled",
)
STANDING = ("age-over-60-or-thin-skin", "bony-area", "device-tolerance", "body-depth-unmeasured", "least-depth")


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the space: what the planner is given."""

    mode: Mode
    place: Place
    sex: str | None
    age_years: int | None
    thickness_mm: float | None
    traits: frozenset[str]
    reach: Reach | None
    authorised: bool

    def __str__(self) -> str:
        deepest = "no device" if self.reach is None else f"device to {self.reach.deepest_mm} mm"
        traits = ", ".join(sorted(self.traits)) or "no trait"
        skin = f"{self.sex or 'sex not known'}, age {self.age_years}, measured {self.thickness_mm} mm"
        label = "authorised" if self.authorised else "off-label"
        return f"{self.mode.value} at {self.place.id}; {skin}; {traits}; {deepest}, {label}"


def reaches(protocol: Protocol) -> list[Reach | None]:
    """The distinct reaches of all devices that can be planned, and no device at all."""
    defaults = protocol.modifiers["device-tolerance"]
    found = [reach_of(d, defaults) for d in protocol.devices.values() if can_be_planned(d, defaults)]
    return [None, *dict.fromkeys(found)]


def trait_sets() -> list[frozenset[str]]:
    """Every combination of traits; a person has one phototype."""
    phototypes: list[frozenset[str]] = [frozenset(), frozenset({"phototype-4"}), frozenset({"phototype-5-6"})]
    others = TRAITS[2:]
    sets = []
    for phototype in phototypes:
        for switches in product((False, True), repeat=len(others)):
            sets.append(phototype | {trait for trait, on in zip(others, switches, strict=True) if on})
    return sets


def rows(protocol: Protocol) -> list[Place]:
    """One place for each zone that has a depth row: both sides of a zone share it."""
    by_zone = {place.zone.id: place for place in protocol.places.values() if place.zone.depth is not None}
    return list(by_zone.values())


def points(protocol: Protocol) -> Iterator[Point]:
    """The whole space."""
    sets = trait_sets()
    for mode, place, reach in product(Mode, rows(protocol), reaches(protocol)):
        labels = (True, False) if place.zone.id in _authorised_zones(protocol) else (False,)
        for (sex, age, thickness), authorised in product(SKINS, labels):
            for traits in sets:
                yield Point(mode, place, sex, age, thickness, traits, reach, authorised)


def _authorised_zones(protocol: Protocol) -> set[str]:
    return {zone for limit in protocol.limits.values() for zone in limit.authorised_zones}


def range_at(point: Point, protocol: Protocol) -> Range:
    """What the planner makes of a point."""
    row = point.place.zone.depth
    assert isinstance(row, DepthRow)  # noqa: S101 - `rows` has only such places
    acting = tuple(_modifiers(point, protocol))
    skin = Skin(point.age_years, point.sex, point.thickness_mm, acting)
    limit = limit_of(point.place, protocol, authorised=point.authorised)
    return depth_range(row, point.mode, point.place, skin, point.reach, limit)


def _modifiers(point: Point, protocol: Protocol) -> Iterator[Modifier]:
    on_body = point.place.zone.region in ("trunk", "limb")
    for modifier in protocol.modifiers.values():
        if modifier.id in point.traits or (
            modifier.id in STANDING and (modifier.id != "body-depth-unmeasured" or on_body)
        ):
            yield modifier


def faults(protocol: Protocol) -> Iterator[tuple[str, str]]:
    """Every fault of the whole space, with the point at which it was found. The points that differ only in traits are
    seen together, so that adding one risk can be compared."""

    def but_traits(point: Point) -> tuple[object, ...]:
        skin = (point.sex, point.age_years, point.thickness_mm)
        return (point.mode, point.place.id, skin, id(point.reach), point.authorised)

    for _, group in groupby(points(protocol), key=but_traits):
        seen = [(point, range_at(point, protocol)) for point in group]
        ranges = {point.traits: found for point, found in seen}
        for point, found in seen:
            yield from (("depth-in-order", f"{text}:\n{point}") for text in depth_faults(point, found, protocol))
            yield from (("passes-and-end-point", f"{text}:\n{point}") for text in pass_faults(point, found, protocol))
            yield from (("risk-never-deeper", f"{text}:\n{point}") for text in risk_faults(point, found, ranges))


def depth_faults(point: Point, found: Range, protocol: Protocol) -> Iterator[str]:
    """What is wrong with a range: it must be one range that is not empty, or one refusal with its reason."""
    limit, limit_mm = limit_of(point.place, protocol, authorised=point.authorised)
    least = protocol.modifiers["least-depth"].start_at_least_mm or 0.0
    if found.refusal:
        if found.ceiling_mm >= least:
            yield "refused although something is left"
        return
    if not 0 < found.start_mm <= found.ceiling_mm <= found.limit_mm:
        yield f"start {found.start_mm}, ceiling {found.ceiling_mm}, limit {found.limit_mm} are out of order"
    if found.ceiling_mm < least:
        yield f"planned at {found.ceiling_mm} mm, below the least depth"
    if found.limit_mm > limit_mm:
        yield f"{found.limit_mm} mm passes limit {limit.id}, {limit_mm} mm"
    if point.reach is not None and point.reach.deepest_mm is not None and found.limit_mm > point.reach.deepest_mm:
        yield f"{found.limit_mm} mm passes what the device reaches less its tolerance"
    if any(abs(mm / found.step_mm - round(mm / found.step_mm)) > 1e-6 for mm in (found.start_mm, found.ceiling_mm)):
        yield "not a multiple of the device's step"


def pass_faults(point: Point, found: Range, protocol: Protocol) -> Iterator[str]:
    """Passes and end point."""
    most = protocol.limits["H15"].passes_max or 0
    if not 1 <= found.passes_min <= found.passes_max <= most:
        yield f"{found.passes_min} to {found.passes_max} passes; at least 1 and at most {most}"
    gentle = {"phototype-4", "phototype-5-6", "antithrombotic"} & point.traits
    if found.end_point is EndPoint.BLEEDING and (gentle or point.mode is not Mode.SCAR):
        yield "bleeding as end point where only redness may be"


def risk_faults(point: Point, found: Range, ranges: dict[frozenset[str], Range]) -> Iterator[str]:
    """Adding any one risk never makes it deeper, nor longer. `ranges`: the same point under other traits."""
    for trait in point.traits:
        before = ranges.get(point.traits - {trait})
        if before is None or found.refusal:
            continue
        if before.refusal:
            yield f"adding {trait} makes possible what was refused"
        elif found.ceiling_mm > before.ceiling_mm or found.start_mm > before.start_mm:
            yield f"adding {trait} makes it deeper"
        elif found.passes_max > before.passes_max:
            yield f"adding {trait} makes it longer"
