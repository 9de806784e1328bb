"""What was prescribed and what one bought oneself: the difference on which it hangs who may stop a product.

No software stops a prescribed medicine. Every row that pauses a product which could have been prescribed therefore
says two things: one of what was prescribed, one of what the patient bought.
"""

from needlewise.knowledge._screening import Cell, Fact, Kind
from needlewise.knowledge._tables import Answer

# Answers that say that something is not used.
UNUSED = frozenset({"never", "no", "none", "stopped"})
NOW_PRESCRIBED = "now-prescribed"
# The words by which a text that pauses a product says of which product it speaks.
BOUGHT = "bought yourself"


def can_be_prescribed(fact: Fact | None) -> bool:
    """Whether an answer to a question may say that a product was prescribed: `prescribed` may stand beside any
    medicine or product, whether or not it is asked for."""
    return fact is not None and fact.kind is Kind.MEDICINE


def in_use(answer: Answer) -> bool:
    """Whether an answer says that something is used now."""
    return answer.status not in UNUSED


def is_prescribed(answer: Answer) -> bool:
    """Whether an answer says that something is used now because it was prescribed."""
    return answer.status == NOW_PRESCRIBED or (bool(answer.prescribed) and in_use(answer))


def may_be_in_use(cell: Cell, fact: Fact) -> bool:
    """Whether a cell can hold while the product is used."""
    used = [option for option in fact.options if option not in UNUSED]
    return any((not cell.one_of or option in cell.one_of) and option not in cell.none_of for option in used)
