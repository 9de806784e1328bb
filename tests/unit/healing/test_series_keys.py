"""What the keys of published series are taken to mean, and which are left alone."""

import pytest

from needlewise.healing.model import OBSERVABLES
from needlewise.healing.series.keys import CALLED, Form, direction_of, meaning_of


@pytest.mark.parametrize(
    ("key", "observable", "form", "factor"),
    [
        ("collagen_masson_change_percent", "collagen", Form.CHANGE, 0.01),
        ("reticulin_silver_change_percent", "type-iii", Form.CHANGE, 0.01),
        ("epidermal_thickness_change_percent", "epidermis", Form.CHANGE, 0.01),
        ("strength_percent_of_unwounded", "stiffness", Form.RATIO, 0.01),
        ("TEWL_ratio", "water-loss", Form.RATIO, 1.0),
        ("transepidermal_water_loss_fold_change", "water-loss", Form.RATIO, 1.0),
        ("erythema_percent_change", "redness", Form.CHANGE, 0.01),
        ("type_I_percent", "type-i", Form.SHARE, 0.01),
        ("type_III_share", "type-iii-share", Form.SHARE, 1.0),
        ("Collagen-III increase (percent)", "type-iii", Form.CHANGE, 0.01),
        ("type_I_percent_before", "type-i", Form.BEFORE, 0.01),
        ("baseline_elastin_percent", "elastin", Form.BEFORE, 0.01),
        ("macrophages_fraction_of_peak", "macrophages", Form.OF_PEAK, 1.0),
        ("alpha_sma_percent_of_max", "myofibroblasts", Form.OF_PEAK, 0.01),
        ("TEWL_g_m2_h", "water-loss", Form.PLAIN, 1.0),
        ("TEWL_change_g_m2_h", "water-loss", Form.PLAIN, 1.0),
        ("TEWL_relative_to_baseline", "water-loss", Form.RATIO, 1.0),
        ("collagen_change_fraction", "collagen", Form.CHANGE, 1.0),
        ("erythema_fraction_of_hour_1", "redness", Form.OF_DAY, 1.0),
    ],
)
def test_a_key_says_what_was_measured_and_against_what(key: str, observable: str, form: Form, factor: float) -> None:
    found = meaning_of(key)
    assert (found.observable, found.form, found.factor) == (observable, form, factor)


@pytest.mark.parametrize(
    "key",
    [
        "COL1A1_mRNA_change_percent",
        "type_VII_collagen_change_percent",
        "procollagen_change_percent",
        "newly_synthesised_collagen_change_percent",
        "tropoelastin_change_percent",
        "closure_percent",
        "pore_size_change_percent",
        "dermal_thickness_change_percent",
        "collagen_and_elastin_change_percent",
        "type_I_type_III_ratio",
        "normal_type_I_percent",
    ],
)
def test_what_the_model_does_not_hold_or_would_be_a_guess_is_no_observable(key: str) -> None:
    assert meaning_of(key).observable == ""


def test_a_plain_value_takes_its_name_from_the_entry_and_a_named_one_does_not() -> None:
    texts = ("", "wound_collagen_28d", "neutrophils in a wound")
    assert meaning_of("value_fraction_of_peak", texts).observable == "collagen"
    assert meaning_of("macrophage_fraction_of_peak", texts).observable == "macrophages"
    assert meaning_of("closure_percent", texts).observable == ""


def test_a_pair_of_before_and_after_shares_its_stem_wherever_the_words_stand() -> None:
    stems = {meaning_of(key).stem for key in ("type_I_before_percent", "type_I_percent_final", "post_type_I_percent")}
    assert stems == {"type_i_percent"}


@pytest.mark.parametrize(
    ("key", "days"),
    [
        ("collagen_change_percent_day90", 90),
        ("collagen_change_percent_week_12", 84),
        ("type_I_percent_after_1_month", 30.4),
        ("TEWL_ratio_at_hour_24", 1),
    ],
)
def test_a_time_inside_a_key_counts_in_days_and_leaves_the_stem(key: str, days: float) -> None:
    found = meaning_of(key)
    assert found.days == (pytest.approx(days),)
    assert not any(unit in found.stem for unit in ("day", "week", "month", "hour"))


def test_a_share_of_another_day_is_not_taken_for_a_time() -> None:
    found = meaning_of("collagen_fraction_of_day28")
    assert (found.form, found.of_day, found.days) == (Form.OF_DAY, 28, None)
    assert meaning_of("erythema_fraction_of_hour1").of_day == pytest.approx(1 / 24, rel=1e-4)


def test_words_of_a_fall_turn_a_change_round_but_loss_of_water_is_none() -> None:
    assert meaning_of("collagen_reduction_percent").sign == -1
    assert meaning_of("water_loss_increase_percent").sign == 0


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("increased", 1),
        ("slightly lower", -1),
        ("unchanged", 0),
        ("no change", 0),
        ("up, then down", None),
        ("dense", None),
    ],
)
def test_words_tell_a_direction_or_nothing(text: str, direction: int | None) -> None:
    assert direction_of(text) == direction


def test_every_name_leads_to_an_observable_of_the_model() -> None:
    assert set(CALLED) <= set(OBSERVABLES)
