"""The columns of the flat tables: what each is called, what stands in it, in which unit, and where it is taken from.

Names are those of the knowledge files, with the unit where the name there leaves it out, and another word where SQL has
taken it. A `path` leads from a row of
the table to the value; a number in it is a place in a pair.
"""

from enum import StrEnum
from typing import NamedTuple


class Holds(StrEnum):
    """What the cells of a column hold; the values are types of SQL."""

    TEXT = "VARCHAR"
    COUNT = "BIGINT"
    NUMBER = "DOUBLE"
    TRUTH = "BOOLEAN"
    DAY = "DATE"


class Column(NamedTuple):
    """A column: `unit` is empty where there is none, `meaning` is a line for whoever opens the file."""

    name: str
    holds: Holds
    path: str
    meaning: str
    unit: str = ""


_TEXT, _COUNT, _NUMBER, _TRUTH, _DAY = Holds
_SCALE = "unit of the scale"
_POOL = "scale of the pool: ratios and rates as natural logarithm, shares as logit"
_STUDY = Column("study", _TEXT, "study.id", "id of the study; name of its knowledge file")
_ARM = Column("arm", _TEXT, "arm.id", "id of the arm within its study")
# At the end of every row that was read.
_READ = (
    Column("source", _TEXT, "row.source", "id of the source it was read in"),
    Column("worked_out", _TEXT, "row.worked_out", "how a figure was computed from figures that were read"),
    Column("note", _TEXT, "row.note", "what else is to be known"),
    Column("accepted", _TEXT, "row.accepted", "checks that the row fails and is kept all the same, with the reason"),
)

STUDIES = (
    Column("study", _TEXT, "row.id", "id of the study; name of its knowledge file"),
    Column("title", _TEXT, "row.title", "title of the publication"),
    Column("author", _TEXT, "row.author", "first author"),
    Column("year", _COUNT, "row.year", "year of publication"),
    Column("journal", _TEXT, "row.journal", "where it was published"),
    Column("pages", _TEXT, "row.pages", "volume, issue and pages"),
    Column("doi", _TEXT, "row.doi", "digital object identifier"),
    Column("pmid", _TEXT, "row.pmid", "number in PubMed"),
    Column("pmcid", _TEXT, "row.pmcid", "number in PubMed Central"),
    Column("registry", _TEXT, "row.registry", "number in a registry of trials"),
    Column("bibliography_note", _TEXT, "row.bibliography_note", "what is uncertain about the publication"),
    Column("part", _TEXT, "row.part", "which part of a publication that reports several studies"),
    Column("trouble", _TEXT, "row.group", "the kind of trouble studied"),
    Column("design", _TEXT, "row.design", "how the study was built"),
    Column("randomised", _TRUTH, "row.randomised", "whether chance decided who got what; empty: not stated"),
    Column("blinded", _TRUTH, "row.blinded", "whether whoever judged did not know who got what; empty: not stated"),
    Column("verified", _TEXT, "row.verified", "how deep the reading went"),
    Column("cohort", _TEXT, "row.cohort", "name of people shared with other studies, who count once"),
    Column("enrolled", _COUNT, "row.people.enrolled", "people enrolled", "people"),
    Column("completed", _COUNT, "row.people.completed", "people who completed", "people"),
    Column("women", _COUNT, "row.people.women", "women", "people"),
    Column("men", _COUNT, "row.people.men", "men", "people"),
    Column("age_mean_years", _NUMBER, "row.people.age_mean", "mean age", "years"),
    Column("age_sd_years", _NUMBER, "row.people.age_sd", "standard deviation of the ages", "years"),
    Column("age_min_years", _NUMBER, "row.people.age_min", "lowest age", "years"),
    Column("age_max_years", _NUMBER, "row.people.age_max", "highest age", "years"),
    Column("phototypes", _TEXT, "row.people.phototypes", "phototypes included, not their shares"),
    Column("country", _TEXT, "row.people.country", "where the people were treated"),
    Column("people_accepted", _TEXT, "row.people.accepted", "as `accepted`, for the people"),
    Column("sources", _TEXT, "row.document", "ids of the sources it was read in, and what was read there"),
    Column("flags", _TEXT, "row.flag", "doubts about the study"),
    Column("never_pool", _TEXT, "row.never_pool", "why its figures enter no pool; empty where they may"),
    Column("retracted_on", _DAY, "row.retracted.on", "the day it was withdrawn"),
    Column("retracted_why", _TEXT, "row.retracted.why", "why it was withdrawn"),
    Column("note", _TEXT, "row.note", "what else is to be known"),
    Column("accepted", _TEXT, "row.accepted", "checks that the study fails and is kept all the same, with the reason"),
    Column("added", _DAY, "row.added", "the day on which it entered the base"),
)

