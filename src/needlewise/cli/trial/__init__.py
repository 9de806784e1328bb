"""needlewise trial: many virtual people, several ways of treating them, on one machine or many."""

import argparse
import shlex
import sys
from datetime import date
from pathlib import Path

from needlewise.cli.inputs import protocol_of
from needlewise.cli.outputs import write_text
from needlewise.cli.refusing import need

TEXT, JSON = "text", "json"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("spec", type=Path, metavar="SPEC.toml", help="what is tried: people, arms, endpoints")
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="where the results go; one with a part of them goes on",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--workers", type=_workers, metavar="N", help="threads of this machine; all it has if left out")
    where.add_argument("--cluster", metavar="ADDRESS", help="a Dask scheduler instead, such as tcp://10.0.0.5:8786")
    parser.add_argument("--format", choices=(TEXT, JSON), default=TEXT, help="how the summary is printed")
    parser.add_argument("--progress", action="store_true", help="tell how far it has come, also without a terminal")


def run(options: argparse.Namespace) -> int:
    for module, title in (("numba", "Numba"), ("scipy", "SciPy"), ("duckdb", "DuckDB"), ("tqdm", "tqdm")):
        need("trial", module, title, "healing")
    if options.cluster is not None:
        need("trial --cluster", "distributed", "Dask distributed", "cluster")
    # Numerics are loaded only once they are there.
    from needlewise.cli.trial import results, running, summary_json, summary_text  # noqa: PLC0415
    from needlewise.cli.trial.folder import TrialFolder  # noqa: PLC0415
    from needlewise.cli.trial.spec import trial_in  # noqa: PLC0415
    from needlewise.healing.trials.summary import summarised  # noqa: PLC0415
    from needlewise.knowledge import load_biology  # noqa: PLC0415

    biology = load_biology(protocol_of(date.today()))
    trial = trial_in(options.spec, biology)
    folder = TrialFolder.opened(options.out, trial, biology)
    with running.stoppable(folder, _command(options)):
        missing, broken = folder.to_compute()
        for fault in broken:
            print(f"{fault}; that chunk is computed again", file=sys.stderr)
        if missing and (folder.whole or broken):
            print(f"{folder.kept} taken as found", file=sys.stderr)
        running.run_missing(running.Asked(trial, biology, folder, missing), options)
        summary = summarised(trial, biology, folder.chunks())
        results.write(summary, options.out)
    write_text(summary_json.as_json(summary) if options.format == JSON else summary_text.as_text(summary, options.out))
    return 0


def _command(options: argparse.Namespace) -> str:
    """The command as it can be called again."""
    where = ["--cluster", options.cluster] if options.cluster else []
    return shlex.join(["needlewise", "trial", str(options.spec), "--out", str(options.out), *where])


def _workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1024:
        raise argparse.ArgumentTypeError(f"`{text}` is no number of threads; write 1 to 1024")
    return int(text)
