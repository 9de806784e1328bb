"""Gathering: written changes, studies and dated rules as news, newest first."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from needlewise.interop.days import listed, plain_day
from needlewise.interop.news.fragments import CLINICAL, KINDS, Fragment
from needlewise.interop.news.items import AUTHORITY, TOUCHED, NewsItem, NewsKind, Touches, newest_first
from needlewise.knowledge import EvidenceBase, Rule, Study

# What only contributors notice is in the changelog and is no news.
TOLD = {kind: NewsKind(kind) for kind in KINDS if kind in set(NewsKind)}
LONGEST_TITLE = 70


def gather(changes: Iterable[Fragment], base: EvidenceBase) -> tuple[NewsItem, ...]:
    """All news, newest first.

    Parameters: `changes`, from `written_changes`; `base`, from `load_evidence`, with the protocol of a day: its rules
    are told where they came into force later than the first edition and no written change speaks of them.
    """
    written = tuple(changes)
    return newest_first(
        (
            *(_written(change) for change in written if change.kind in TOLD),
            *_added(base),
            *_retracted(base),
            *_in_force(base.protocol.rules.values(), written),
        )
    )


def _written(change: Fragment) -> NewsItem:
    title, summary = _parted(change.text)
    named = defaultdict[str, list[str]](list)
    for one in change.touches:
        folder, _, name = one.partition("/")
        named[folder].append(name)
    # A clinical change that does not say what it touches may touch anything.
    everything = change.kind == CLINICAL and not change.touches
    return NewsItem(
        id=f"{AUTHORITY}{change.kind}/{change.name}",
        kind=TOLD[change.kind],
        title=title,
        summary=summary,
        on=change.on,
        touches=Touches(everything=everything, **{name: _each_once(named[name]) for name in TOUCHED}),
        reaches=change.reaches,
        from_day=change.from_day,
    )


def _parted(text: str) -> tuple[str, str]:
    """Title and summary of a change: `Title: the rest.`, or else its first sentence and the rest."""
    title, colon, rest = text.partition(": ")
    if colon and len(title) <= LONGEST_TITLE and ". " not in title:
        return title, f"{rest[:1].upper()}{rest[1:]}"
    first, stop, rest = text.partition(". ")
    return (first, rest) if stop else (text.removesuffix("."), "")


def _added(base: EvidenceBase) -> Iterator[NewsItem]:
    """Studies, those of one day together."""
    by_day = defaultdict[date, list[Study]](list)
    for study in base.studies.values():
        by_day[study.added].append(study)
    for day, studies in by_day.items():
        troubles = Counter(trouble_of(study, base) for study in studies)
        told = "; ".join(f"{trouble} ({count})" for trouble, count in troubles.most_common())
        one = studies[0]
        yield NewsItem(
            id=f"{AUTHORITY}evidence/added/{day.isoformat()}",
            kind=NewsKind.EVIDENCE,
            title=f"{len(studies)} studies added" if len(studies) > 1 else f"Study added: {one.name}",
            summary=f"{told}." if len(studies) > 1 else f"{one.title.removesuffix('.')}.",
            on=day,
            touches=_touches(studies, base),
        )


def _retracted(base: EvidenceBase) -> Iterator[NewsItem]:
    for study in base.studies.values():
        if study.retracted is not None:
            why = study.retracted.why.removesuffix(".")
            yield NewsItem(
                id=f"{AUTHORITY}evidence/retracted/{study.id}",
                kind=NewsKind.RETRACTION,
                title=f"{study.name} was retracted",
                summary=f"{study.title.removesuffix('.')}. Why: {why}. Nothing is computed from it any more.",
                on=study.retracted.on,
                touches=_touches([study], base),
            )


def trouble_of(study: Study, base: EvidenceBase) -> str:
    """What a study is about: the labels of the indications that it speaks to."""
    labels = [one.label for one in base.protocol.indications.values() if study.group in one.studies]
    return listed(labels[:1] + [f"{label[:1].lower()}{label[1:]}" for label in labels[1:]]) or study.group


def _touches(studies: list[Study], base: EvidenceBase) -> Touches:
    groups = {study.group for study in studies}
    return Touches(
        studies=_each_once(study.id for study in studies),
        indications=_each_once(one.id for one in base.protocol.indications.values() if groups & set(one.studies)),
        sources=_each_once(read.source for study in studies for read in study.document),
    )


def _in_force(rules: Iterable[Rule], changes: Iterable[Fragment]) -> Iterator[NewsItem]:
    """Rules in force from a later day than the first edition; those of one day together."""
    by_day = defaultdict[date, list[Rule]](list)
    for rule in rules:
        by_day[rule.from_day].append(rule)
    told = {(change.from_day, one) for change in changes for one in change.touches}
    for day in sorted(by_day)[1:]:
        untold = [rule for rule in by_day[day] if (day, f"rules/{rule.id}") not in told]
        if untold:
            many = len(untold) > 1
            yield NewsItem(
                id=f"{AUTHORITY}clinical/rules-from/{day.isoformat()}",
                kind=NewsKind.CLINICAL,
                title=f"{len(untold)} rules in a new wording"
                if many
                else f"A rule in a new wording: {untold[0].title}",
                summary=f"In force from {plain_day(day)}: {listed(rule.title for rule in untold)}.",
                on=day,
                touches=Touches(rules=_each_once(rule.id for rule in untold)),
                from_day=day,
            )


def _each_once(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(ids)))
