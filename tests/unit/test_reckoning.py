"""A dose put together: what is typed goes before the record, what nobody stated is named, and the way back leads back."""

from datetime import date
from functools import cache

import pytest

from needlewise.dose.bands import Band
from needlewise.dose.reckoning import PEN, ROLLER, STAMP, Asked, DataReach, Given, Reckoned, reckoned
from needlewise.errors import DoseError
from needlewise.interop.dose_words import in_words, number, percent
from needlewise.knowledge import Biology, load_biology, load_protocol

PEN_NUMBERS = {
    "needle_count": 12.0,
    "needle_diameter_mm": 0.25,
    "strokes_per_second": 100.0,
    "swept_width_mm": 10.0,
    "glide_mm_per_second": 20.0,
    "passes": 2.0,
}


@cache
def biology() -> Biology:
    return load_biology(load_protocol(date(2026, 11, 28)))


def dose(
    zone: str = "forehead", depth_mm: float = 1.0, *, device: str = "", without: str = "", **said: object
) -> Reckoned:
    protocol = biology().protocol
    numbers = dict(PEN_NUMBERS) | said.pop("numbers", {})  # type: ignore[operator]
    numbers.pop(without, None)
    asked = Asked(
        zone=protocol.zones[zone],
        depth_mm=depth_mm,
        device=protocol.devices.get(device),
        numbers=numbers,
        **said,  # type: ignore[arg-type]
    )
    return reckoned(asked, biology())


def given(found: Reckoned) -> dict[str, Given]:
    return {one.name: one for one in found.given}


def test_typed_numbers_give_exact_holes_and_shares_with_a_band() -> None:
    found = dose(sex="female")
    assert found.holes_per_cm2 == Band(1200, 1200, 1200)
    assert found.dose is not None
    assert found.dose.open_area.median == pytest.approx(0.137, abs=0.005)
    assert found.dose.injured.low < found.dose.injured.median < found.dose.injured.high
    assert found.missing == ()


def test_a_range_in_the_record_widens_the_holes_and_a_typed_number_ends_it() -> None:
    found = dose(device="exceed", without="strokes_per_second", numbers={"needle_count": 6.0})
    assert found.holes_per_cm2 is not None
    assert (found.holes_per_cm2.low, found.holes_per_cm2.high) == (600, 900)
    assert given(found)["strokes_per_second"] == Given("strokes_per_second", 100, 150, typed=False)
    assert dose(device="exceed").holes_per_cm2 == Band(1200, 1200, 1200)


def test_what_neither_record_nor_anybody_states_is_named_and_nothing_is_made_of_it() -> None:
    found = dose(device="skinpen_precision", without="needle_count")
    assert found.missing == ("needle_count",)
    assert (found.holes_per_cm2, found.dose, found.reach) == (None, None, None)
    assert found.true_depth_mm.median == pytest.approx(0.7)
    assert "Nobody has stated: needles." in in_words(found).figures[0].says


def test_without_the_width_of_a_needle_there_are_holes_and_no_shares() -> None:
    found = dose(without="needle_diameter_mm")
    assert found.missing == ("needle_diameter_mm",)
    assert found.holes_per_cm2 is not None
    assert found.dose is None
    holes, open_area, _, injured = in_words(found).figures
    assert holes.value == "1,200 per cm²"
    assert "width of a needle" in open_area.says
    assert injured.value == ""


def test_the_record_of_a_roller_has_all_but_the_passes() -> None:
    found = dose(device="medical_dermaroller", numbers={"needle_count": 192.0, "passes": 15.0}, for_holes=229.0)
    assert found.holes_per_cm2 is not None
    assert found.holes_per_cm2.median == pytest.approx(229.18, abs=0.01)
    assert [(way.name, way.low) for way in found.ways] == [("passes", 15)]


def test_stamps_are_counted_on_their_area_and_back() -> None:
    found = dose(design=STAMP, numbers={"needle_count": 25.0, "stamps": 12.0, "area_cm2": 6.0}, for_holes=100.0)
    assert found.holes_per_cm2 == Band(50, 50, 50)
    assert [(way.name, way.low, way.high) for way in found.ways] == [("stamps", 24, 24)]


