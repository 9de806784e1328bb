"""How the variance between studies is estimated. Named apart from the estimators, which need numpy and PyMARE."""

from enum import StrEnum


class Method(StrEnum):
    """How the variance between studies is estimated; `fixed` takes it to be nought."""

    FIXED = "fixed"
    DL = "dl"
    REML = "reml"
    PM = "pm"
