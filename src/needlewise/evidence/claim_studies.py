"""Which studies a number of a claim looks at, and what they state: sessions, intervals, follow-up, pain, days."""

from collections.abc import Callable, Iterator, Mapping

from needlewise.knowledge import Among, Arm, EvidenceBase, Quantity, Study

PAIN_SCALE = ("mean on 0-10 scale", "mean VAS")

Span = tuple[float, float]


def among(asked: Among, base: EvidenceBase) -> Iterator[tuple[Study, tuple[Arm, ...]]]:
    """The studies that a number looks at, each with the needled arms it asks for; by id of the study."""
    troubles = {group for name in asked.indications for group in base.protocol.indications[name].studies}
    for study in base.studies.values():
        arms = tuple(arm for arm in study.arm if _is_asked_arm(arm, asked, base))
        is_trouble = not asked.indications or study.group in troubles
        if arms and is_trouble and not study.never_pool and _is_asked(study, asked):
            yield study, arms


def _is_asked(study: Study, asked: Among) -> bool:
    types = set(study.people.phototypes)
    named = [f"{one.measure} {one.scale}" for arm in study.arm for one in arm.outcome]
    named += [f"{one.measure} {one.scale}" for one in study.contrast]
    return (
        (not asked.studies or study.id in asked.studies)
        and asked.journal in ("", study.journal)
        and (not asked.measured or any(word in text.lower() for word in asked.measured for text in named))
        and (not asked.phototypes or not types.isdisjoint(asked.phototypes))
        and (not asked.only_phototypes or (bool(types) and types <= set(asked.only_phototypes)))
        and (asked.randomised is None or bool(study.randomised) is asked.randomised)
        and (not asked.controls or any(arm.control in asked.controls for arm in study.arm))
    )


def _is_asked_arm(arm: Arm, asked: Among, base: EvidenceBase) -> bool:
    beside = base.active_agents(arm)
    return (
        arm.needling
        and asked.radiofrequency in (None, arm.radiofrequency)
        and (not asked.plus or set(asked.plus) == set(beside))
        and asked.alone in (None, not beside)
    )


def span_of(arms: tuple[Arm, ...], quantity: Quantity, base: EvidenceBase) -> Span | None:
    """From the least to the most that these arms state of a quantity; None where none of them states it. A follow-up
    counts from the last session."""
    found = [span for arm in arms for span in _SPANS[quantity](arm, base)]
    return (min(low for low, _ in found), max(high for _, high in found)) if found else None


def _follow_up(arm: Arm) -> Iterator[tuple[float, float]]:
    weeks = [one.weeks_after_last for one in arm.outcome if one.weeks_after_last is not None]
    yield from ((one, one) for one in weeks)


def _pain(arm: Arm, base: EvidenceBase) -> Iterator[tuple[float, float]]:
    for harm in arm.harm:
        kind = base.harm_of(harm)
        is_pain = kind is not None and kind.id == "pain" and harm.value_unit.startswith(PAIN_SCALE)
        if is_pain and harm.value is not None:
            yield harm.value, harm.value


def _days(arm: Arm, base: EvidenceBase) -> Iterator[tuple[float, float]]:
    for harm in arm.harm:
        kind = base.harm_of(harm)
        if harm.days_max is not None:
            yield harm.days_max if harm.days_min is None else harm.days_min, harm.days_max
        elif kind is not None and kind.id == "lasting-days" and harm.value is not None:
            yield harm.value, harm.value


_SPANS: Mapping[Quantity, Callable[[Arm, EvidenceBase], Iterator[Span]]] = {
    Quantity.SESSIONS: lambda arm, _: iter([arm.sessions] if arm.sessions else []),
    Quantity.INTERVAL_WEEKS: lambda arm, _: iter([arm.interval_weeks] if arm.interval_weeks else []),
    Quantity.NEEDLE_MM: lambda arm, _: iter([arm.needle_mm] if arm.needle_mm else []),
    Quantity.FOLLOW_UP_WEEKS: lambda arm, _: _follow_up(arm),
    Quantity.PAIN: _pain,
    Quantity.REACTION_DAYS: _days,
}
