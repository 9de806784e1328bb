"""What the architecture tests look for, as functions from source text to offences, so that each can be shown to bite."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "needlewise"
SIMULATED = ROOT / "simulated_skin"
CORE = (
    "errors.py",
    "dose",
    "knowledge",
    "clinical",
    "healing",
    "evidence",
    "consultation.py",
    "imaging",
    "interop",
    "verification",
)
LOADER = (
    "knowledge/_toml.py",
    "knowledge/_load.py",
    "knowledge/_evidence_load.py",
    "knowledge/_claims_load.py",
    "knowledge/_biology_load.py",
    "knowledge/_imaging_load.py",
    "knowledge/_learning_load.py",
    "knowledge/_kept.py",
    "interop/news/reading.py",
    "imaging/face_weights.py",  # weights of networks, files of an installed package as knowledge is of ours
)

LONGEST_FILE = 400
LONGEST_BODY = 50
MOST_PARAMETERS = 6
BANNED_NAMES = frozenset(
    {
        "utils",
        "helpers",
        "common",
        "core",
        "base",
        "services",
        "managers",
        "misc",
        "util",
        "helper",
        "service",
        "manager",
    }
)
# Calls that would let a clock, dice, a file or the network into the core.
BANNED_CALLS = frozenset(
    {"open", "input", "exec", "eval", "date.today", "datetime.now", "datetime.today", "datetime.utcnow", "time.time",
     "time.monotonic", "time.perf_counter", "os.environ", "os.getenv", "os.urandom", "uuid.uuid4", "uuid.uuid1"}
)  # fmt: skip
BANNED_ROOTS = frozenset({"random", "secrets", "socket", "subprocess", "urllib"})
FILE_METHODS = frozenset({"read_text", "read_bytes", "write_text", "write_bytes", "open", "glob", "rglob", "iterdir"})


def python_files() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)


def is_core(path: Path) -> bool:
    return path.relative_to(SOURCE).parts[0] in CORE


def budget_offences(text: str) -> Iterator[str]:
    lines = text.count("\n")
    if lines > LONGEST_FILE:
        yield f"{lines} lines, at most {LONGEST_FILE}"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            if length > LONGEST_BODY:
                yield f"{node.name}: a body of {length} lines, at most {LONGEST_BODY}"
            names = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
            count = len([name for name in names if name not in ("self", "cls")])
            if count > MOST_PARAMETERS:
                yield f"{node.name}: {count} parameters, at most {MOST_PARAMETERS}"


def call_offences(text: str, *, may_read_files: bool = False) -> Iterator[str]:
    """Ambient state in the core: clock, dice, environment, files, network."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call | ast.Attribute):
            name = _dotted(node.func if isinstance(node, ast.Call) else node)
            short = ".".join(name.split(".")[-2:])
            if isinstance(node, ast.Call) and (name in BANNED_CALLS or short in BANNED_CALLS):
                yield f"line {node.lineno}: calls {name}"
            elif name.split(".")[0] in BANNED_ROOTS or short in ("os.environ",):
                yield f"line {node.lineno}: uses {name}"
            elif (
                isinstance(node, ast.Call)
                and name.split(".")[-1] in FILE_METHODS
                and "." in name
                and not may_read_files
            ):
                yield f"line {node.lineno}: touches a file by {name}"
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            for name in names:
                if name.split(".")[0] in BANNED_ROOTS:
                    yield f"line {node.lineno}: imports {name}"


def name_offences(path: Path) -> Iterator[str]:
    for part in (*path.parts[:-1], path.stem):
        if part.strip("_") in BANNED_NAMES:
            yield f"`{part}` says nothing about what is inside"


def docstring_offences(text: str) -> Iterator[str]:
    """Public things of the core say what they are."""
    tree = ast.parse(text)
    if not ast.get_docstring(tree):
        yield "the module says nothing about itself"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            is_tiny = isinstance(node, ast.FunctionDef) and len(node.body) == 1
            if not ast.get_docstring(node) and not is_tiny:
                yield f"line {node.lineno}: {node.name} says nothing about itself"


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
