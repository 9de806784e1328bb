"""Reading and checking the claims: every fault is reported at once, with its file and line."""

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from needlewise.errors import KnowledgeError, Problem
from needlewise.knowledge import _check
from needlewise.knowledge._claims import COUNTED_OF, Claim, Number, Quantity, Query, figure_of
from needlewise.knowledge._evidence import EvidenceBase
from needlewise.knowledge._study_check import PHOTOTYPES
from needlewise.knowledge._toml import read
from needlewise.knowledge._written import Written, names_of

HERE = Path(__file__).parent
CLAIMS = "claims"
# The rows of what articles for patients say.
SEEDS = tuple(f"S{number}" for number in range(1, 18))
FAVOURS = ("needled", "neither", "other")
POOL_KEYS = ("value", "low", "high", "k", "people")
CONTROLS = ("untreated", "sham", "without-needles")

_ID = re.compile(r"[a-z]+(-[a-z]+)*")
_BRACE = re.compile(r"\{[^}]*\}?|\}")
_PLACEHOLDER = re.compile(r"\{([a-z]+(?:-[a-z]+)*)(?:\.([a-z]+))?\}")
# `one`, `half` and `first` are words of ordinary speech; these hardly ever are.
_NUMBER_WORD = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|(twen|thir|for|fif|six|seven|eigh|nine)ty"
    r"|hundreds?|thousands?|dozens?)\b",
    re.IGNORECASE,
)
_PARTS = {
    Query.COUNT: ("from", "to"),
    Query.SHARE: ("count", "of", "percent", "from", "to"),
    Query.MEDIAN: ("studies",),
    Query.RANGE: ("low", "high", "studies", "scale"),
    Query.FIGURE: ("size", "count", "of", "percent"),
    Query.POOL: ("size", "low", "high"),
    Query.HARM: ("count", "of", "percent", "low", "high", "studies"),
    Query.READING: (),
}
# Query -> what it needs, and what it may have besides; several in a tuple: one of them.
_KEYS: Mapping[Query, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Query.COUNT: ((), ("among", "within", "against", "favours")),
    Query.SHARE: ((), ("among", "within", "against", "favours")),
    Query.MEDIAN: (("of",), ("among",)),
    Query.RANGE: (("of",), ("among",)),
    Query.FIGURE: (("study", "key"), ("arm", "with_arm", "measure", "scale", "time", "response", "weeks", "event")),
    Query.POOL: (("group", "key"), ()),
    Query.HARM: (("harm",), ("among",)),
    Query.READING: (("reading", "key"), ()),
}
_ALWAYS = ("id", "query", "bounds")
_TEXTS = ("claim", "reason", "plain", "what_would_change_it")


def load_claims(base: EvidenceBase, folder: Path | None = None) -> Mapping[str, Claim]:
    """All claims, by id, checked.

    Parameters: `base`, whose studies, sources and indications they name; `folder`, another knowledge folder than the
    package's own.
    Raises `KnowledgeError` with every fault found: a name that nothing has, a placeholder without its number, a number
    that no text uses, a digit typed into a text, a key that its query does not know, bounds that cannot be.
    """
    home = folder or HERE
    problems: list[Problem] = []
    claims: dict[str, Claim] = {}
    adapter = TypeAdapter(Claim)
    for path in sorted(home.glob(f"{CLAIMS}/*.toml")):
        document = read(path, f"{CLAIMS}/{path.name}")
        if isinstance(document, Problem):
            problems.append(document)
            continue
        try:
            claim = adapter.validate_json(document.as_json({"id": path.stem}))
        except ValidationError as fault:
            problems.extend(_check.as_problem(document, error) for error in fault.errors())
            continue
        claims[claim.id] = claim
        problems.extend(_check.repeated_ids(document, "number", claim.number))
        problems.extend(_of_claim(claim, base, Written(document)))
    if problems:
        raise KnowledgeError(problems)
    return claims


def _of_claim(claim: Claim, base: EvidenceBase, at: Written) -> Iterator[Problem]:
    for seed in claim.seeds:
        if seed not in SEEDS:
            yield at.under("seeds").unknown("row of what articles say", seed, SEEDS)
    if not claim.seeds:
        yield at.under("seeds").problem("no row of what articles say", "at least one", f"{SEEDS[0]} to {SEEDS[-1]}")
    if not claim.number and not claim.source:
        hint = "a [[number]] that the studies give, or a source that was read"
        yield at.problem("a grading that rests on nothing", "a number or a source", hint)
    if claim.compiled > claim.from_day:
        yield at.under("from_day").problem("in force before it was compiled", f"{claim.compiled} or later")
    yield from at.under("indication").named("indication", claim.indication, names_of(base.protocol))
    yield from at.under("source").named("source", claim.source, names_of(base.protocol))
    yield from at.under("study").named("study", claim.study, {"study": base.studies})
    for name in _TEXTS:
        yield from _of_text(getattr(claim, name), at.under(name), name in ("reason", "plain"))
    yield from _placeholders(claim, at)
    for index, number in enumerate(claim.number):
        yield from _of_number(number, base, at.under("number", index))


