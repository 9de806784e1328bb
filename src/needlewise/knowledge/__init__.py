"""WHAT IS KNOWN: everything a clinician could dispute, as TOML, dated and sourced.

The files stand in the folders beside this one; `load_protocol` reads and checks them all and returns plain frozen
values. Rooms above take everything from here, never from the modules with an underscore.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from needlewise.knowledge._biology import (
    PER_NOTHING,
    PER_PEAK,
    PER_REST,
    Ageing,
    Between,
    Biology,
    Bound,
    DoseSpread,
    Figure,
    FormFit,
    LayerRow,
    LayersFound,
    OwnFactor,
    Parameter,
    Posterior,
    Setting,
    Structure,
    UnknownAge,
)
from needlewise.knowledge._biology_told import (
    LOW,
    VERY_LOW,
    Doubt,
    LayerTop,
    Observable,
    ReadOff,
    Threshold,
)
from needlewise.knowledge._care import (
    Aftercare,
    Change,
    Conflict,
    Level,
    Preparation,
    Reading,
    Recovery,
    RedFlag,
    Scale,
    ScaleBand,
    ScaleItem,
    ScaleOption,
    Source,
)
from needlewise.knowledge._citing import TABLES, Citing, citing, marks_in, part_name, rows_of
from needlewise.knowledge._claims import Among, Claim, Grade, Number, Quantity, Query, figure_of
from needlewise.knowledge._evidence import EvidenceBase
from needlewise.knowledge._forecasting import MOST_DOUBLINGS, Distance, Judgement, PersonSpread, Reckoning, Spread
from needlewise.knowledge._imaging import Colour, Criterion, FaceZone, Floor, Gate, Imaging, Measure, Regime, Told
from needlewise.knowledge._index import Index, facts_of
from needlewise.knowledge._learning import Article, Learning, Moment, Section, Tip, Word
from needlewise.knowledge._normalising import HarmKind, ResponseKind, ScaleName
from needlewise.knowledge._planning import (
    Adjunct,
    Authorisation,
    DepthRow,
    Device,
    DeviceDepth,
    DeviceNeedles,
    EndPoint,
    Goal,
    Indication,
    LabelledUse,
    Limit,
    Mode,
    Modifier,
    Role,
    SessionsRow,
    StopRule,
    ThicknessCap,
    VisitKind,
    Zone,
)
from needlewise.knowledge._prescribed import BOUGHT, UNUSED, can_be_prescribed, in_use, is_prescribed
from needlewise.knowledge._protocol import Edition, Place, Protocol
from needlewise.knowledge._scales import items_by_region
from needlewise.knowledge._screening import (
    Alternative,
    Cell,
    ClearanceRule,
    Example,
    Exemption,
    Fact,
    Kind,
    Rule,
    RuleFile,
    Wait,
    WaitKind,
)
from needlewise.knowledge._studies import (
    TO_FILL_IN,
    Accepted,
    Arm,
    Contrast,
    Design,
    Flag,
    Harm,
    Outcome,
    People,
    Read,
    ReadIn,
    Retraction,
    Study,
    Unit,
)
from needlewise.knowledge._tables import (
    UNKNOWN,
    Answer,
    Inputs,
    Known,
    Lookup,
    Truth,
    all_hold,
    applies,
    cell_holds,
    cell_holds_for,
    cell_holds_throughout,
    exemption_holds,
)
from needlewise.knowledge._toml import line_of
from needlewise.knowledge._values import BASIS_ORDER, Basis, Cite, Mark, Origin, Scope, Verdict
from needlewise.knowledge._wording import VerdictWords

if TYPE_CHECKING:
    from needlewise.knowledge._biology_load import load_biology
    from needlewise.knowledge._claims_load import load_claims
    from needlewise.knowledge._evidence_load import load_evidence
    from needlewise.knowledge._imaging_load import load_imaging
    from needlewise.knowledge._learning_load import load_learning
    from needlewise.knowledge._load import load_protocol
else:

    def load_biology(protocol: Protocol, folder: Path | None = None) -> Biology:
        """See `needlewise.knowledge._biology_load.load_biology`; imported late, because it needs pydantic."""
        from needlewise.knowledge._biology_load import load_biology as load  # noqa: PLC0415

        return load(protocol, folder)

    def load_claims(base: EvidenceBase, folder: Path | None = None) -> Mapping[str, Claim]:
        """See `needlewise.knowledge._claims_load.load_claims`; imported late, because it needs pydantic."""
        from needlewise.knowledge._claims_load import load_claims as load  # noqa: PLC0415

        return load(base, folder)

    def load_evidence(protocol: Protocol, folder: Path | None = None) -> EvidenceBase:
        """See `needlewise.knowledge._evidence_load.load_evidence`; imported late, because it needs pydantic."""
        from needlewise.knowledge._evidence_load import load_evidence as load  # noqa: PLC0415

        return load(protocol, folder)

    def load_imaging(protocol: Protocol, folder: Path | None = None) -> Imaging:
        """See `needlewise.knowledge._imaging_load.load_imaging`; imported late, because it needs pydantic."""
        from needlewise.knowledge._imaging_load import load_imaging as load  # noqa: PLC0415

        return load(protocol, folder)

    def load_learning(protocol: Protocol, folder: Path | None = None) -> Learning:
        """See `needlewise.knowledge._learning_load.load_learning`; imported late, because it needs pydantic."""
        from needlewise.knowledge._learning_load import load_learning as load  # noqa: PLC0415

        return load(protocol, folder)

    def load_protocol(on: date, folder: Path | None = None, overlay: bytes | None = None) -> Protocol:
        """See `needlewise.knowledge._load.load_protocol`; imported late, because it may need pydantic."""
        from needlewise.knowledge._kept import open_protocol  # noqa: PLC0415

        return open_protocol(on, folder, overlay)


__all__ = [
    "BASIS_ORDER",
    "BOUGHT",
    "LOW",
    "MOST_DOUBLINGS",
    "PER_NOTHING",
    "PER_PEAK",
    "PER_REST",
    "TABLES",
    "TO_FILL_IN",
    "UNKNOWN",
    "UNUSED",
    "VERY_LOW",
    "Accepted",
    "Adjunct",
    "Aftercare",
    "Ageing",
    "Alternative",
    "Among",
    "Answer",
    "Arm",
    "Article",
    "Authorisation",
    "Basis",
    "Between",
    "Biology",
    "Bound",
    "Cell",
    "Change",
    "Cite",
    "Citing",
    "Claim",
    "ClearanceRule",
    "Colour",
    "Conflict",
    "Contrast",
    "Criterion",
    "DepthRow",
    "Design",
    "Device",
    "DeviceDepth",
    "DeviceNeedles",
    "Distance",
    "DoseSpread",
    "Doubt",
    "Edition",
    "EndPoint",
    "EvidenceBase",
    "Example",
    "Exemption",
    "FaceZone",
    "Fact",
    "Figure",
    "Flag",
    "Floor",
    "FormFit",
    "Gate",
    "Goal",
    "Grade",
    "Harm",
    "HarmKind",
    "Imaging",
    "Index",
    "Indication",
    "Inputs",
    "Judgement",
    "Kind",
    "Known",
    "LabelledUse",
    "LayerRow",
    "LayerTop",
    "LayersFound",
    "Learning",
    "Level",
    "Limit",
    "Lookup",
    "Mark",
    "Measure",
    "Mode",
    "Modifier",
    "Moment",
    "Number",
    "Observable",
    "Origin",
    "Outcome",
    "OwnFactor",
    "Parameter",
    "People",
    "PersonSpread",
    "Place",
    "Posterior",
    "Preparation",
    "Protocol",
    "Quantity",
    "Query",
    "Read",
    "ReadIn",
    "ReadOff",
    "Reading",
    "Reckoning",
    "Recovery",
    "RedFlag",
    "Regime",
    "ResponseKind",
    "Retraction",
    "Role",
    "Rule",
    "RuleFile",
    "Scale",
    "ScaleBand",
    "ScaleItem",
    "ScaleName",
    "ScaleOption",
    "Scope",
    "Section",
    "SessionsRow",
    "Setting",
    "Source",
    "Spread",
    "StopRule",
    "Structure",
    "Study",
    "ThicknessCap",
    "Threshold",
    "Tip",
    "Told",
    "Truth",
    "Unit",
    "UnknownAge",
    "Verdict",
    "VerdictWords",
    "VisitKind",
    "Wait",
    "WaitKind",
    "Word",
    "Zone",
    "all_hold",
    "applies",
    "can_be_prescribed",
    "cell_holds",
    "cell_holds_for",
    "cell_holds_throughout",
    "citing",
    "exemption_holds",
    "facts_of",
    "figure_of",
    "in_use",
    "is_prescribed",
    "items_by_region",
    "line_of",
    "load_biology",
    "load_claims",
    "load_evidence",
    "load_imaging",
    "load_learning",
    "load_protocol",
    "marks_in",
    "part_name",
    "rows_of",
]