ARMS = (
    _STUDY,
    Column("arm", _TEXT, "row.id", "id of the arm within its study"),
    Column("label", _TEXT, "row.label", "what the arm is called"),
    Column("role", _TEXT, "row.role", "treatment or comparator"),
    Column("needling", _TRUTH, "row.needling", "whether needles were used"),
    Column("radiofrequency", _TRUTH, "row.radiofrequency", "whether the needles carried radiofrequency"),
    Column("control", _TEXT, "row.control", "what makes an arm without needles a control"),
    Column("n", _COUNT, "row.n", "how many of `unit` the arm counts", "see column `unit`"),
    Column("unit", _TEXT, "row.unit", "what the arm counts: people, sides, areas or striae"),
    Column("n_note", _TEXT, "row.n_note", "what is to be known of the number"),
    Column("device", _TEXT, "row.device", "kind of device"),
    Column("device_name", _TEXT, "row.device_name", "name of the device"),
    Column("needle_min_mm", _NUMBER, "row.needle_mm.0", "shortest needle length set, not the depth reached", "mm"),
    Column("needle_max_mm", _NUMBER, "row.needle_mm.1", "longest needle length set, not the depth reached", "mm"),
    Column("end_point", _TEXT, "row.end_point", "what was seen when the pass ended"),
    Column("sessions_min", _COUNT, "row.sessions.0", "fewest sessions", "sessions"),
    Column("sessions_max", _COUNT, "row.sessions.1", "most sessions", "sessions"),
    Column("interval_min_weeks", _NUMBER, "row.interval_weeks.0", "shortest time between sessions", "weeks"),
    Column("interval_max_weeks", _NUMBER, "row.interval_weeks.1", "longest time between sessions", "weeks"),
    Column("agents", _TEXT, "row.agents", "what was put on or taken beside the needles, as printed"),
    *(column for column in _READ if column.name in ("note", "accepted")),
)

OUTCOMES = (
    _STUDY,
    _ARM,
    Column("measure", _TEXT, "row.measure", "what was measured"),
    Column("scale", _TEXT, "row.scale", "by which scale, as printed"),
    Column("unit", _TEXT, "row.unit", "unit, as printed"),
    Column("better", _TEXT, "row.better", "whether lower or higher is better"),
    Column("time", _TEXT, "row.time", "when, as printed"),
    Column("weeks_after_last", _NUMBER, "row.weeks_after_last", "time since the last session", "weeks"),
    Column("weeks_from_start", _NUMBER, "row.weeks_from_start", "time since the first session", "weeks"),
    Column("before_mean", _NUMBER, "row.before_mean", "mean before treatment", _SCALE),
    Column("before_sd", _NUMBER, "row.before_sd", "standard deviation before treatment", _SCALE),
    Column("after_mean", _NUMBER, "row.after_mean", "mean after treatment", _SCALE),
    Column("after_sd", _NUMBER, "row.after_sd", "standard deviation after treatment", _SCALE),
    Column("before_median", _NUMBER, "row.before_median", "median before treatment", _SCALE),
    Column("after_median", _NUMBER, "row.after_median", "median after treatment", _SCALE),
    Column("change_mean", _NUMBER, "row.change_mean", "mean change, after minus before: a fall is negative", _SCALE),
    Column("change_sd", _NUMBER, "row.change_sd", "standard deviation of the change", _SCALE),
    Column("change_low", _NUMBER, "row.change_low", "lower end of the interval of the mean change", _SCALE),
    Column("change_high", _NUMBER, "row.change_high", "upper end of the interval of the mean change", _SCALE),
    Column("change_level_percent", _NUMBER, "row.change_level", "level of that interval", "percent"),
    Column("change_percent", _NUMBER, "row.change_percent", "mean change, with its sign", "percent of the baseline"),
    Column("change_percent_sd", _NUMBER, "row.change_percent_sd", "its standard deviation", "percent of the baseline"),
    Column("response", _TEXT, "row.response", "who counts as a responder, as printed"),
    Column("responders", _COUNT, "row.responders", "how many responded", "as the arm counts"),
    Column("responders_of", _COUNT, "row.responders_of", "of how many", "as the arm counts"),
    Column("responders_percent", _NUMBER, "row.responders_percent", "share who responded, as printed", "percent"),
    Column("p", _TEXT, "row.p", "p value, as printed"),
    Column("spread", _TEXT, "row.spread", "why a printed spread may not be the standard deviation of people"),
    *_READ,
)

