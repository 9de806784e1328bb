"""Epidermis and dermis of the zones: which row stands for which, and that the zone files say the same."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from needlewise.errors import KnowledgeError
from needlewise.knowledge import Biology, Protocol, load_biology, load_protocol

KNOWLEDGE = Path(load_biology.__code__.co_filename).parent


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return load_protocol(date(2026, 11, 28))


@pytest.fixture(scope="module")
def biology(protocol: Protocol) -> Biology:
    return load_biology(protocol)


def test_epidermis_and_dermis_add_up_to_the_mean_in_the_file_of_the_zone(biology: Biology) -> None:
    differences = {
        (zone.id, one.sex): (round(biology.layer_of(zone.id, one.sex).row.whole_mm, 2), one.mean_mm)
        for zone in biology.protocol.zones.values()
        for one in zone.thickness
        if abs(biology.layer_of(zone.id, one.sex).row.whole_mm - one.mean_mm) > 0.005
    }
    assert differences == {}


def test_the_low_end_in_the_file_of_a_zone_is_one_spread_of_the_dermis_below(biology: Biology) -> None:
    for zone in biology.protocol.zones.values():
        for one in zone.thickness:
            row = biology.layer_of(zone.id, one.sex).row
            assert row.dermis_sd_mm is not None
            assert row.whole_mm - row.dermis_sd_mm == pytest.approx(one.low_mm, abs=0.005), (zone.id, one.sex)


def test_rows_beyond_the_zone_files_are_those_of_the_body(biology: Biology) -> None:
    capped = {zone.id for zone in biology.protocol.zones.values() if zone.thickness}
    named = {zone for row in biology.layers.values() for zone in (*row.zones, *row.lent_to)}
    assert named - capped == {"back", "thigh"}
    assert capped <= named


def test_a_measured_zone_takes_its_own_row_and_says_so(biology: Biology) -> None:
    found = biology.layer_of("forehead", "male")
    assert (found.row.id, found.measured) == ("forehead-male", True)
    assert (found.row.epidermis_mm, found.row.dermis_mm) == (0.22, 1.17)


def test_a_zone_beside_a_measured_one_borrows_and_is_not_called_measured(biology: Biology) -> None:
    found = biology.layer_of("under-eye", "female")
    assert (found.row.id, found.measured) == ("eyelid-female", False)


def test_a_zone_that_nobody_measured_takes_the_row_for_every_other(biology: Biology) -> None:
    found = biology.layer_of("scalp", "female")
    assert (found.row.id, found.measured) == ("not-measured", False)
    assert (found.row.epidermis_mm, round(found.row.whole_mm, 2)) == (0.1, 1.0)


@pytest.mark.parametrize("sex", ["", "unknown", "diverse"])
def test_where_the_sex_is_not_known_the_thinner_skin_counts(biology: Biology, sex: str) -> None:
    assert biology.layer_of("cheek", sex).row.id == "cheekbone-female"
    for zone in biology.protocol.zones:
        thickness = biology.layer_of(zone, sex).row.whole_mm
        assert thickness <= min(biology.layer_of(zone, known).row.whole_mm for known in ("male", "female"))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('zones = ["forehead"]', 'zones = ["forhead"]', "did you mean `forehead`?"),
        ('zones = ["temple"]\nsex = "male"', 'zones = ["temple"]\nsex = "man"', "sex `man`"),
        ('zones = ["back"]', 'zones = ["forehead"]', "`forehead` has 3 rows"),
        ('zones = ["neck"]\nsex = "male"', 'zones = ["back"]\nsex = "male"', "`neck` has 1 rows"),
        ("every_other = true\n", "", "not one row for every other zone"),
        ("dermis_mm = 1.942", "dermis_mm = 0.0", "a dermis of 0 mm"),
        ("epidermis_mm = 0.035", "epidermis_mm = -0.1", "a finite number, 0 or more"),
    ],
)
def test_a_table_that_cannot_be_is_refused_with_its_line(
    protocol: Protocol, tmp_path: Path, old: str, new: str, told: str
) -> None:
    shutil.copytree(KNOWLEDGE / "biology", tmp_path / "biology")
    table = tmp_path / "biology" / "layers.toml"
    text = table.read_text("utf-8")
    assert old in text
    table.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load_biology(protocol, tmp_path)
    assert told in str(caught.value)
    assert "biology/layers.toml:" in str(caught.value)