def _of_text(text: str, at: Written, is_filled: bool) -> Iterator[Problem]:
    if not text.strip():
        yield at.problem("nothing said", "a sentence")
    outside = _PLACEHOLDER.sub("", text)
    hint = "make it a [[number]] and name it in braces, so that it follows the studies"
    for found in re.findall(r"\d[\d.,]*", outside):
        yield at.problem(f"the digit `{found}` typed into a text", "numbers that are computed", hint)
    if is_filled:
        for match in _NUMBER_WORD.finditer(outside):
            yield at.problem(f"the number `{match.group()}` typed into a text", "numbers that are computed", hint)
        for brace in _BRACE.findall(outside):
            yield at.problem(f"`{brace}` is no placeholder", "`{number}` or `{number.part}`, in small letters")
    elif _BRACE.search(text):
        yield at.problem("a placeholder where none is filled", "plain words", "use it in `reason` and `plain`")


def _placeholders(claim: Claim, at: Written) -> Iterator[Problem]:
    numbers = {number.id: number for number in claim.number}
    used = set()
    for name in ("reason", "plain"):
        for number_id, part in _PLACEHOLDER.findall(getattr(claim, name)):
            used.add(number_id)
            number = numbers.get(number_id)
            if number is None:
                yield at.under(name).unknown("number", number_id, sorted(numbers))
            elif part and part not in _PARTS[number.query]:
                known = _PARTS[number.query]
                yield at.under(name).unknown(f"part of a {number.query}", part, known)
            elif part in ("count", "of", "percent") and number.query is Query.FIGURE and number.key not in COUNTED_OF:
                yield at.under(name).problem(
                    f"`{number_id}.{part}` of what is no count", f"a figure `{'` or `'.join(COUNTED_OF)}`"
                )
            elif part == "scale" and number.of is not Quantity.PAIN:
                yield at.under(name).problem(f"`{number_id}.scale` of what has no scale", "a range of pain")
            elif part in ("from", "to") and len(number.within or {}) != 1:
                yield at.under(name).problem(f"`{number_id}.{part}` of no single window", "one quantity in `within`")
    for index, number in enumerate(claim.number):
        if number.id not in used:
            hint = "name it in braces in `reason` or `plain`, or remove it"
            yield at.under("number", index, "id").problem(f"no text uses the number `{number.id}`", hint=hint)


def _of_number(number: Number, base: EvidenceBase, at: Written) -> Iterator[Problem]:
    if not _ID.fullmatch(number.id):
        yield at.under("id").problem(f"`{number.id}` is no id", "small letters and hyphens")
    low, high = number.bounds
    if not (isfinite(low) and isfinite(high) and low <= high):
        yield at.under("bounds").problem(f"bounds [{low:g}, {high:g}]", "a lower end that is at most the upper one")
    for quantity, window in (number.within or {}).items():
        if not window[0] <= window[1]:
            found = f"a window from {window[0]:g} to {window[1]:g}"
            yield at.under("within", quantity.value).problem(found, "a lower end that is at most the upper one")
    keys = set(at.document.data["number"][at.path[-1]])
    needed, allowed = _KEYS[number.query]
    for key in sorted(keys - {*needed, *allowed, *_ALWAYS}):
        hint = f"a {number.query} knows: {', '.join((*needed, *allowed))}"
        yield at.under(key).problem(f"`{key}` says nothing to a {number.query}", hint=hint)
    missing = [key for key in needed if key not in keys]
    if number.query is Query.SHARE and not number.within and not number.against:
        missing = ["within` or `against"]
    for key in missing:
        yield at.problem(f"a {number.query} without `{key}`", f"`{key}`, which says what it is a {number.query} of")
    if bool(number.against) is not bool(number.favours):
        yield at.problem("only one of `against` and `favours`", "both, or neither")
    if not missing:
        yield from _names(number, base, at)


def _names(number: Number, base: EvidenceBase, at: Written) -> Iterator[Problem]:
    among = number.among
    here = at.under("among")
    names = {**names_of(base.protocol), "study": base.studies, "kind of harm": base.harm_kinds}
    yield from here.under("indications").named("indication", among.indications, names)
    yield from here.under("studies").named("study", among.studies, names)
    yield from here.under("plus").named("adjunct", among.plus, names)
    for key in ("phototypes", "only_phototypes"):
        yield from here.under(key).named("phototype", getattr(among, key), {"phototype": PHOTOTYPES})
    yield from here.under("controls").named("control", among.controls, {"control": CONTROLS})
    journals = {study.journal for study in base.studies.values()}
    # A journal in which nothing was found is asked for by its full name, so a slip would go unseen.
    if among.journal and among.journal not in journals:
        yield here.under("journal").unknown("journal", among.journal, sorted(journals))
    yield from at.under("harm").named("kind of harm", [number.harm], names)
    yield from at.under("favours").named("side", [number.favours], {"side": FAVOURS})
    if number.query is Query.POOL:
        yield from at.under("key").named("key of a pool", [number.key], {"key of a pool": POOL_KEYS})
    unknown = [
        *at.under("study").named("study", [number.study], names),
        *at.under("reading").named("reading", [number.reading], {"reading": base.protocol.readings}),
    ]
    yield from unknown
    if number.query in (Query.FIGURE, Query.READING) and not unknown:
        try:
            figure_of(number, base)
        except LookupError as fault:
            hint = "`needlewise evidence show` tells every figure of a study"
            yield at.under("key").problem(str(fault.args[0]), "the name of one figure that was read", hint)
