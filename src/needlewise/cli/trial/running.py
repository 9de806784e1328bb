"""Who computes the chunks: threads of this machine, or a cluster; how far it has come; what to do when it is stopped."""

import argparse
import os
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm

from needlewise.cli.exits import StoppedError, WrongUseError
from needlewise.cli.trial.folder import TrialFolder
from needlewise.errors import Problem
from needlewise.healing.trials.spreading import computed
from needlewise.healing.trials.trial import Trial
from needlewise.knowledge import Biology

# So many chunks are under way for each thread, so that none waits for the next.
AHEAD = 2
PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be computed, and where it is kept."""

    trial: Trial
    biology: Biology
    folder: TrialFolder
    missing: tuple[int, ...]


def run_missing(asked: Asked, options: argparse.Namespace) -> None:
    """Compute the chunks that are missing, and keep each as soon as it is there."""
    if not asked.missing:
        return
    people = sum(asked.trial.size_of(number) for number in asked.missing)
    is_hidden = not (options.progress or sys.stderr.isatty())
    with (
        _computing(options) as (executor, at_once),
        tqdm(
            total=asked.trial.people,
            initial=asked.trial.people - people,
            unit=" people",
            disable=is_hidden,
            file=sys.stderr,
        ) as bar,
    ):
        for chunk in computed(asked.trial, asked.biology, asked.missing, executor, at_once):
            asked.folder.keep(chunk)
            bar.update(len(chunk.values))


@contextmanager
def stoppable(folder: TrialFolder, command: str) -> Iterator[None]:
    """Stopped from the keyboard, it says what is kept and how to go on."""
    try:
        yield
    except KeyboardInterrupt:
        hint = f"`{command}` goes on from there"
        raise StoppedError(Problem(str(folder.path), f"stopped; {folder.kept} kept", hint=hint)) from None


@contextmanager
def _computing(options: argparse.Namespace) -> Iterator[tuple[Executor, int]]:
    """Who computes, and how many chunks may be under way."""
    if options.cluster is not None:
        with _cluster(options.cluster) as found:
            yield found
        return
    workers = options.workers or _threads()
    with ThreadPoolExecutor(workers) as executor:
        yield executor, AHEAD * workers


def _threads() -> int:
    """As many as this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _cluster(address: str) -> Iterator[tuple[Executor, int]]:
    from distributed import Client  # noqa: PLC0415 - an extra, and only for a cluster

    try:
        client: Any = Client(address, timeout=PATIENCE_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as fault:
        hint = "is the scheduler running there? `dask scheduler` starts one and names its address"
        found = f"nobody answers at {address}: {fault}"
        raise WrongUseError(Problem("--cluster", found, "the address of a Dask scheduler", hint)) from None
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            hint = f"start some: `dask worker {address}`"
            raise WrongUseError(Problem("--cluster", f"no worker at {address}", "at least one", hint))
        # Not pure: a chunk asked for again is computed again, not remembered as failed.
        yield client.get_executor(pure=False), AHEAD * threads
