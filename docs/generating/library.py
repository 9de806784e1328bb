"""library.md: what the package offers to other programs: signatures, fields and docstrings, from its source."""

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module

from generating.markdown import page

INTRODUCTION = """\
`import needlewise` brings in next to nothing; `load_protocol`, `read_case`, `consult`, `Consultation` and `Protocol` are
there by name, the rest is imported from its room. Every result is a frozen value; nothing is stored and nothing reads
the clock. The [tutorial](../tutorials/first-consultation.md) walks through it. An error carries all problems found, each
with its place, what was found, what was expected and what to do."""
# Heading -> where it is written -> what is public there; an empty list: everything without an underscore.
SECTIONS: dict[str, dict[str, str]] = {
    "The door": {
        "needlewise.knowledge._load": "load_protocol",
        "needlewise.consultation": "read_case consult Consultation foresee what_if Foreseen",
    },
    "What a consultation holds": {
        "needlewise.clinical.screening": "ZoneVerdict",
        "needlewise.clinical.questions": "Question",
        "needlewise.clinical.reasons": "Reason FactUsed",
        "needlewise.clinical.planning": "Plan ConcernPlan",
        "needlewise.clinical.fields": "LeftOut",
        "needlewise.clinical.visits": "Visit VisitZone Dose",
        "needlewise.clinical.trace": "Step",
        "needlewise.clinical.timeline": "Instruction Entry",
        "needlewise.clinical.anaesthesia": "NumbingCream",
        "needlewise.clinical.adjuncts": "AdjunctAdvice",
    },
    "The case": {
        "needlewise.clinical.case": "Case Concern Clinic ClinicDevice Override Clearance Acknowledgement",
    },
    "What the trials say": {
        "needlewise.knowledge._evidence_load": "load_evidence",
        "needlewise.knowledge._evidence": "EvidenceBase",
        "needlewise.knowledge._studies": "",
        "needlewise.knowledge._claims_load": "load_claims",
        "needlewise.knowledge._claims": "",
        "needlewise.evidence.claims": "",
        "needlewise.evidence.claim_numbers": "",
        "needlewise.evidence.claim_studies": "among span_of",
        "needlewise.knowledge._normalising": "ScaleName ResponseKind HarmKind",
        "needlewise.evidence.effects": "",
        "needlewise.evidence.means": "",
        "needlewise.evidence.proportions": "",
        "needlewise.evidence.estimators": "fit tau2_interval egger Fit Bounds Asymmetry",
        "needlewise.evidence.methods": "Method",
        "needlewise.evidence.pooling": "",
        "needlewise.evidence.groups": "groups_of treatment_of against_of Group Key Member Sort Treatment Against",
        "needlewise.evidence.forecast": "",
        "needlewise.evidence.behind": "",
        "needlewise.evidence.likeness": "",
        "needlewise.evidence.prediction": "",
        "needlewise.evidence.certainty": "",
        "needlewise.evidence.harms": "harm_rates HarmRate Rate Measured",
        "needlewise.evidence.resting": "",
        "needlewise.evidence.holes": "",
        "needlewise.evidence.moderators": "",
        "needlewise.evidence.grading": "",
        "needlewise.knowledge._forecasting": "",
        "needlewise.knowledge._citing": "citing Citing",
    },
    "How the skin is expected to heal": {
        "needlewise.knowledge._biology_load": "load_biology",
        "needlewise.knowledge._biology": "",
        "needlewise.knowledge._biology_told": "",
        "needlewise.clinical.treated": "",
        "needlewise.healing.model": "",
        "needlewise.healing.task": "Task Solved Stops",
        "needlewise.healing.lanes": "solve",
        "needlewise.healing.reference": "solve",
        "needlewise.healing.population": "",
        "needlewise.healing.posterior": "from_posterior",
        "needlewise.healing.likelihood": "",
        "needlewise.healing.calibration": "",
        "needlewise.healing.trials.trial": "",
        "needlewise.healing.trials.histograms": "",
        "needlewise.healing.regimen": "Regimen Outside regimen_of",
        "needlewise.healing.course": "foresee compare Course Bands Over ReadOffBand Comparison Difference",
        "needlewise.healing.sureness": "Sureness",
        "needlewise.interop.outlook": "outlooks compared table Outlook Told",
        "needlewise.interop.course_document": "course_document",
        "needlewise.interop.charts.healing": "year two_weeks",
        "needlewise.interop.charts.course_drawing": "",
    },
    "What the photograph shows": {
        "needlewise.knowledge._imaging_load": "load_imaging",
        "needlewise.knowledge._imaging": "",
        "needlewise.imaging.reading": "read_picture written",
        "needlewise.imaging.picture": "Picture Facts Colours doubts",
        "needlewise.imaging.zones": "Zone Box read_zones carried",
        "needlewise.imaging.drawn": "DrawnStripe",
        "needlewise.imaging.beside": "Beside find_beside",
        "needlewise.imaging.comparing": "compare How Comparison",
        "needlewise.imaging.laying": "Seen Laid ZoneFound Refused",
        "needlewise.imaging.spread": "Change Verdict Shots changed by_ratio believed",
        "needlewise.imaging.showing": "shown Shown",
        "needlewise.imaging.facing": "facing Facing",
        "needlewise.imaging.aligning": "align Alignment Aligned",
        "needlewise.imaging.colour": "Calibration by_chart by_grey by_reference",
        "needlewise.interop.measured": "zone_rows measured_document ZoneRows Row",
    },
    "What patients read": {
        "needlewise.knowledge._learning_load": "load_learning",
        "needlewise.knowledge._learning": "Learning Article Section Tip Moment Word",
        "needlewise.clinical.tips": "",
    },
    "The protocol": {
        "needlewise.knowledge._protocol": "Protocol Edition Place",
        "needlewise.knowledge._values": "Mark Cite Origin Basis Verdict Scope",
        "needlewise.knowledge._tables": "Answer",
    },
    "Outcomes": {"needlewise.clinical.outcomes": "items_of score change Score Comparison Direction"},
    "Published series against the model": {
        "needlewise.healing.series.validating": "validate Validation Compared",
        "needlewise.healing.series.reading": "Series Reported NotPredicted",
        "needlewise.healing.series.doses": "Done",
        "needlewise.healing.series.keys": "Form",
        "needlewise.healing.series.marks": "Mark",
    },
    "Dose": {
        "needlewise.dose": "",
        "needlewise.dose.bands": "",
        "needlewise.dose.reckoning": "",
        "needlewise.interop.dose_words": "in_words DoseWords FigureWords Resting",
    },
    "Documents, handouts, calendars, charts, replay": {
        "needlewise.interop.document": "as_document",
        "needlewise.interop.schema": "json_schema",
        "needlewise.interop.handouts": "patient_pdf practitioner_pdf",
        "needlewise.interop.calendar": "as_calendar",
        "needlewise.interop.charts.contents": "contents Contents Row Role Axis",
        "needlewise.interop.charts.directions": "",
        "needlewise.interop.charts.forest": "forest",
        "needlewise.interop.charts.drawing": "forest_svg Palette",
        "needlewise.interop.sbml": "sbml_of",
        "needlewise.interop.replay": "replay Replay Difference",
        "needlewise.interop.case_toml": "as_toml",
    },
    "News": {
        "needlewise.interop.news.items": "NewsItem NewsKind Touches newest_first of_kind",
        "needlewise.interop.news.reading": "written_changes",
        "needlewise.interop.news.fragments": "Fragment",
        "needlewise.interop.news.gathering": "gather",
        "needlewise.interop.news.touching": "touched held_by",
        "needlewise.interop.news.digest": "digest",
    },
    "Proofs": {"needlewise.verification.invariants": "broken table Invariant Held"},
    "Errors": {"needlewise.errors": ""},
}
# What is re-exported is imported from the door, not from where it is written.
_DOORS = {"needlewise.knowledge._load": "needlewise", "needlewise.consultation": "needlewise"}