CONTRASTS = (
    _STUDY,
    Column("a", _TEXT, "row.a", "id of the first arm"),
    Column("b", _TEXT, "row.b", "id of the arm it is compared with"),
    Column("measure", _TEXT, "row.measure", "what was measured"),
    Column("scale", _TEXT, "row.scale", "by which scale, as printed"),
    Column("favours", _TEXT, "row.favours", "id of the arm that did better, or neither"),
    Column("effect", _TEXT, "row.effect", "what the value is; empty: a minus b"),
    Column("value", _NUMBER, "row.value", "the difference", "see column `effect`"),
    Column("low", _NUMBER, "row.low", "lower end of its interval", "see column `effect`"),
    Column("high", _NUMBER, "row.high", "upper end of its interval", "see column `effect`"),
    Column("level_percent", _NUMBER, "row.level", "level of that interval", "percent"),
    Column("p", _NUMBER, "row.p", "p value"),
    Column("p_text", _TEXT, "row.p_text", "p value, as printed"),
    Column("time", _TEXT, "row.time", "when, as printed"),
    *_READ,
)

HARMS = (
    _STUDY,
    _ARM,
    Column("event", _TEXT, "row.event", "the unwanted effect, as printed"),
    Column(
        "count", _COUNT, "row.count", "how many had it; 0 only where the text says that none had", "as the arm counts"
    ),
    Column("count_of", _COUNT, "row.of", "of how many", "as the arm counts"),
    Column("percent", _NUMBER, "row.percent", "share who had it, as printed", "percent"),
    Column("severity", _TEXT, "row.severity", "how bad it was, as printed"),
    Column("min_days", _NUMBER, "row.days_min", "shortest duration", "days"),
    Column("max_days", _NUMBER, "row.days_max", "longest duration", "days"),
    Column("value", _NUMBER, "row.value", "a figure of another kind", "see column `value_unit`"),
    Column("value_unit", _TEXT, "row.value_unit", "what that figure is"),
    *_READ,
)

EFFECTS = (
    Column("group_id", _TEXT, "key.id", "id of the group of comparable figures"),
    Column("trouble", _TEXT, "key.trouble", "the kind of trouble studied"),
    Column("sort", _TEXT, "key.sort", "change, response, harm, or contrast of changes or responses"),
    Column("of_what", _TEXT, "key.of", "the scale, kind of responder or kind of harm"),
    Column("treatment", _TEXT, "key.treatment", "what the needled arm had"),
    Column("plus", _TEXT, "key.plus", "adjuncts beside the needles"),
    Column("against", _TEXT, "key.against", "what a contrast is against"),
    Column("study", _TEXT, "row.study.id", "id of the study"),
    Column("arm", _TEXT, "row.arm.id", "id of the arm"),
    Column("comparator", _TEXT, "row.comparator.id", "id of the arm it is compared with"),
    Column("enters", _TRUTH, "enters", "whether it enters the pool of its group"),
    Column("why_not", _TEXT, "row.why_not", "why it does not"),
    Column("kind", _TEXT, "row.effect.kind", "what the value measures"),
    Column("value", _NUMBER, "row.effect.value", "the effect", _POOL),
    Column("variance", _NUMBER, "row.effect.variance", "its sampling variance", "the same, squared"),
    Column("n", _COUNT, "row.effect.n", "people, once each", "people"),
    Column("shown_value", _NUMBER, "shown_value", "the effect as a reader knows it", "see column `shown_unit`"),
    Column("shown_unit", _TEXT, "shown_unit", "what that is a number of"),
    Column("assumed", _TEXT, "row.effect.assumed", "what the paper did not print and was assumed"),
)
