"""How fast the evidence answers: loading, pooling every group, and what our door to PyMARE costs beside PyMARE itself.

./dev bench evidence
"""

import statistics
import sys
import time
import warnings
from collections.abc import Callable
from datetime import date

import numpy as np

from needlewise.evidence.claims import graded
from needlewise.evidence.estimators import fit
from needlewise.evidence.forecast import forecast
from needlewise.evidence.groups import groups_of
from needlewise.evidence.likeness import Asked
from needlewise.evidence.methods import Method
from needlewise.evidence.pooling import pool
from needlewise.knowledge import EvidenceBase, load_claims, load_evidence, load_protocol

ON = date(2026, 11, 24)
ANALYSES, FEWEST, MOST, SEED = 1_000, 10, 100, 20261124
ROUNDS = 5


def seconds(work: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return found


def told(name: str, found: list[float], goal: str) -> None:
    print(f"  {name:<52} {min(found):9.3f} s  {statistics.median(found):9.3f} s  {goal}")


def synthetic() -> list[tuple[np.ndarray, np.ndarray]]:
    dice = np.random.default_rng(SEED)
    made = []
    for _ in range(ANALYSES):
        k = int(dice.integers(FEWEST, MOST + 1))
        variances = dice.uniform(0.01, 0.5, k)
        values = 0.3 + dice.normal(0, 0.3, k) + dice.normal(0, np.sqrt(variances))
        made.append((values, variances))
    return made


def overhead(data: list[tuple[np.ndarray, np.ndarray]]) -> None:
    """The same estimate with the same interval, ours and PyMARE's own results object, in turn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        from pymare import Dataset  # noqa: PLC0415 - seconds, and it leaves a file open
        from pymare.estimators import DerSimonianLaird, VarianceBasedLikelihoodEstimator  # noqa: PLC0415

    def direct(method: Method) -> list[float]:
        made = []
        for values, variances in data:
            model = DerSimonianLaird() if method is Method.DL else VarianceBasedLikelihoodEstimator("REML")
            results = model.fit_dataset(Dataset(y=values, v=variances)).summary()
            results.get_fe_stats()
            results.get_heterogeneity_stats()
            made.append(float(np.ravel(results.fe_params)[0]))
        return made

    for method in (Method.DL, Method.REML):
        ours = [fit(values, variances, method).estimates[0] for values, variances in data]
        assert np.allclose(ours, direct(method), atol=1e-4), f"{method}: the estimates differ"
        mine = seconds(lambda m=method: [fit(values, variances, m) for values, variances in data])
        theirs = seconds(lambda m=method: direct(m))
        told(f"{ANALYSES:,} analyses of {FEWEST} to {MOST} studies, {method}, ours", mine, "")
        told(f"{ANALYSES:,} analyses of {FEWEST} to {MOST} studies, {method}, PyMARE", theirs, "")
        print(f"    our overhead {100 * (min(mine) / min(theirs) - 1):+.0f} %  (goal: under +20 %)")


def forecasts(base: EvidenceBase) -> None:
    """One forecast, warm, as a page makes it: the base open and its groups found."""
    groups, asked = groups_of(base), Asked(("acne_scars",), (3, 6), (), "IV")
    forecast(asked, base, groups=groups)
    told("one forecast, warm", seconds(lambda: forecast(asked, base, groups=groups), 50), "goal: 0.020 s")
    told("one forecast, groups found anew", seconds(lambda: forecast(asked, base), 50), "")
    claims = load_claims(base)
    told(f"load and check {len(claims)} claims", seconds(lambda: load_claims(base)), "")
    told("compute every number of every claim", seconds(lambda: [graded(c, base, groups) for c in claims.values()]), "")


def main() -> int:
    protocol = load_protocol(ON)
    base = load_evidence(protocol)
    groups = [group for group in groups_of(base) if group.k]
    pool(groups[0].effects)  # PyMARE is loaded by the first pool
    print(f"  {'':<52} {'best':>11}  {'median':>11}")
    told(f"load and check {len(base.studies)} studies", seconds(lambda: load_evidence(protocol)), "goal: 0.3 s")
    told("find every group", seconds(lambda: groups_of(base)), "")
    told(f"pool every group ({len(groups)})", seconds(lambda: [pool(one.effects) for one in groups]), "goal: 2 s")
    forecasts(base)
    overhead(synthetic())
    return 0


if __name__ == "__main__":
    sys.exit(main())