def library_page() -> str:
    parts = [INTRODUCTION]
    for heading, modules in SECTIONS.items():
        parts.append(f"## {heading}")
        for name, wanted in modules.items():
            source = inspect.getsource(import_module(name))
            parts += [_described(node, _door(name), source) for node in _chosen(ast.parse(source), wanted.split())]
    return page("Library", *parts)


def _door(module: str) -> str:
    """The module to import from: for what stands behind the door of the knowledge, that door."""
    return _DOORS.get(module) or module.rpartition("._")[0] or module


def _chosen(tree: ast.Module, wanted: list[str]) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    there = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    yield from (there[name] for name in wanted or [name for name in there if not name.startswith("_")])


def _described(node: ast.FunctionDef | ast.ClassDef, module: str, source: str) -> str:
    code = f"```python\nfrom {module} import {node.name}\n\n\n{_shape(node, source)}\n```"
    return f"### {node.name}\n\n{code}\n\n{_prose(ast.get_docstring(node) or '')}"


def _shape(node: ast.FunctionDef | ast.ClassDef, source: str) -> str:
    """The signature as it is written, or the class with its fields and members."""
    if isinstance(node, ast.FunctionDef):
        lines = source.splitlines()[node.lineno - 1 : node.body[0].lineno - 1]
        return f"{chr(10).join(lines)} ..."
    public = [line for part in node.body if (line := _member(part, source))]
    bases = f"({', '.join(map(ast.unparse, node.bases))})" if node.bases else ""
    return "\n".join([f"class {node.name}{bases}:", *(f"    {line}" for line in public or ["..."])])


def _member(part: ast.stmt, source: str) -> str:
    if isinstance(part, ast.AnnAssign | ast.Assign):
        text = ast.get_source_segment(source, part) or ""
        return "" if text.startswith("_") else text
    is_property = isinstance(part, ast.FunctionDef) and any(
        isinstance(one, ast.Name) and one.id == "property" for one in part.decorator_list
    )
    return f"{part.name}: {ast.unparse(part.returns)}" if is_property and part.returns else ""


def _prose(text: str) -> str:
    """A docstring as paragraphs: its own line breaks mean nothing, except where it draws."""
    paragraphs = text.split("\n\n")
    return "\n\n".join(p if p.startswith(" ") else " ".join(p.split("\n")).replace("  ", " ") for p in paragraphs)
