"""needlewise dose: what a device does to the skin of a zone, how far that is known, and the settings for a density."""

import argparse
import json
from dataclasses import asdict
from datetime import date
from typing import Any

from needlewise.cli.inputs import add_day, protocol_of
from needlewise.cli.outputs import write_text
from needlewise.cli.page import Page
from needlewise.cli.refusing import no_such
from needlewise.cli.wording import mark_in_words
from needlewise.dose.reckoning import FIELDS, FOR_HOLES, PEN, Asked, Reckoned, design_of, reckoned
from needlewise.errors import DoseError, Problem
from needlewise.interop.dose_words import CAUTION, DoseWords, FigureWords, Resting, in_words
from needlewise.knowledge import Protocol, load_biology

# Option -> the field it fills, in the order of the help.
OPTIONS = {
    "--needles": "needle_count",
    "--needle-width": "needle_diameter_mm",
    "--strokes": "strokes_per_second",
    "--swept-width": "swept_width_mm",
    "--glide": "glide_mm_per_second",
    "--drum-diameter": "drum_diameter_mm",
    "--drum-width": "drum_width_mm",
    "--stamps": "stamps",
    "--area": "area_cm2",
    "--passes": "passes",
}
ASKED_FOR = {"--depth": "depth_mm", "--for-holes": "for_holes"}
OPTION_OF = {field: option for option, field in (OPTIONS | ASKED_FOR).items()}


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--zone", required=True, metavar="ZONE", help="where, such as forehead or cheek")
    parser.add_argument(
        "--depth", required=True, type=float, metavar="MM", help="what the needles are set to, or how long they are"
    )
    parser.add_argument("--sex", choices=("female", "male"), help="the thinner skin of the two if left out")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--device", metavar="ID", help="a device of the protocol; what its record lacks must be typed")
    kind.add_argument("--design", choices=tuple(FOR_HOLES), help="what it is, without a device; pen if left out")
    for option, name in OPTIONS.items():
        field = FIELDS[name]
        unit = f" in {field.unit}" if field.unit else ""
        parser.add_argument(option, type=float, metavar="N", dest=name, help=f"{field.words}{unit}")
    parser.add_argument("--for-holes", type=float, metavar="N", help="the settings for so many holes per cm2, too")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="text (the default) or json")
    add_day(parser, "the day whose protocol is read")


def run(options: argparse.Namespace) -> int:
    protocol = protocol_of(options.on or date.today())
    asked = _asked(options, protocol)
    try:
        found = reckoned(asked, load_biology(protocol))
    except DoseError as error:
        raise DoseError(_by_option(one) for one in error.problems) from None
    words = in_words(found)
    if options.format == "json":
        write_text(json.dumps(_document(found, words), indent=2, ensure_ascii=False))
    else:
        write_text(_page(found, words))
    return 0


def _asked(options: argparse.Namespace, protocol: Protocol) -> Asked:
    zone, device = protocol.zones.get(options.zone), protocol.devices.get(options.device or "")
    if zone is None:
        every = "`needlewise protocol list zones` lists them all"
        raise no_such("dose", f"no zone `{options.zone}`", options.zone, protocol.zones, every, "the id of a zone")
    if options.device and device is None:
        every = "`needlewise protocol list devices` lists them all"
        found = f"no device `{options.device}`"
        raise no_such("dose", found, options.device, protocol.devices, every, "the id of a device")
    typed = {name: getattr(options, name) for name in OPTIONS.values()}
    return Asked(
        zone=zone,
        depth_mm=options.depth,
        sex=options.sex or "",
        device=device,
        design=options.design or PEN,
        numbers={name: value for name, value in typed.items() if value is not None},
        for_holes=options.for_holes,
    )


def _by_option(one: Problem) -> Problem:
    """The same problem, named as it was typed."""
    return Problem(OPTION_OF.get(one.where, f"--{one.where}"), one.found, one.expected, one.hint)


def _page(found: Reckoned, words: DoseWords) -> str:
    page = Page()
    device = found.asked.device.name if found.asked.device else f"a {design_of(found.asked)}"
    page.title(f"Dose: {found.asked.zone.label}", f"{device}, {found.asked.depth_mm:g} mm")
    page.text(CAUTION)
    if words.ceiling:
        page.blank()
        page.text(words.ceiling)
    for figure in words.figures:
        page.section(figure.name)
        if figure.value:
            page.text(f"{figure.value}{f' ({figure.band_of}: {figure.band})' if figure.band else ''}", 2)
        page.text(figure.says, 2)
        for rest in figure.rests_on:
            page.item(_resting(rest), 4)
    page.section("Skin and reach")
    for text in (words.skin, words.dermis, words.reach):
        page.text(text, 2)
    if words.ways:
        page.section("The way back")
        for text in words.ways:
            page.text(text, 2)
    page.section("Reckoned with")
    page.table(words.given)
    if found.missing:
        page.blank()
        page.text(f"To fill in: {', '.join(OPTION_OF[name] for name in found.missing)}", 2)
    return str(page)


def _resting(rest: Resting) -> str:
    return f"{rest.words}. {mark_in_words(rest.mark)}" if rest.mark else f"{rest.words}."


def _document(found: Reckoned, words: DoseWords) -> dict[str, Any]:
    """Shares are of one, lengths in mm. What cannot be computed is null, and `missing` names what lacks."""
    asked, dose, row = found.asked, found.dose, found.layers.row
    return {
        "caution": CAUTION,
        "zone": asked.zone.id,
        "sex": asked.sex or None,
        "device": asked.device.id if asked.device else None,
        "design": design_of(asked),
        "depth_mm": asked.depth_mm,
        "given": [asdict(one) for one in found.given],
        "missing": list(found.missing),
        "holes_per_cm2": asdict(found.holes_per_cm2) if found.holes_per_cm2 else None,
        "open_area": asdict(dose.open_area) if dose else None,
        "true_depth_mm": asdict(found.true_depth_mm),
        "injured": asdict(dose.injured) if dose else None,
        "layer": {
            "id": row.id,
            "measured_here": found.layers.measured,
            "epidermis_mm": row.epidermis_mm,
            "dermis_mm": row.dermis_mm,
            "dermis_sd_mm": row.dermis_sd_mm,
        },
        "reach": found.reach,
        "reach_most": found.reach_most,
        "share_past_dermis": found.past_dermis,
        "above_ceiling_mm": found.above_ceiling_mm,
        "ways": [asdict(one) for one in found.ways],
        "figures": [_figure(one) for one in words.figures],
    }


def _figure(one: FigureWords) -> dict[str, Any]:
    rests = [{"words": rest.words, "mark": mark_in_words(rest.mark) if rest.mark else None} for rest in one.rests_on]
    return {
        "id": one.id,
        "value": one.value or None,
        "band": one.band or None,
        "band_of": one.band_of,
        "says": one.says,
        "rests_on": rests,
    }
