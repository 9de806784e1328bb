"""How a verdict is told: to the patient, and to the practitioner."""

from dataclasses import dataclass
from typing import Any, ClassVar

from needlewise.knowledge._values import STRICT, Mark, Verdict

# Beside the verdicts there is one more thing to say: that none stands in the way, and yet nothing can be planned.
NOTHING_PLANNED = "nothing-planned"
WORDED = (*(verdict.word for verdict in Verdict), NOTHING_PLANNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictWords:
    """A row of wording.toml. `id`: a verdict, or nothing-planned.

    `headline` and `line` are what a patient reads first. `title`, `meaning` and `short` are for the practitioner: the
    verdict, what it means for the plan, and the verdict in a word or two beside a place or a reason.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    headline: str
    line: str
    title: str
    meaning: str
    short: str
    mark: Mark
