"""Needlewise: microneedling, with the reason and the source behind every number.

    from datetime import date
    import needlewise

    protocol = needlewise.load_protocol(on=date(2026, 11, 24))
    case = needlewise.read_case(open("case.toml", "rb").read(), protocol, on=date(2026, 11, 24))
    consultation = needlewise.consult(case, protocol, on=date(2026, 11, 24))
    expected = needlewise.forecast(case, consultation, needlewise.load_evidence(protocol))

The names below load on first use, so that `import needlewise` itself costs next to nothing.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from needlewise.consultation import Consultation, consult, forecast, read_case
    from needlewise.knowledge import EvidenceBase, Protocol, load_evidence, load_protocol

__all__ = [
    "Consultation",
    "EvidenceBase",
    "Protocol",
    "__version__",
    "consult",
    "forecast",
    "load_evidence",
    "load_protocol",
    "read_case",
]

_ROOMS = {
    "Consultation": "needlewise.consultation",
    "consult": "needlewise.consultation",
    "forecast": "needlewise.consultation",
    "read_case": "needlewise.consultation",
    "EvidenceBase": "needlewise.knowledge",
    "Protocol": "needlewise.knowledge",
    "load_evidence": "needlewise.knowledge",
    "load_protocol": "needlewise.knowledge",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module  # noqa: PLC0415 - the point of this function is to import late

    if name in _ROOMS:
        return getattr(import_module(_ROOMS[name]), name)
    raise AttributeError(f"module 'needlewise' has no attribute {name!r}")
