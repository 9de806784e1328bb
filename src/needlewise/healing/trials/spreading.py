"""Computing chunks by whoever can: threads of this machine or workers of a cluster, a few more asked for than are free.

What comes out does not depend on who computed it, nor on the order in which it came.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from itertools import islice

from needlewise.errors import HealingError, NeedlewiseError, Problem
from needlewise.healing.trials.trial import Chunk, Trial, program, run_chunk
from needlewise.knowledge import Biology

# A chunk whose workers die or vanish is asked for again so often.
TRIES = 5
_GO_ON = "look at scheduler and workers; the same command takes the whole chunks as they are and goes on"
Run = Callable[[Trial, Biology, int], Chunk]


def computed(
    trial: Trial, biology: Biology, numbers: Iterable[int], executor: Executor, at_once: int, run: Run = run_chunk
) -> Iterator[Chunk]:
    """These chunks as they are ready, in any order; at most `at_once` are under way.

    A chunk that fails for reasons of its worker is asked for again. Raises `HealingError` where it goes on failing, or
    where a worker has another program than this one. Whoever stops early leaves nothing under way.
    """
    left, tries, mine = iter(numbers), dict[int, int](), program()
    under_way: dict[Future[Chunk], int] = {}

    def ask_for(number: int) -> None:
        try:
            under_way[executor.submit(run, trial, biology, number)] = number
        except Exception as fault:  # of whatever kind: nobody is left to ask, nor to call anything off
            under_way.clear()
            found = f"nobody takes it any more: {type(fault).__name__}: {fault}"
            raise HealingError(Problem(f"chunk {number}", found, "somebody who computes it", _GO_ON)) from fault

    try:
        while True:
            for number in islice(left, at_once - len(under_way)):
                ask_for(number)
            if not under_way:
                return
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                number = under_way.pop(future)
                found = _outcome(future, number, tries)
                if found is None:
                    ask_for(number)
                else:
                    yield _of_this_program(found, mine)
    finally:
        for future in under_way:
            future.cancel()


def _outcome(future: Future[Chunk], number: int, tries: dict[int, int]) -> Chunk | None:
    """The chunk; None where it should be asked for again."""
    if future.cancelled():
        fault: BaseException | None = None
    else:
        fault = future.exception()
        if fault is None:
            return future.result()
    if isinstance(fault, NeedlewiseError):
        raise fault
    tries[number] = tries.get(number, 0) + 1
    if tries[number] >= TRIES:
        told = f"failed {TRIES} times" + (f", last by {type(fault).__name__}: {fault}" if fault else "")
        raise HealingError(Problem(f"chunk {number}", told, "a worker that stays", _GO_ON)) from fault
    return None


def _of_this_program(chunk: Chunk, mine: str) -> Chunk:
    if chunk.made_by != mine:
        hint = "install the same versions on every machine"
        raise HealingError(Problem(f"chunk {chunk.number}", f"computed by {chunk.made_by}", mine, hint))
    return chunk
