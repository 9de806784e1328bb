"""The certainty of a pool: what `certainty` grades, taken from a group and what was pooled of it."""

from needlewise.evidence.certainty import Body, Certainty, certainty_of
from needlewise.evidence.groups import Group
from needlewise.evidence.pooling import Pool
from needlewise.knowledge import EvidenceBase


def certainty_of_pool(group: Group, found: Pool, base: EvidenceBase) -> Certainty:
    """Grade a pool. Nothing was asked to compare its studies with, so whether they fit a plan is not assessed."""
    pooled = {one.effect.study for one in found.effects}
    return certainty_of(
        Body(
            groups=(group.key.trouble,),
            of=group.key.of,
            is_controlled=group.key.against is not None,
            studies=[one.study for one in group.members if one.effect is not None and one.study.id in pooled],
            people=found.people,
            disagreement_percent=found.i2_percent if found.k > 1 else None,
            small_studies_p=found.small_study.p if found.small_study else None,
        ),
        base,
    )