@pytest.mark.parametrize("wanted", [90.0, 1200.0, 5000.0])
def test_the_settings_named_for_a_density_lead_to_it(wanted: float) -> None:
    ways = {way.name: way for way in dose(for_holes=wanted).ways}
    slower = dose(numbers={"glide_mm_per_second": ways["glide_mm_per_second"].low}).holes_per_cm2
    assert slower is not None
    assert slower.median == pytest.approx(wanted)
    more = dose(numbers={"passes": ways["passes"].low}).holes_per_cm2
    assert more is not None
    assert more.median >= wanted * (1 - 1e-9)


def test_a_density_nobody_can_reach_for_want_of_facts_is_answered_with_what_lacks() -> None:
    found = dose(without="swept_width_mm", for_holes=500.0)
    assert found.ways == ()
    assert in_words(found).ways == ("For 500 holes per cm² no setting can be named. Nobody has stated: swept width.",)


@pytest.mark.parametrize(
    ("glide", "reach"), [(2000.0 / 3, DataReach.INSIDE), (40.0, DataReach.PARTLY), (5.0, DataReach.BEYOND)]
)
def test_a_dose_says_how_it_lies_to_the_data(glide: float, reach: DataReach) -> None:
    found = dose(sex="female", numbers={"glide_mm_per_second": glide})
    assert found.reach is reach
    assert found.dose is not None
    assert (found.dose.injured.median <= found.reach_most) == (reach is not DataReach.BEYOND)


def test_a_needle_passes_the_dermis_only_where_it_is_set_deeper() -> None:
    assert dose("forehead", 1.06, sex="female").past_dermis == 0
    deeper = dose("forehead", 1.5, sex="female")
    assert 0.4 < deeper.past_dermis < 0.6
    assert "may pass the dermis" in in_words(deeper).dermis
    # One spread of the dermis thinner than the mean: 0.90 mm.
    assert "In thinner skin it may pass." in in_words(dose("forehead", 1.0, sex="female")).dermis
    assert "thinner skin it" not in in_words(dose("forehead", 0.9, sex="female")).dermis


def test_a_depth_above_the_ceiling_of_the_zone_is_said_and_still_reckoned() -> None:
    assert dose("forehead", 1.0).above_ceiling_mm is None
    found = dose("forehead", 1.25)
    assert found.above_ceiling_mm == 1.0
    assert "not advised" in in_words(found).ceiling


def test_skin_that_was_measured_borrowed_or_only_assumed_is_told_apart() -> None:
    assert in_words(dose("forehead", sex="male")).skin.startswith("Measured on the forehead of men")
    assert in_words(dose("under-eye", 0.25, sex="male")).skin.startswith("Not measured here. Taken from the neighbour")
    assert in_words(dose("scalp")).skin.startswith("No measurement of both layers")
    assert "the thinner, as the sex is not said" in in_words(dose("temple", 0.5)).skin


def test_everything_impossible_is_told_at_once() -> None:
    with pytest.raises(DoseError) as caught:
        dose("eyelid", 9, device="radiofrequency_needling", numbers={"passes": 1.5, "wheels": 2.0}, for_holes=-1.0)
    assert [one.where for one in caught.value.problems] == [
        "zone",
        "device",
        "depth_mm",
        "passes",
        "wheels",
        "for_holes",
    ]


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 0.0, -1.0, 1e300])
@pytest.mark.parametrize("name", sorted(PEN_NUMBERS))
def test_a_number_that_no_device_has_is_refused_by_its_name(name: str, bad: float) -> None:
    with pytest.raises(DoseError) as caught:
        dose(numbers={name: bad})
    assert [one.where for one in caught.value.problems] == [name]


def test_a_device_decides_what_it_is() -> None:
    found = dose(device="medical_dermaroller", design=PEN)
    assert "drum_width_mm" in given(found)
    assert "glide_mm_per_second" not in given(found)
    assert dose(design=ROLLER).missing == ("drum_diameter_mm", "drum_width_mm")


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0, "0.0 %"),
        (0.0001, "less than 0.1 %"),
        (0.0123, "1.2 %"),
        (0.0996, "10 %"),
        (0.5, "50 %"),
        (0.999, "more than 99 %"),
    ],
)
def test_shares_are_told_no_finer_than_they_are_known(share: float, words: str) -> None:
    assert percent(share) == words


def test_numbers_have_three_figures_and_thousands_apart() -> None:
    assert [number(one) for one in (0.25, 12, 99.96, 1377.8)] == ["0.25", "12", "100", "1,378"]
