"""What photographs show, in words."""

import pytest

from needlewise.interop.measured import capital


@pytest.mark.parametrize(
    ("text", "larger"), [("depth of lines", "Depth of lines"), ("typology ITA of L*", "Typology ITA of L*"), ("", "")]
)
def test_the_first_letter_is_made_large_and_no_other_is_changed(text: str, larger: str) -> None:
    assert capital(text) == larger
