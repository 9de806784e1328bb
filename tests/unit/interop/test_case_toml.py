"""What is written as TOML reads back as it was."""

import tomllib
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from needlewise.interop.case_toml import as_toml

KEYS = st.text(min_size=1, max_size=12)
NUMBERS = st.integers(-(2**40), 2**40) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.text(max_size=40) | st.booleans() | NUMBERS | st.dates(date(1900, 1, 1), date(2100, 1, 1))
VALUES = SCALARS | st.lists(SCALARS, max_size=4) | st.dictionaries(KEYS, SCALARS, max_size=4)
TABLES = st.dictionaries(KEYS, VALUES, min_size=1, max_size=6)


@given(tables=st.dictionaries(KEYS, TABLES | st.lists(TABLES, min_size=1, max_size=3), min_size=1, max_size=4))
def test_whatever_is_written_reads_back_the_same(tables: dict[str, object]) -> None:
    assert tomllib.loads(as_toml(tables)) == tables


def test_rows_with_an_id_and_tables_of_depths_stand_as_sections() -> None:
    text = as_toml(
        {"clinic": {"device": [{"id": "pen"}], "weekdays": ["monday"]}, "plan": {"requested": {"chin": 0.5}}}
    )
    assert "[[clinic.device]]" in text
    assert "[plan.requested]\nchin = 0.5" in text
    assert text.index("weekdays") < text.index("[[clinic.device]]")
