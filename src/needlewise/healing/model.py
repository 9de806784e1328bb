"""The model: how fast every state changes, what a session does to it, and what can be seen of it.

One statement of the equations for everyone: the reference path calls these functions as they stand, the fast
path compiles them, the SBML export and the printed equations read their text. They use nothing but arithmetic, `max`
and the unpacking at their top, so that all four can.

Time is in days; amounts are relative to untreated dermis of the layer that is treated. What each symbol means, its unit
and its source stand in knowledge/biology/parameters.toml and docs/explanation/healing.md.
"""

from typing import Any

# The symbols of the equations, in the order of a state, and what each counts.
STATES = {
    "B": "open barrier, share of the surface",
    "D": "damage and clot, share of the volume",
    "N": "neutrophils",
    "M1": "inflammatory macrophages",
    "M2": "reparative macrophages",
    "T": "active transforming growth factor, in units of its half-effect",
    "F": "fibroblasts, 1 is normal",
    "A": "myofibroblasts",
    "P": "procollagen, laid down and not yet built in",
    "C3": "type III collagen",
    "Cn": "new type I collagen",
    "Cm": "cross-linked type I collagen",
    "E": "elastin, 1 is normal",
    "V": "redness of the vessels, in units of open barrier",
    "K": "thickness of the epidermis, 1 is normal",
}
# Which parameters the rates, a session, rest and what can be seen depend on.
RATED_BY = (
    "kB", "dD", "kc", "eN", "sN", "KD", "KI", "dN", "sM", "ksw", "Nsw", "dM1", "dM2", "gD", "gM", "tD", "tM",
    "tA", "dT", "rF", "KF", "kh", "ka", "dA", "wA", "kS", "sP", "kP", "Cc", "f3L", "f3E", "sK", "kr", "d3", "mu", "dn", "dm", "qN",
    "qM", "kx", "xc", "kE", "Ec", "qE", "dE", "C30", "kV", "kK", "gK", "Kc",
)  # fmt: skip
NEEDLED_BY = ("chi", "vV")
RESTED_BY = ("C30", "mu", "dm")
OBSERVED_BY = ("C30", "mu", "dm", "gD", "gM", "wB", "wI", "wM", "bW", "sn", "s3")
# All of them, those of the rates first.
PARAMETERS = (*RATED_BY, *NEEDLED_BY, "wB", "wI", "wM", "bW", "sn", "s3")
OBSERVABLES = {
    "barrier": "share of the barrier that is open",
    "neutrophils": "neutrophils",
    "macrophages": "macrophages of both kinds",
    "inflammation": "neutrophils and inflammatory macrophages",
    "platelet-factor": "platelet-derived growth factor, in units of its half-effect",
    "growth-factor": "active transforming growth factor, in units of its half-effect",
    "fibroblasts": "fibroblasts, 1 is normal",
    "myofibroblasts": "myofibroblasts",
    "collagen": "collagen, 1 is normal",
    "type-i": "type I collagen, 1 is normal",
    "type-iii": "type III collagen, 1 is normal",
    "type-iii-share": "type III share of the collagen",
    "elastin": "elastin, 1 is normal",
    "stiffness": "stiffness index, 1 is normal",
    "redness": "redness, in units of open barrier",
    "water-loss": "loss of water through the skin, 1 is normal",
    "epidermis": "thickness of the epidermis, 1 is normal",
}

Values = tuple[Any, ...]


