"""Stretch marks marked by hand: read from the file of zones, and every fault of it told at once."""

import numpy as np
import pytest

from needlewise.errors import PictureError
from needlewise.imaging.drawn import DrawnStripe
from needlewise.imaging.striae import contrast_of, stripe_along, told_in_all
from needlewise.imaging.tones import Tones
from needlewise.imaging.zones import Zone, carried, read_zones
from tests.unit.imaging.rules import RULES
from tests.unit.imaging.test_striae import EVERYWHERE, LINES, PX_PER_MM, WIDTH_MM, seen, true_contrast

PLACES = {"abdomen": 1, "back": 2}
SIZE = (400, 300)
SQUARE = [(10, 20), (210, 20), (210, 220), (10, 220)]
LINE = [(40, 40), (100, 90), (180, 200)]


def file(*stripes: object, unit: str = "px") -> dict[str, object]:
    return {"unit": unit, "zone": [{"name": "abdomen", "polygon": SQUARE}], "stripe": list(stripes)}


def faults(table: dict[str, object]) -> str:
    with pytest.raises(PictureError) as refused:
        read_zones(table, SIZE, PLACES)
    return str(refused.value)


def test_stripes_belong_to_the_zone_they_name_in_pixels_or_shares() -> None:
    (zone,) = read_zones(file({"zone": "abdomen", "line": LINE, "width_mm": 3}), SIZE, PLACES)
    assert zone.stripes[0].line == pytest.approx(np.array(LINE))
    assert zone.stripes[0].width_mm == 3
    shares = file(unit="share")
    shares["zone"] = [{"name": "abdomen", "polygon": [(x / 400, y / 300) for x, y in SQUARE]}]
    shares["stripe"] = [{"zone": "abdomen", "line": [((x + 0.5) / 400, (y + 0.5) / 300) for x, y in LINE]}]
    (zone,) = read_zones(shares, SIZE, PLACES)
    assert zone.stripes[0].line == pytest.approx(np.array(LINE))
    assert zone.stripes[0].width_mm is None


@pytest.mark.parametrize(
    ("stripe", "word"),
    [
        (3, "a table with `zone` and `line`"),
        ({"line": LINE}, "stripe 1: zone: missing"),
        ({"zone": "back", "line": LINE}, "draw that zone as well"),
        ({"zone": "abdomen"}, "stripe 1: line: missing"),
        ({"zone": "abdomen", "line": [(40, 40), (40, 40)]}, "1 different points"),
        ({"zone": "abdomen", "line": [(40, "x"), (40, 60)]}, "a point"),
        ({"zone": "abdomen", "line": [(40, 40), (float("nan"), 60)]}, "no finite number"),
        ({"zone": "abdomen", "line": LINE, "width_mm": 0}, "a width of 0 mm"),
        ({"zone": "abdomen", "line": LINE, "width_mm": float("nan")}, "a width of nan mm"),
        ({"zone": "abdomen", "line": LINE, "width_mm": 10**400}, "width_mm: a number beyond all measure"),
        ({"zone": "abdomen", "line": LINE, "width_mm": "wide"}, "a number of millimetres"),
        ({"zone": "abdomen", "line": LINE, "colour": "red"}, "colour: unknown key"),
        ({"zone": "abdomen", "line": [(250, 30), (300, 80)]}, "outside the zone"),
        ({"zone": "abdomen", "line": [(40, 40), (900, 40)]}, "beyond the edge"),
    ],
)
def test_what_cannot_be_a_stripe_is_refused_with_its_fault(stripe: object, word: str) -> None:
    assert word in faults(file(stripe))


@pytest.mark.parametrize("entries", ["all", 3, {"zone": "abdomen"}, [{}] * 201])
def test_a_list_that_is_none_says_what_it_wants(entries: object) -> None:
    assert "each with `zone` and `line`" in faults(file() | {"stripe": entries})


def test_every_fault_of_stripes_is_told_at_once_and_with_those_of_zones() -> None:
    text = faults(
        file({"zone": "moon", "line": LINE}, {"zone": "abdomen", "line": [(1, 1)], "width_mm": -2}, unit="cm")
    )
    for part in ("'cm'", "stripe 1: zone", "1 different points", "a width of -2 mm"):
        assert part in text


def test_stripes_are_carried_with_their_zone() -> None:
    zone = Zone("abdomen", np.array(SQUARE), stripes=(DrawnStripe(np.array(LINE), 3.0),))
    moved = carried(zone, lambda points: points + 5)
    assert moved.stripes[0].line == pytest.approx(np.array(LINE) + 5)
    assert moved.stripes[0].width_mm == 3.0


@pytest.mark.parametrize("tone", [0.3, 0.7, 1.2])
@pytest.mark.parametrize("width_mm", [None, WIDTH_MM])
def test_the_contrast_along_a_line_that_a_hand_drew_is_the_true_one(tone: float, width_mm: float | None) -> None:
    tones = seen(tone, 0.3)
    for line in LINES:
        stripe = stripe_along(tones, line + np.array((1.5, -1.5)), width_mm, PX_PER_MM, RULES.stripes)
        assert stripe is not None
        assert stripe.width_mm == pytest.approx(WIDTH_MM, rel=0.3)
        found = contrast_of(tones, stripe, PX_PER_MM, EVERYWHERE)
        assert found is not None
        true = true_contrast(tone, 0.3)[0]
        assert found.lightness.value == pytest.approx(true, abs=max(0.5, 0.12 * true))


def test_a_line_too_short_to_be_told_is_no_stripe() -> None:
    assert (
        stripe_along(seen(0.6, 0.3), LINES[0][0] + np.array([(0, 0), (30, 0)]), None, PX_PER_MM, RULES.stripes) is None
    )


def test_a_stripe_that_one_picture_does_not_show_is_read_in_none() -> None:
    tones = seen(0.6, 0.3)
    covered = tones.clipped.copy()
    covered[:160] = True
    hidden = Tones(tones.planes, covered, (0, 0))
    stripes = [stripe_along(tones, line, WIDTH_MM, PX_PER_MM, RULES.stripes) for line in LINES]
    kept = [one for one in stripes if one is not None]
    told = told_in_all([tones, hidden], kept, PX_PER_MM, EVERYWHERE)
    assert [stripe for stripe, _ in told] == kept[1:]
    assert len(told_in_all([tones, tones], kept, PX_PER_MM, EVERYWHERE)) == 2


def test_a_stripe_that_has_faded_comes_to_nought_and_not_to_its_noise() -> None:
    gone = [seen(0.6, 0.0, seed=k) for k in range(8)]
    stripe = stripe_along(seen(0.6, 0.3), LINES[0], WIDTH_MM, PX_PER_MM, RULES.stripes)
    assert stripe is not None
    ((_, contrasts),) = told_in_all([seen(0.6, 0.3), *gone], [stripe], PX_PER_MM, EVERYWHERE)
    assert contrasts[0] > 3
    assert contrasts[1:].min() < 0 < contrasts[1:].max()
