"""What a key of a published series says: which observable, against what, and when. `docs/how-to/validate-the-model.md`
lists the words.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from needlewise.healing.model import OBSERVABLES

# Days of a week, and of a month on average.
WEEK, MONTH, HOUR = 7.0, 30.4, 1 / 24
# No course is followed for longer than a lifetime.
LAST_DAY = 36_500.0
YEAR, MINUTE = 365.25, HOUR / 60
DAYS_OF = {"minute": MINUTE, "hour": HOUR, "day": 1.0, "week": WEEK, "month": MONTH, "year": YEAR}


class Form(StrEnum):
    """What a number of a series is relative to."""

    CHANGE = "change from untreated skin"
    RATIO = "against untreated skin"
    OF_PEAK = "share of the peak"
    OF_DAY = "share of another day"
    OF_FIRST = "share of the first rise"
    SHARE = "share of the collagen"
    BEFORE = "before"
    PLAIN = "a number in units of its own"


@dataclass(frozen=True, slots=True)
class Meaning:
    """A key, read. `stem` is what is left when the words for before and after are taken away; `factor` brings its number
    to a share, 0.01 where it is in percent; `sign` is -1 for words of a fall. `days` where the key itself says when.
    `observable` is empty where the key names none, several, or something like one. `after_last`: its days count from the
    last session. `unread`: a part of the key that looks like a time and is none that is known.
    """

    key: str
    stem: str
    observable: str
    form: Form
    factor: float = 1.0
    sign: int = 0
    of_day: float | None = None
    days: tuple[float, ...] | None = None
    after_last: bool = False
    unread: str = ""


# Observable -> what its name may be: every word of one of the sets, as beginnings of words.
CALLED: dict[str, tuple[tuple[str, ...], ...]] = {
    "neutrophils": (("neutrophil",), ("pmn",)),
    "macrophages": (("macrophage",),),
    "platelet-factor": (("pdgf",),),
    "growth-factor": (("tgf",),),
    "myofibroblasts": (("myofibroblast",), ("sma",), ("asma",)),
    "fibroblasts": (("fibroblast",),),
    "type-i": (("type", "=i"), ("type", "=1"), ("collagen", "=i"), ("=typei",), ("=type1",), ("=coli",)),
    "type-iii": (
        ("type", "=iii"),
        ("type", "=3"),
        ("collagen", "=iii"),
        ("=typeiii",),
        ("=type3",),
        ("=coliii",),
        ("reticulin",),
    ),
    "collagen": (("collagen",), ("masson",)),
    "elastin": (("=elastin",), ("elastic", "fib")),
    "stiffness": (("stiffness",), ("strength",), ("tensile",)),
    "redness": (("erythema",), ("redness",)),
    "water-loss": (("tewl",), ("water", "loss")),
    "epidermis": (("epiderm", "thick"),),
}
# What measures another thing under a like name: genes, collagens that the model does not hold, what is not yet collagen.
OTHERS = re.compile(
    r"mrna|gene|col\d?[ai]+\d|procollagen|^(ii|iv|v|vi|vii|xvii)$|newly|^new$|decline|^normal$|synthesis|half|grade"
)
_UP = frozenset({"increase", "increased", "rise", "rose", "gain", "higher", "raised", "up", "thicker", "more"})
_DOWN = frozenset({"decrease", "decreased", "reduction", "reduced", "fall", "fell", "loss", "lower", "down", "less"})
_SAME = frozenset({"unchanged", "same", "none", "stable"})
_BEFORE = frozenset({"before", "baseline", "pre", "pretreatment", "initial"})
_AFTER = frozenset({"after", "post", "posttreatment", "final", "end"})
_PERCENT = frozenset({"percent", "pct", "percentage"})
OF_REST = re.compile(
    r"_(?:of|over|to|vs|versus|against)_(?:baseline|unwounded|normal|untreated|control|rest|intact)(?:_skin)?$"
)
# People or places beside those that were needled.
OF_OTHERS = re.compile(r"(?:^|_)(?:controls?|placebo|sham|vehicle|untreated|unneedled)(?:_|$)")
_OF_DAY = re.compile(r"_of_(hour|day|week|month)_?(\d+(?:\.\d+)?)$")
_OF_PEAK = re.compile(r"_of_(?:the_)?(?:peak|max|maximum)$")
_UNITS = {
    "minute": "minutes?|mins?",
    "hour": "hours?|hrs?|h",
    "day": "days?|d",
    "week": "weeks?|wks?|w",
    "month": "months?|mths?|mos?|m",
    "year": "years?|yrs?|y",
}
_UNIT, _NUMBER = "|".join(_UNITS.values()), r"\d+(?:\.\d+)?"
_WHEN = re.compile(
    rf"_(?:at_)?({_UNIT})_?({_NUMBER})(?=_|$)|_({_NUMBER})_?({_UNIT})(?=_|$)(_after_last(?:_sessions?)?)?"
)
# What looks like a time: a number with letters behind it.
_LIKE_A_TIME = re.compile(rf"_({_NUMBER}[a-z]+)(?=_|$)")
_NOT = re.compile(r"\b(?:no|not|non|nor|neither|without|never|nil)\b|n't\b")


def days_in(number: float, unit: str) -> float:
    """A number of hours, days, weeks or months in days; to a tenth of a second, so that equal times are equal numbers."""
    return round(number * DAYS_OF[unit], 6)


def meaning_of(key: str, otherwise: Iterable[str] = ()) -> Meaning:
    """Read a key. Where it names no observable but a plain `value`, the texts in `otherwise` are asked in turn."""
    text = re.sub(r"[^a-z0-9.]+", "_", key.lower()).strip("_")
    of_day = _OF_DAY.search(text)
    form, text = _form(text)
    days, after_last, text = _when(text)
    unread = _LIKE_A_TIME.search(text)
    words = [word for word in text.split("_") if word]
    observable = observable_of(words)
    if not observable and set(words) & {"value", "values"}:
        observable = next((found for one in otherwise if (found := observable_of(_words(one)))), "")
    factor = 0.01 if _PERCENT & set(words) else 1.0
    sign = -1 if _DOWN & set(words) - ({"loss"} if observable == "water-loss" else set()) else 0
    stem = "_".join(word for word in words if word not in _BEFORE | _AFTER)
    if form is Form.PLAIN:
        form = _of_words(set(words), sign)
    if form is Form.CHANGE and factor == 1 and not {"fraction", "relative"} & set(words):
        form = Form.PLAIN  # a change in units of its own, or none of a number
    if form is Form.PLAIN and factor != 1 and observable in ("type-i", "type-iii"):
        form = Form.SHARE
    return Meaning(
        key=key,
        stem=stem,
        observable=observable,
        form=form,
        factor=factor,
        sign=sign,
        of_day=days_in(float(of_day[2]), of_day[1]) if of_day else None,
        days=days,
        after_last=after_last,
        unread=unread[1] if unread else "",
    )


def observable_of(words: Iterable[str]) -> str:
    """The one observable that some words name; empty where they name none, several, or something like one."""
    there = [word.lower() for word in words]
    if any(OTHERS.search(word) for word in there):
        return ""
    found = {name for name, ways in CALLED.items() if any(all(_has(there, part) for part in way) for way in ways)}
    if joined := {name for name in OBSERVABLES if name.replace("-", "_") == "_".join(there)}:
        found = joined
    if found & {"type-i", "type-iii"}:
        found.discard("collagen")
    if "myofibroblasts" in found:
        found.discard("fibroblasts")
    return found.pop() if len(found) == 1 else ""


def direction_of(text: str) -> int | None:
    """Whether words tell of a rise (1), a fall (-1), no change (0), or nothing of the kind."""
    words = set(_words(text))
    if words & _SAME or _NOT.search(text.lower()):
        return 0
    up, down = bool(words & _UP), bool(words & _DOWN)
    return None if up == down else 1 if up else -1


def _form(text: str) -> tuple[Form, str]:
    for pattern, form in ((_OF_DAY, Form.OF_DAY), (_OF_PEAK, Form.OF_PEAK), (OF_REST, Form.RATIO)):
        if pattern.search(text):
            return form, pattern.sub("", text)
    return Form.PLAIN, text


def _of_words(words: set[str], sign: int) -> Form:
    if words & _BEFORE and not words & {"change", "ratio"}:
        return Form.BEFORE
    if "fold" in words or "ratio" in words:
        return Form.RATIO
    if words & {"change", "changed"} or words & _UP or sign:
        return Form.CHANGE
    return Form.SHARE if "share" in words else Form.PLAIN


def _when(text: str) -> tuple[tuple[float, ...] | None, bool, str]:
    """The days that a key names, whether they count from the last session, and what is left of the key."""
    found = _WHEN.search(text)
    if found is None:
        return None, False, text
    said, number = (found[1], found[2]) if found[1] else (found[4], found[3])
    unit = next(name for name, spelling in _UNITS.items() if re.fullmatch(spelling, said))
    return (days_in(float(number), unit),), found[5] is not None, text[: found.start()] + text[found.end() :]


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _has(words: list[str], part: str) -> bool:
    return part[1:] in words if part.startswith("=") else any(word.startswith(part) for word in words)
