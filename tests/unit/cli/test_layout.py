"""The page, the words on it, and the line on which a value stands."""

from datetime import date, timedelta

import pytest

from needlewise.cli.cells import cell_in_words
from needlewise.cli.page import Page, printable
from needlewise.cli.wording import mark_in_words, places_in_words
from needlewise.interop.days import away, day_range, hours_span, long_day, short_day
from needlewise.knowledge import Basis, Cell, Cite, Mark, Origin, line_of
from tests.unit.cli.conftest import SAVED

ON = date(2026, 11, 24)
TEXT = b"""\
# a case
patient.born = 1990-02-03 # [facts]
[[concern]]
zones = [
  "cheek", # ]
  "chin",
]
[[concern]]
goal = '''
[facts]
filler = 1
'''
zones = ["neck"]
[facts]
filler = [
  { on = 2026-01-10, where = ["cheek"] },
  { on = 2026-02-10,
    where = [
      "chin" ] },
]
"odd name" = 1
[[clinic.device]]
id = "dr_pen"
[[clinic.device]]
id = "exceed"
"""


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("patient.born", 2),
        ("patient", 2),
        ("concern[0]", 3),
        ("concern[0].zones", 4),
        ("concern[0].zones[1]", 6),
        ("concern[1].goal", 9),
        ("concern[1].zones", 13),
        ("facts.filler", 15),
        ("facts.filler[0].where", 16),
        ("facts.filler[1]", 17),
        ("facts.filler[1].where[0]", 19),
        ('facts."odd name"', 21),
        ("clinic.device[1].id", 25),
        ("facts.never-said", 14),
        ("concern[1].severity", 8),
        ("plan.start_on", None),
    ],
)
def test_a_place_has_the_line_it_stands_on_or_that_of_its_table(where: str, line: int | None) -> None:
    assert line_of(TEXT, where) == line


@pytest.mark.parametrize(
    ("days", "words"), [(0, "today"), (1, "tomorrow"), (12, "in 12 days"), (-1, "yesterday"), (-400, "400 days ago")]
)
def test_a_day_says_how_far_away_it_is(days: int, words: str) -> None:
    day = ON + timedelta(days=days)
    assert away(day, ON) == words
    assert short_day(day, ON) == f"{day:%a} {day.isoformat()} ({words})"
    assert long_day(day, ON) == f"{day:%A} {day.day} {day:%B %Y} ({words})"


def test_spans_are_said_in_the_largest_unit_that_fits() -> None:
    assert [hours_span(hours) for hours in (0, 1, 8, 24, 30, 168, 336)] == [
        "0 hours", "1 hour", "8 hours", "1 day", "30 hours", "1 week", "2 weeks"
    ]  # fmt: skip
    assert [day_range(*days) for days in ((28, 42), (20, 28), (28, 28), (1, 1))] == [
        "4 to 6 weeks", "20 to 28 days", "4 weeks", "1 day"
    ]  # fmt: skip


def test_both_sides_of_a_zone_are_said_once() -> None:
    protocol = SAVED(ON)
    assert places_in_words(["cheek-left", "forehead", "cheek-right"], protocol) == "Cheek, both sides; Forehead"
    assert places_in_words(["cheek-left"], protocol) == "Cheek, left"


def test_what_was_not_read_is_called_a_proposal() -> None:
    cites = (Cite("a", "table 1"), Cite("b"))
    assert mark_in_words(Mark(Origin.READ, cites, basis=Basis.LABEL)) == "read, on a device label: a (table 1); b"
    assert mark_in_words(Mark(Origin.CHOSEN)) == "our proposal, no source"
    assert "clinic habit, no study read" in mark_in_words(Mark(Origin.CHOSEN, cites, basis=Basis.CLINIC_PRACTICE))


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (Cell(fact="sex", none_of=("male",)), "sex is not male"),
        (Cell(fact="phototype", one_of=("IV", "V", "VI")), "phototype is IV, V or VI"),
        (Cell(fact="inr", above=3.5), "inr above 3.5"),
        (Cell(fact="filler", days_since_below=14), "filler less than 14 days ago"),
        (Cell(fact="scar", what=("burn", "injury"), days_since_at_least=180, days_since_below=365),
         "scar was burn or injury, less than 365 days ago, at least 180 days ago"),
        (Cell(fact="previous-needling", known=True), "previous-needling has happened"),
        (Cell(input="zone", one_of=("eyelid",)), "zone is eyelid"),
    ],
)  # fmt: skip
def test_a_cell_reads_as_a_sentence(cell: Cell, words: str) -> None:
    assert cell_in_words(cell) == words


def test_every_field_of_a_cell_is_said() -> None:
    """A comparison added to the tables is noticed here, because a reader must not miss it."""
    values = {"fact": "", "input": "zone", "one_of": ("a",), "none_of": ("a",), "what": ("a",), "known": False}
    for name in Cell.__slots__:
        said = cell_in_words(Cell(**{"fact": "x", name: values.get(name, 7)}))  # type: ignore[arg-type]
        assert said != "x is asked" or name in ("fact", "input"), name


def test_text_is_wrapped_with_a_hanging_indent() -> None:
    page = Page(30)
    page.pairs([("why", "one two three four five six seven"), ("not said", "")], indent=2)
    assert str(page) == "  why  one two three four five\n       six seven\n"


def test_a_table_that_leaves_no_room_puts_the_first_column_on_a_line_of_its_own() -> None:
    page = Page(60)
    page.table([("a very long name of a zone of the face", "0.50 mm", "even redness")])
    assert str(page).splitlines() == ["a very long name of a zone of the face".rjust(40), "    0.50 mm  even redness"]


def test_control_characters_are_shown_and_not_obeyed() -> None:
    assert printable("a\x1b[2Jb\u202ec\n d") == "a?[2Jb?c d"
