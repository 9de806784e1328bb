"""Choose what is asked for and show it. Nothing is computed here that the core does not compute, and nothing is kept."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from needlewise.evidence.claims import resting_on
from needlewise.evidence.forecast import forecast
from needlewise.evidence.grading import certainty_of_pool
from needlewise.evidence.groups import Group, Sort
from needlewise.evidence.harms import harm_rates
from needlewise.evidence.holes import holes_of
from needlewise.evidence.likeness import Asked
from needlewise.evidence.pooling import estimates, leave_one_out
from needlewise.evidence.resting import resting_on_source
from needlewise.knowledge import Grade
from needlewise.web.pages.evidence.figures import contrast_of, figures_of
from needlewise.web.pages.evidence.presenting import (
    DESIGNS,
    estimate_in_words,
    expected_rows,
    grade_of,
    harm_rows,
    harms_moved,
    resting_rows,
    study_row,
    told_of,
    treatment_in_words,
    what_of,
)
from needlewise.web.pages.evidence.shelf import Shelf, forest_of, moves_of, pool_of, shelf_on


def today() -> date:
    return date.today()


@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """The indications with what stands behind each, and how the claims of articles fare."""
    shelf = shelf_on(today())
    protocol = shelf.base.protocol
    rows = []
    for one in protocol.indications.values():
        studies = list(shelf.base.studies_of(one.id))
        people = sum(study.people.counted or 0 for study in studies)
        rows.append((one, len(studies), sum(bool(study.randomised) for study in studies), people))
    tally = [(grade_of(grade), sum(one.claim.verdict is grade for one in shelf.claims.values())) for grade in Grade]
    everything = shelf.base.studies.values()
    context = {
        "indications": rows,
        "tally": tally,
        "claims": len(shelf.claims),
        "studies": len(everything),
        "with_figures": sum(study.has_figures for study in everything),
        "in_abstract": sum(study.verified.value == "abstract" for study in everything),
    }
    return render(request, "evidence/contents.html", context)


@require_safe
def indication(request: HttpRequest, name: str) -> HttpResponse:
    """What is known of an indication: claims, what people gained, pools, harms, holes, studies."""
    shelf = shelf_on(today())
    found = shelf.base.protocol.indications.get(name)
    if found is None:
        raise Http404("no such indication")
    groups = [group for group in shelf.groups.values() if group.key.trouble in found.studies]
    asked = Asked(found.studies)
    context = {
        "indication": found,
        "claims": [_claim_row(shelf, one) for one, row in shelf.claims.items() if name in row.claim.indication],
        "expected": expected_rows(forecast(asked, shelf.base, groups=tuple(shelf.groups.values()))),
        "forests": [
            (told_of(group, shelf.base, pool_of(shelf, group.key.id)), forest_of(shelf, group.key.id))
            for group in groups
            if group.k > 1 and group.key.sort is not Sort.HARM
        ],
        "others": [
            told_of(group, shelf.base, pool_of(shelf, group.key.id) if group.k else None)
            for group in groups
            if group.k <= 1 and group.key.sort is not Sort.HARM
        ],
        "harms": list(harm_rows(harm_rates(shelf.base, found.studies))),
        "holes": holes_of(name, shelf.base),
        "studies": [study_row(one) for one in shelf.base.studies_of(name)],
    }
    return render(request, "evidence/indication.html", context)


@require_safe
def group(request: HttpRequest, name: str) -> HttpResponse:
    """A group of figures: its forest plot, the same under every method and without each study, and who is left out."""
    shelf = shelf_on(today())
    found = shelf.groups.get(name)
    if found is None:
        raise Http404("no such group")
    return render(request, "evidence/group.html", _group_context(shelf, found))


def _group_context(shelf: Shelf, found: Group) -> dict[str, Any]:
    made = pool_of(shelf, found.key.id) if found.k else None
    context: dict[str, Any] = {
        "group": found,
        "told": told_of(found, shelf.base, made),
        "what": what_of(found.key, shelf.base),
        "after": treatment_in_words(found.key, shelf.base),
        "left_out": [one for one in found.members if one.effect is None],
    }
    if made is not None:
        context["forest"] = forest_of(shelf, found.key.id)
        context["pool"] = made
        context["certainty"] = certainty_of_pool(found, made, shelf.base)
        if made.k > 1:
            effects = [one.effect for one in made.effects]
            context["methods"] = [(m.value, estimate_in_words(made, one)) for m, one in estimates(effects).items()]
            context["without"] = [(study, estimate_in_words(made, left.best)) for study, left in leave_one_out(made)]
    return context


@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    """What articles say, graded."""
    shelf = shelf_on(today())
    by_grade = [
        (grade_of(grade), [_claim_row(shelf, name) for name, one in shelf.claims.items() if one.claim.verdict is grade])
        for grade in Grade
    ]
    return render(request, "evidence/claims.html", {"grades": by_grade, "count": len(shelf.claims)})


@require_safe
def claim(request: HttpRequest, name: str) -> HttpResponse:
    """One claim with its grading, its numbers and the studies behind each."""
    shelf = shelf_on(today())
    found = shelf.claims.get(name)
    if found is None:
        raise Http404("no such claim")
    protocol = shelf.base.protocol
    context = {
        "one": found,
        "grade": grade_of(found.claim.verdict),
        "studies": [shelf.base.studies[study] for study in found.claim.study],
        "numbers": [
            (number, [shelf.base.studies[study] for study in number.studies]) for number in found.numbers.values()
        ],
        "sources": [protocol.sources[source] for source in found.claim.source],
        "indications": [protocol.indications[one] for one in found.claim.indication],
    }
    return render(request, "evidence/claim.html", context)


@require_safe
def studies(request: HttpRequest) -> HttpResponse:
    """Every study, by indication."""
    shelf = shelf_on(today())
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for one in shelf.base.studies.values():
        groups.setdefault(one.group.replace("_", " "), []).append(study_row(one))
    return render(request, "evidence/studies.html", {"groups": groups.items(), "count": len(shelf.base.studies)})


@require_safe
def study(request: HttpRequest, name: str) -> HttpResponse:
    """Everything that was read of a study, what rests on it, and what moves when it is withdrawn."""
    shelf = shelf_on(today())
    found = shelf.base.studies.get(name)
    if found is None:
        raise Http404("no such study")
    protocol, moves = shelf.base.protocol, moves_of(shelf, name)
    context = {
        "study": found,
        "design": DESIGNS[found.design],
        "pools_moved": [(told_of(one.group, shelf.base, None), one) for one in moves.pools],
        "documents": [(read, protocol.sources[read.source]) for read in found.document],
        "arms": [figures_of(arm) for arm in found.arm],
        "contrasts": [contrast_of(one, {arm.id: arm.label for arm in found.arm}) for one in found.contrast],
        "claims": [_claim_row(shelf, one) for one in resting_on(name, shelf.claims.values())],
        "moves": moves,
        "harms_moved": list(harms_moved(moves.harms)),
    }
    return render(request, "evidence/study.html", context)


@require_safe
def source(request: HttpRequest, name: str) -> HttpResponse:
    """A source, and everything that rests on it."""
    shelf = shelf_on(today())
    found = shelf.base.protocol.sources.get(name)
    if found is None:
        raise Http404("no such source")
    resting = resting_on_source(name, shelf.base, tuple(shelf.claims.values()), shelf.groups.values())
    context = {
        "source": found,
        "level": shelf.base.protocol.levels[found.level],
        "resting": resting,
        "rows": resting_rows(resting.rows),
        "claims": [_claim_row(shelf, one.claim.id) for one in resting.claims],
        "groups": [told_of(one, shelf.base, pool_of(shelf, one.key.id)) for one in resting.groups],
    }
    return render(request, "evidence/source.html", context)


def _claim_row(shelf: Shelf, name: str) -> dict[str, Any]:
    found = shelf.claims[name]
    return {"claim": found.claim, "grade": grade_of(found.claim.verdict), "plain": found.plain}
