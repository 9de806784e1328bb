"""Spots: where an answer is looked up. The person is one spot, each wished region and place another.

A fact is read where it belongs: a question about the person at the person, one about a zone at the place. What is
said of a zone also counts for its parent and its children, unless the question asks for the exact place (a measured
thickness, a count of sessions); a place is known only if all of it is.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from needlewise.clinical.case import Case
from needlewise.knowledge import UNKNOWN, Answer, Fact, Inputs, Known, Place, Protocol, Scope, applies

_NOTHING: frozenset[str] = frozenset()
_RANK = {Scope.PERSON: 0, Scope.REGION: 1, Scope.ZONE: 2}


class Spot:
    """One spot, and all that is known there. `lookup` is what the tables call."""

    __slots__ = ("_above", "_known", "_near", "_survey", "_wished", "id", "inputs", "places", "scope")

    def __init__(
        self,
        survey: "Survey",
        spot_id: str,
        inputs: Inputs,
        wished: tuple[Place, ...],
        near: frozenset[str],
        above: "Spot | None" = None,
    ) -> None:
        # The person stands above the regions, each region above its places.
        self.scope: Scope = (
            Scope.PERSON if above is None else Scope.REGION if above.scope is Scope.PERSON else Scope.ZONE
        )
        self.id = spot_id
        # The places that something found here speaks of: none for the whole person.
        self.places = () if above is None else tuple(place.id for place in wished)
        self.inputs = inputs
        self._survey = survey
        self._near = near
        self._wished = wished
        self._above = above
        self._known: dict[str, Known] = {}

    def lookup(self, fact_id: str) -> Known:
        """What is known of a fact here. Empty: the question does not apply, so nothing can be true of it."""
        known = self._known.get(fact_id)
        if known is None:
            known = self._known[fact_id] = self._find(fact_id)
        return known

    @property
    def on(self) -> date:
        return self._survey.on

    def asked_as(self, fact_id: str) -> str:
        """The question behind a fact: itself, or what it is derived from."""
        return self._survey.protocol.facts[fact_id].derived_from or fact_id

    def is_open(self, fact_id: str) -> bool:
        """Whether the question applies here and part of the answer is missing."""
        return None in self.lookup(fact_id)

    def _find(self, fact_id: str) -> Known:
        survey = self._survey
        entries = survey.case.answers.get(fact_id)
        if entries and fact_id not in survey.by_place:
            return entries  # one answer for everywhere
        fact = survey.protocol.facts[fact_id]
        if self._above is not None and _RANK[fact.scope] < _RANK[self.scope]:
            return self._above.lookup(fact_id)
        if fact.derived_from:
            return self._derived(fact.derived_from)
        return self._reaching(entries, fact) if entries else self._missing(fact)

    def _missing(self, fact: Fact) -> Known:
        """What an unanswered question leaves: something not known if it applies, else nothing at all."""
        if fact.optional:
            return ()
        return UNKNOWN if applies(fact, self.lookup, self.inputs, self._survey.on) else ()

    def _derived(self, fact_id: str) -> Known:
        born = self.lookup(fact_id)
        on = self._survey.on
        return tuple(Answer(age_in_years(a.on, on)) if a is not None and a.on is not None else None for a in born)

    def _reaching(self, entries: tuple[Answer, ...], fact: Fact) -> Known:
        everywhere = tuple(entry for entry in entries if entry.where is None)
        if len(everywhere) == len(entries):
            return everywhere
        exact = fact.exact_place
        if self.scope is Scope.PERSON:
            here = entries
        else:
            near = frozenset(place.id for place in self._wished) if exact else self._near
            here = tuple(e for e in entries if e.where is not None and not e.where.isdisjoint(near))
        if here and fact.one_for_region and self.scope is Scope.REGION:
            return here
        said = frozenset().union(*(e.where for e in here if e.where is not None))
        if all(place.id in said if exact else not said.isdisjoint(place.within) for place in self._wished):
            return here
        # Part of the spot is not spoken of: the answer for everywhere fills it, else it is missing.
        if self.scope is Scope.PERSON and everywhere:
            return entries
        return (*here, *(everywhere or self._missing(fact)))


def age_in_years(born: date, on: date) -> int:
    """Whole years lived on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


class Survey:
    """All spots of a case: the person, the wished regions, the wished places.

    `by_place` names the facts to which somebody answered differently by place.
    """

    def __init__(
        self, case: Case, protocol: Protocol, on: date, extra: Mapping[str, Mapping[str, frozenset[str]]]
    ) -> None:
        """`extra`: further inputs by place, such as whether a device is authorised there."""
        self.case = case
        self.protocol = protocol
        self.on = on
        self.by_place = case.by_place
        places = [protocol.places[name] for name in case.places]
        shared = {
            "visit-kind": frozenset({case.visit}),
            "anaesthetic": frozenset({case.anaesthetic}),
            "adjunct": frozenset(case.adjuncts),
        }
        inputs = {place.id: {**shared, **self._inputs_at(place), **extra.get(place.id, {})} for place in places}
        self.person = Spot(self, "", _joined(list(inputs.values())), tuple(places), frozenset())
        self.regions: dict[str, Spot] = {}
        self.places: dict[str, Spot] = {}
        for region in dict.fromkeys(place.zone.region for place in places):
            here = tuple(place for place in places if place.zone.region == region)
            near = protocol.regions[region]
            here_inputs = _joined([inputs[place.id] for place in here])
            self.regions[region] = Spot(self, region, here_inputs, here, near, self.person)
        for place in places:
            above = self.regions[place.zone.region]
            self.places[place.id] = Spot(self, place.id, inputs[place.id], (place,), place.near, above)
        self._groups: dict[tuple[str, ...], list[tuple[Spot, tuple[str, ...]]]] = {}
        self._spots = {
            Scope.PERSON: [self.person],
            Scope.REGION: list(self.regions.values()),
            Scope.ZONE: list(self.places.values()),
        }

    def _inputs_at(self, place: Place) -> dict[str, frozenset[str]]:
        here = [concern for concern in self.case.concerns if place.id in concern.places]
        return {
            "zone": frozenset({place.zone.id}),
            "zone-region": frozenset({place.zone.region}),
            "indication": frozenset(concern.indication for concern in here),
            "severity": frozenset(concern.severity for concern in here),
        }

    def groups(self, scope: Scope, names: tuple[str, ...], facts: Iterable[str]) -> list[tuple[Spot, tuple[str, ...]]]:
        """The spots at which something that reads these facts and inputs has to be read, each with the places it then
        speaks of. Places that differ in none of them are read once."""
        if scope is not Scope.ZONE or not self.by_place.isdisjoint(facts):
            return [(spot, spot.places) for spot in self._spots[scope]]
        found = self._groups.get(names)
        if found is None:
            alike: dict[tuple[frozenset[str], ...], list[Spot]] = {}
            for spot in self._spots[scope]:
                alike.setdefault(tuple(spot.inputs.get(name, _NOTHING) for name in names), []).append(spot)
            found = [(spots[0], tuple(spot.id for spot in spots)) for spots in alike.values()]
            self._groups[names] = found
        return found

    def spots(self, scope: Scope) -> list[Spot]:
        """The spots at which rules and questions of a scope are read."""
        return self._spots[scope]


def _joined(inputs: list[Inputs]) -> Inputs:
    """The inputs of several places together."""
    joined = dict(inputs[0]) if inputs else {}
    for other in inputs[1:]:
        for name, values in other.items():
            known = joined.get(name)
            if known is not values and known != values:
                joined[name] = values if known is None else known | values
    return joined