def rates(state: Values, p: Values) -> Values:
    """How fast each state changes, per day. `state` in the order of `STATES`, `p` in that of `RATED_BY`.

    Numbers, not arrays, because of `max`. At rest all rates are 0.
    """
    B, D, N, M1, M2, T, F, A, P, C3, Cn, Cm, E, V, K = state
    (kB, dD, kc, eN, sN, KD, KI, dN, sM, ksw, Nsw, dM1, dM2, gD, gM, tD, tM, tA, dT, rF, KF, kh, ka, dA, wA, kS, sP, kP,
     Cc, f3L, f3E, sK, kr, d3, mu, dn, dm, qN, qM, kx, xc, kE, Ec, qE, dE, C30, kV, kK, gK, Kc) = p  # fmt: skip
    # Cells come to damage, turn, and go. Influx is quadratic, so that rest is stable.
    M = M1 + M2
    turning = ksw * M1 / (1 + (N / Nsw) * (N / Nsw))
    # Growth factors act by how much of their greatest effect they reach.
    G = gD * D + gM * M
    hG = G / (1 + G)
    hT = T / (1 + T)
    activation = ka * hT * F
    # Collagen: what fibroblasts replace, and what repair adds, up to what fits.
    Cn0 = (1 - C30) * dm / (mu + dm)
    replaced = d3 * C30 + (mu + dn) * Cn0
    room = max(0.0, 1 - (C3 + Cn + Cm) / Cc)
    made = (kS * A + sK * kr * replaced * hT * (F + A)) * room
    added = sP * kP * P + (1 - sP) * made
    f3 = f3L + (f3E - f3L) * hT
    Q = 1 + qN * N + qM * M1
    x = max(0.0, C3 + Cn + Cm - 1)
    surplus = kx * x * x / (x + xc)
    return (
        -kB * B,
        eN * N - (dD + kc * (N + M)) * D,
        sN * D * D / (KD * KD + D * D) / (1 + M2 / KI) - dN * N,
        sM * N - turning - dM1 * M1,
        turning - dM2 * M2,
        tD * D + tM * M2 + tA * A - dT * T,
        rF * hG * F * (1 - (F + A) / KF) + kh * (1 - F) - activation,
        activation - dA * (1 + wA * (1 - hT)) * A,
        made - kP * P,
        d3 * C30 * F + f3 * added - d3 * Q * C3,
        (mu + dn) * Cn0 * F + (1 - f3) * added - (mu + dn * Q) * Cn,
        mu * Cn - (dm * Q + surplus) * Cm,
        dE + kE * A * max(0.0, 1 - E / Ec) - (dE + qE * (N + M1)) * E,
        -kV * V,
        gK * hT * max(0.0, 1 - K / Kc) - kK * (K - 1),
    )


def needled(state: Values, traits: Values, open_area: Any, injured: Any) -> Values:
    """The state just after a session that opened `open_area` of the surface and injured `injured` of the layer.

    `traits`: the parameters of `NEEDLED_BY`.
    """
    B, D, N, M1, M2, T, F, A, P, C3, Cn, Cm, E, V, K = state
    chi, vV = traits
    kept = 1 - chi * injured
    return (
        B + open_area * (1 - B),
        D + injured,
        N,
        M1,
        M2,
        T,
        F,
        A,
        P,
        C3 * kept,
        Cn * kept,
        Cm * kept,
        E * kept,
        V + vV * open_area,
        K,
    )


def at_rest(traits: Values) -> Values:
    """Untreated skin. `traits`: the parameters of `RESTED_BY`."""
    C30, mu, dm = traits
    new = (1 - C30) * dm / (mu + dm)
    zero, one = 0 * C30, 0 * C30 + 1
    return (zero, zero, zero, zero, zero, zero, one, zero, zero, C30, new, 1 - C30 - new, one, zero, one)


def wounded(traits: Values) -> Values:
    """A wound down to nothing: all open and damaged, a twentieth of the fibroblasts, no matrix. `traits`: `NEEDLED_BY`."""
    _chi, vV = traits
    zero, one = 0 * vV, 0 * vV + 1
    return (one, one, zero, zero, zero, zero, 0.05 * one, zero, zero, zero, zero, zero, zero, vV, one)


def observed(state: Values, traits: Values) -> Values:
    """What can be seen, in the order of `OBSERVABLES`. `traits`: the parameters of `OBSERVED_BY`."""
    B, D, N, M1, M2, T, F, A, _P, C3, Cn, Cm, E, V, K = state
    C30, mu, dm, gD, gM, wB, wI, wM, bW, sn, s3 = traits
    new = (1 - C30) * dm / (mu + dm)
    total = C3 + Cn + Cm
    return (
        B,
        N,
        M1 + M2,
        N + M1,
        gD * D + gM * (M1 + M2),
        T,
        F,
        A,
        total,
        (Cn + Cm) / (1 - C30),
        C3 / C30,
        C3 / (total + 1e-12),
        E,
        (Cm + sn * Cn + s3 * C3) / (1 - C30 - new + sn * new + s3 * C30),
        V + wB * B + wI * (N + wM * M1),
        1 + bW * B,
        K,
    )
