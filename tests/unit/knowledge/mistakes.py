"""Mistakes that a knowledge file may hold, one each: what is changed, and the text on whose line the message must point."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """In `file`, `old` becomes `new`; the message points at the line of `at` (empty: of `new`)."""

    file: str
    old: str
    new: str
    at: str = ""


FILLER, VITILIGO, YOUNG_SCAR = "rules/filler-recent.toml", "rules/vitiligo.toml", "rules/scar-under-180-days.toml"
ANTICOAGULANT, RAISED = "rules/anticoagulant.toml", "rules/hypertrophic-scar-history.toml"
RAISED_INDICATION, LAXITY = "indications/surgical-traumatic-scars.toml", "indications/laxity.toml"
RETINOID, OPERATION = "rules/topical-retinoid.toml", "rules/surgery-in-field.toml"
PREPARATION, AFTERCARE = "care/preparation.toml", "care/aftercare.toml"
GENERATION = """
[[rule]]
from_day = 2027-03-01
scope = "person"
verdict = "caution"
because = "A later reading."
any = [{ all = [{ fact = "vitiligoo", one_of = ["yes"] }] }]
mark = { origin = "chosen", why = "A later reading." }

"""
FIRST_EXAMPLE = '[[example]]\nname = "white patches, said'
MISTAKES = {
    # the text itself
    "not TOML": Mistake("limits.toml", "depth_mm = 1.5", "depth_mm == 1.5"),
    "a text that is not closed": Mistake(VITILIGO, 'scope = "person"', 'scope = "person'),
    "a key stands twice": Mistake(VITILIGO, 'scope = "person"', 'scope = "person"\nscope = "zone"', 'scope = "zone"'),
    "a day that is not in the calendar": Mistake(VITILIGO, "2026-01-01", "2026-13-01"),
    # keys and values
    "a key misspelt": Mistake(FILLER, "strict_days", "strict_day"),
    "a key misspelt in a nested table": Mistake(FILLER, "days_since_below", "days_since_bellow"),
    "a key misspelt in a table of rows": Mistake("sessions.toml", "label =", "lable =", "[[sessions]]"),
    "a table misspelt": Mistake("roles.toml", "[[role]]", "[[roles]]"),
    "because is missing": Mistake(VITILIGO, "because =", "effect =", "[[rule]]"),
    "a mark is missing": Mistake(VITILIGO, "[rule.mark]", "[rules.mark]", "[[rule]]"),
    "a number in quotation marks": Mistake("zones/cheek.toml", "start_mm = 0.5", 'start_mm = "0.5"'),
    "a fraction where days are counted": Mistake(FILLER, "wait_days = 28", "wait_days = 28.5"),
    "a word where a day belongs": Mistake(VITILIGO, "from_day = 2026-01-01", 'from_day = "soon"'),
    "one text where a list belongs": Mistake("facts/vitiligo.toml", '["no", "yes"]', '"no"'),
    "a verdict that is none": Mistake(VITILIGO, 'verdict = "exclude"', 'verdict = "excluded"'),
    "an origin that is none": Mistake("facts/vitiligo.toml", 'origin = "chosen"', 'origin = "guessed"'),
    "an end point that is none": Mistake("zones/cheek.toml", '"scattered-pinpoint-bleeding"', '"bleeding"'),
    "a level of a kind that is none": Mistake("levels.toml", 'basis = "guideline"', 'basis = "consensus"'),
    # what stands behind a value
    "an unknown source": Mistake(FILLER, '"c_osei"', '"c_osie"'),
    "an unknown level": Mistake("sources/ablon2018.toml", '"prospective_study"', '"prospective"'),
    "an unknown conflict": Mistake(FILLER, '"X-CON-4"', '"X-CON-44"'),
    "an unknown conflict of a zone": Mistake("zones/upper-lip.toml", '"X-DEPTH-5"', '"X-DEPTH-55"'),
    "read without a source": Mistake("facts/vitiligo.toml", '"chosen"', '"read"', "[mark]"),
    "neither source nor why": Mistake("facts/vitiligo.toml", "why =", "differ =", "[mark]"),
    "a why of no words": Mistake(
        "facts/vitiligo.toml", '"Question and order of risk are written by us."', '""', "[mark]"
    ),
    "the basis written down": Mistake("facts/vitiligo.toml", 'why = "', 'basis = "label"\nwhy = "'),
    "an exclusion read in weak sources": Mistake(
        VITILIGO,
        'origin = "chosen"\nsources = [\n  { id = "esmat2022", place = "abstract" },\n  { id = "koebner_sp"',
        'origin = "read"\nsources = [\n  { id = "c_osei"',
    ),
    # cells
    "an unknown fact": Mistake(FILLER, 'fact = "filler"', 'fact = "fillers"'),
    "an unknown option": Mistake(VITILIGO, 'one_of = ["yes"]', 'one_of = ["yess"]'),
    "an unknown answer to an event": Mistake(
        FILLER, 'fact = "filler", days_since_below = 28', 'fact = "filler", one_of = ["recent"], days_since_below = 28'
    ),
    "an unknown kind of event": Mistake(YOUNG_SCAR, '"surgery", "injury"', '"surgeon", "injury"'),
    "an unknown input": Mistake("rules/off-label.toml", 'input = "labelled"', 'input = "label"'),
    "a cell with fact and input": Mistake(VITILIGO, 'fact = "vitiligo"', 'fact = "vitiligo", input = "zone"'),
    "a cell with neither": Mistake(VITILIGO, '{ fact = "vitiligo", one_of', "{ one_of"),
    "a cell that compares nothing": Mistake(VITILIGO, '"vitiligo", one_of = ["yes"] }', '"vitiligo" }'),
    "an input that is compared with nothing": Mistake(
        "rules/off-label.toml", 'input = "labelled", one_of = ["no"]', 'input = "labelled"'
    ),
    "a number compared with a choice": Mistake(VITILIGO, 'one_of = ["yes"]', "at_least = 1"),
    "days counted from a thing without a day": Mistake(VITILIGO, 'one_of = ["yes"]', "days_since_below = 28"),
    "an alternative without cells": Mistake(
        VITILIGO, 'all = [{ fact = "vitiligo", one_of = ["yes"] }]', "all = []", "[[rule.any]]"
    ),
    "an exemption with an unknown fact": Mistake(RAISED, '{ fact = "scar-kind"', '{ fact = "scar-sort"'),
    "a question asked after an unknown fact": Mistake(
        "facts/skin-thickness.toml", "optional = true", 'optional = true\nasked_when = [{ fact = "ager", one_of = ["yes"] }]', '"ager"'
    ),
    "a modifier that reads an unknown fact": Mistake(
        "modifiers.toml", 'when = [{ fact = "phototype"', 'when = [{ fact = "phototpye"'
    ),
    "a modifier that reads an unknown answer": Mistake("modifiers.toml", 'one_of = ["IV"]', 'one_of = ["4"]'),
    # rules
    "a wait without its table": Mistake(
        VITILIGO, 'one_of = ["yes"] }]', 'one_of = ["yes"] }]\nwait_days = 30', "wait_days"
    ),
    "a wait longer than its cell": Mistake(FILLER, "days_since_below = 28", "days_since_below = 14"),
    "a deferral without a wait": Mistake(VITILIGO, 'verdict = "exclude"', 'verdict = "defer"'),
    "a caution that defers": Mistake(
        FILLER, 'verdict = "defer"', 'verdict = "caution"', 'kind = "defer"'
    ),
    "an unknown role": Mistake(YOUNG_SCAR, 'role = "surgeon"', 'role = "surgeons"'),
    "a clearance that changes nothing": Mistake(YOUNG_SCAR, 'to = "caution"', 'to = "defer"'),
    "an unknown modifier": Mistake(ANTICOAGULANT, 'modifier = "antithrombotic"', 'modifier = "antithrombotics"'),
    "an unknown region": Mistake(VITILIGO, 'scope = "person"', 'scope = "zone"\nregions = ["faces"]', "regions"),
    "no way to fire": Mistake(
        VITILIGO,
        '[[rule.any]]\nall = [{ fact = "vitiligo", one_of = ["yes"] }]',
        "",
        "[[rule]]",
    ),
    "two generations from one day": Mistake(
        VITILIGO,
        FIRST_EXAMPLE,
        GENERATION.replace("2027-03-01", "2026-01-01 # again").replace("vitiligoo", "vitiligo") + FIRST_EXAMPLE,
        "# again",
    ),
    "a mistake in a generation whose day has not come": Mistake(
        VITILIGO, FIRST_EXAMPLE, GENERATION + FIRST_EXAMPLE, "vitiligoo"
    ),
    # facts
    "a measure without a unit": Mistake("facts/skin-thickness.toml", 'unit = "mm"\n', "", 'kind = "measure"'),
    "a choice without options": Mistake(
        "facts/melasma.toml", 'options = ["no", "yes"]\n', "", 'kind = "flag"'
    ),
    "a label for an unknown answer": Mistake("facts/diabetes.toml", "controlled = ", "controled = "),
    "a day asked for an unknown answer": Mistake("facts/isotretinoin.toml", 'dated = ["', 'dated = ["long-ago", "'),
    "a scale that is none": Mistake("facts/phototype.toml", '"fitz_type"', '"fitz"'),
    # planning
    "an unknown parent": Mistake("zones/upper-lip.toml", '"perioral"', '"peroral"'),
    "a zone refused without a reason": Mistake(
        "zones/mucosa.toml", "refused_because =", "bony_because =", "plannable = false"
    ),
    "an unknown sessions row": Mistake(RAISED_INDICATION, '"surgical-traumatic-scar"', '"surgical-scar"'),
    "a severity without a label": Mistake(
        RAISED_INDICATION, 'any = "surgical-traumatic-scar"', 'all = "surgical-traumatic-scar"'
    ),
    "an unknown device": Mistake(RAISED_INDICATION, '"skinstylus_sterilock"', '"skinstylus"'),
    "an unknown zone of an authorisation": Mistake(RAISED_INDICATION, '"abdomen"', '"belly"'),
    "an authorisation that asks for what hangs on the device": Mistake(
        RAISED_INDICATION, '{ fact = "scar-kind", one_of = ["hypertrophic"] }', '{ input = "labelled", one_of = ["yes"] }'
    ),
    "a wish that supposes what hangs on the device": Mistake(
        LAXITY, "offers_instead =", 'needs = [{ input = "device-design", one_of = ["pen"] }]\noffers_instead =', "needs ="
    ),
    "a wish that supposes an answer nobody can give": Mistake(
        RAISED_INDICATION, '"surgery", "injury", "burn"', '"surgery", "injury", "fire"'
    ),
    "an unknown scale": Mistake(LAXITY, 'scales = ["gais"]\noffers', 'scales = ["gias"]\noffers'),
    "an unknown scale of a goal": Mistake(LAXITY, 'scales = ["gais"]\n\n', 'scales = ["gias"]\n\n'),
    "an unknown adjunct": Mistake(RAISED_INDICATION, '"silicone"', '"silikone"'),
    "an unknown indication to offer": Mistake(LAXITY, '"neck-lines"', '"neck-line"'),
    "an unknown region of an indication": Mistake(LAXITY, '"face", "neck"', '"faces", "neck"'),
    "an unknown zone of a limit": Mistake("limits.toml", '"crows-feet"', '"crows-foot"'),
    # exemptions and clearances
    "one event compared with nothing": Mistake(
        OPERATION, '  { fact = "scar", what = ["surgery"] },\n', "", "same_day = ["
    ),
    "one day asked of what has none": Mistake(
        OPERATION, '{ fact = "scar", what = ["surgery"] }', '{ fact = "melasma", one_of = ["yes"] }'
    ),
    "an unknown kind of an event of one day": Mistake(
        OPERATION, '{ fact = "scar", what = ["surgery"] }', '{ fact = "scar", what = ["operation"] }'
    ),
    "a clearance for some cases that does not say which": Mistake(
        "rules/anaesthetic-allergy.toml", 'condition = "In writing', '# "In writing', "only_where"
    ),
    # rows of tables
    "two rows of one id": Mistake(
        "roles.toml",
        '[[role]]\nid = "doctor"\n',
        '[[role]]\nid = "doctor"\nwho = "any"\n\n[[role]]\nid = "doctor" # again\n',
        "# again",
    ),
    "an unknown fact of a preparation": Mistake(PREPARATION, 'fact = "topical-retinoid"', 'fact = "retinoid"'),
    "an aftercare that ends before it begins": Mistake(AFTERCARE, "hours_from = 0\nhours_until = 24", "hours_from = 24\nhours_until = 24", "hours_until = 24"),
    "a product that may be prescribed paused without words for it": Mistake(
        PREPARATION, 'prescribed_text = "Keep using the product with acids', '# "Keep using the product with acids', 'fact = "exfoliating-acid"'
    ),
    "words that pause a product whoever prescribed it": Mistake(
        PREPARATION, "Pause products with vitamin C that you bought yourself.", "Pause products with vitamin C."
    ),
    "a product of aftercare without words for a prescribed one": Mistake(
        AFTERCARE,
        '[[aftercare.prescribed]]\nfact = "hydroquinone"\nitem = "Lightening creams with hydroquinone"\ntext',
        "# text",
        'restarts = ["topical-retinoid"',
    ),
    "words for a prescribed product that is not paused": Mistake(
        AFTERCARE,
        '[[aftercare.prescribed]]\nfact = "vitamin-c-product"',
        '[[aftercare.prescribed]]\nfact = "hydroquinone" # another\nitem = "Creams"\ntext = "Ask."\n\n'
        '[[aftercare.prescribed]]\nfact = "vitamin-c-product"',
        "# another",
    ),
    "a rule that waits for a prescribed product to be stopped": Mistake(
        RETINOID, '\n[rule.prescribed]\nverdict = "caution"\nbecause', "\n# because", "[rule.wait]"
    ),
    "a prescribed product taken more lightly than a bought one": Mistake(
        RETINOID, '[rule.prescribed]\nverdict = "caution"', '[rule.prescribed]\nverdict = "proceed"', 'verdict = "proceed"'
    ),
    "a row on what is not known without an opening": Mistake(
        PREPARATION, 'if_text = "If you have ever had a cold sore"\n', "", '[[preparation]]\nid = "antiviral"'
    ),
    "an opening that opens nothing": Mistake(PREPARATION, 'if_text = "If you have', 'if_text = "You have'),
    "an opening where nothing is asked": Mistake(
        AFTERCARE, 'item = "Gel"\n', 'item = "Gel"\nif_text = "If you like"\n', "if_text"
    ),
    "an unknown product that restarts": Mistake(AFTERCARE, 'restarts = ["', 'restarts = ["retinol", "'),
    "an unknown rule of a stop rule": Mistake("stop-rules.toml", '"stop-open-problem"', '"stop-open"'),
}  # fmt: skip
