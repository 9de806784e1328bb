"""The evidence pages: every number leads to a study, every study to what rests on it, every source to its readers."""

import html
import re
from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from needlewise.evidence.groups import groups_of
from needlewise.knowledge import Retraction, load_evidence, load_protocol
from needlewise.web.pages.evidence import views
from needlewise.web.pages.evidence.shelf import Shelf, shelf_on

URL = "/evidence/"
ONE_GRADE = "acne_scars.response.one-grade.needling"
SHELF = shelf_on(date(2026, 11, 24))
_LINK = re.compile(r'href="(/[^"#]*|#[^"]+)"')


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch, today: date) -> None:
    monkeypatch.setattr(views, "today", lambda: today)


def text_of(client: Client, path: str) -> str:
    answer = client.get(f"{URL}{path}")
    assert answer.status_code == 200, path
    return html.unescape(answer.content.decode())


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.parametrize("path", ["indications/nose-jobs/", "claims/no/", "studies/no/", "sources/no/", "groups/no/"])
def test_what_there_is_not_is_a_404(client: Client, path: str) -> None:
    assert client.get(f"{URL}{path}").status_code == 404


def test_the_contents_lead_to_every_indication_and_count_all_studies(client: Client) -> None:
    page = text_of(client, "")
    for name in SHELF.base.protocol.indications:
        assert f'href="/evidence/indications/{name}/"' in page
    assert f"{len(SHELF.base.studies)} studies were read" in page


@pytest.mark.parametrize("name", list(SHELF.base.protocol.indications))
def test_an_indication_shows_claims_gains_harms_holes_and_its_studies(client: Client, name: str) -> None:
    page = text_of(client, f"indications/{name}/")
    for study in SHELF.base.studies_of(name):
        assert f'href="/evidence/studies/{study.id}/"' in page
    for one in SHELF.claims.values():
        if name in one.claim.indication:
            assert one.claim.claim in page
            assert one.plain in page
    assert ">Holes</h2>" in page
    assert "No figure here is a promise" in page


def test_acne_scars_show_the_pool_as_a_plot_and_what_is_not_known(client: Client) -> None:
    page = text_of(client, "indications/atrophic-acne-scars/")
    assert "<svg" in page
    assert "var(--ink)" in page
    words = words_of(page)
    assert "ECCA lower is better Not known: figures were read, but none that can be reckoned with" in words
    assert "against nothing" in words
    assert re.search(r"At least one grade better 8\d of 100 \(\d+ to 100\)", words)


@pytest.mark.parametrize("name", list(SHELF.claims))
def test_a_claim_shows_its_grade_its_numbers_and_every_study_behind_them(client: Client, name: str) -> None:
    page = text_of(client, f"claims/{name}/")
    one = SHELF.claims[name]
    assert one.reason in page
    assert one.claim.what_would_change_it in page
    for study in one.studies:
        assert f'href="/evidence/studies/{study}/"' in page
    for number in one.numbers.values():
        assert number.told() in page
    assert "To be read again" not in page


@pytest.mark.parametrize("name", list(SHELF.base.studies)[::9])
def test_a_study_shows_every_outcome_every_doubt_and_its_documents(client: Client, name: str) -> None:
    page = text_of(client, f"studies/{name}/")
    study = SHELF.base.studies[name]
    assert study.title in page
    for arm in study.arm:
        for outcome in arm.outcome:
            assert outcome.measure in page
            if outcome.responders is not None and outcome.responders_of is not None:
                assert f"{outcome.responders} of {outcome.responders_of}" in page
    for flag in study.flag:
        assert flag.text in page
    for read in study.document:
        assert f'href="/evidence/sources/{read.source}/"' in page


def test_a_source_lists_rules_claims_studies_and_pools_that_rest_on_it(client: Client) -> None:
    words = words_of(text_of(client, "sources/alam2014/"))
    assert "What rests on this paper" in words
    assert "Acne scars become better." in words
    assert "Goodman and Baron, quantitative" in words
    assert "of the protocol" in words_of(text_of(client, "sources/dogra2014/"))


@pytest.mark.parametrize("name", list(SHELF.base.protocol.sources)[::15])
def test_every_source_has_a_page(client: Client, name: str) -> None:
    assert SHELF.base.protocol.sources[name].citation in text_of(client, f"sources/{name}/")


def test_a_group_shows_every_method_and_each_study_left_out(client: Client) -> None:
    words = words_of(text_of(client, f"groups/{ONE_GRADE}/"))
    assert "5 of 5 studies can be pooled" in words
    assert "The same under every method" in words
    for method in ("fixed", "dl", "reml", "pm"):
        assert f" {method} " in words
    assert "no spread was read" in text_of(client, "groups/acne_scars.change.ecca.needling/")


def test_retracting_a_study_shows_what_that_moved_and_marks_the_claim(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from needlewise.evidence.claims import graded  # noqa: PLC0415

    base = load_evidence(load_protocol(date(2026, 11, 24)))
    gone = replace(base.studies["alam2014"], retracted=Retraction(on=date(2026, 11, 1), why="Invented for this test."))
    base = replace(base, studies={**base.studies, "alam2014": gone}, digest="retracted")
    groups = groups_of(base)
    claims = {name: graded(one.claim, base, groups) for name, one in SHELF.claims.items()}
    shelf = Shelf(date(2026, 11, 24), base, {group.key.id: group for group in groups}, claims)
    monkeypatch.setattr(views, "shelf_on", lambda _: shelf)
    words = words_of(text_of(client, "studies/alam2014/"))
    assert "Retracted on 1 November 2026. Invented for this test." in words
    assert "What its retraction moved" in words
    assert "control 1 to 0 outside its bounds" in words
    assert "To be read again" in text_of(client, "claims/acne-scars/")


@pytest.mark.parametrize(
    "path", ["", "claims/", "studies/", "indications/neck-lines/", "claims/painless/", "studies/dogra2014/"]
)
def test_every_internal_link_leads_somewhere(client: Client, path: str) -> None:
    page = text_of(client, path)
    ids = set(re.findall(r'id="([^"]+)"', page))
    links = dict.fromkeys(_LINK.findall(page))
    assert links
    for link in list(links)[:40]:
        if link.startswith("#"):
            assert link[1:] in ids, link
        elif not link.startswith("/static/") and "/indications/" not in link and "/groups/" not in link:
            assert client.get(link, follow=True).status_code == 200, link


def test_every_source_on_a_plan_leads_to_its_page(client: Client) -> None:
    page = client.get("/consultation/?example=acne-scars-type-iii").content.decode()
    links = dict.fromkeys(re.findall(r'href="(/evidence/sources/[^"]+)"', page))
    assert len(links) > 10
    for link in list(links)[:10]:
        assert client.get(link).status_code == 200


def test_words_for_a_p_value_are_no_number_and_what_is_common_has_both_ends(client: Client) -> None:
    assert "p: significant (value not shown)" in words_of(text_of(client, "studies/dogra2014/"))
    assert "27 of 30 people; 73 to 98 in 100" in words_of(text_of(client, "indications/stretch-marks/"))
