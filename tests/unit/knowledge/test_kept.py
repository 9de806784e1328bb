"""The checked rows are kept beside the files: the same as a fresh load, never stale, and never in the way."""

import os
import pickle
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from needlewise.consultation import consult, read_case
from needlewise.knowledge import Protocol, _kept, _load, load_protocol
from needlewise.verification.consultations import quiet_case
from tests.unit.knowledge.trees import KNOWLEDGE, TODAY


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package folder of one's own, files and modules, with a shelf of its own."""
    home = shutil.copytree(KNOWLEDGE, tmp_path / "knowledge", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(_kept, "HERE", home)
    monkeypatch.setattr(_kept, "SHELF", home / "__pycache__")
    monkeypatch.setattr(_load, "HERE", home)
    return home


def shelf() -> list[Path]:
    return sorted(_kept.SHELF.glob("protocol-*"))


def kept_for(on: date) -> Path:
    return _kept.SHELF / f"protocol-{_kept._name(on)}.pickle"


def refuse_to_load(*_: object) -> Protocol:
    raise AssertionError("the files were read again")


def test_what_is_kept_is_what_a_fresh_load_gives(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_protocol(TODAY)
    assert shelf() == [kept_for(TODAY)]
    fresh = _load.load_protocol(TODAY)
    monkeypatch.setattr(_kept, "_loaded", refuse_to_load)
    kept = load_protocol(TODAY)
    assert kept == first == fresh
    assert kept is not first
    assert str(kept.edition) == str(fresh.edition)


def test_a_kept_protocol_consults_like_a_fresh_one(home: Path) -> None:
    load_protocol(TODAY)
    kept, fresh = load_protocol(TODAY), _load.load_protocol(TODAY)
    data = quiet_case(fresh, TODAY)
    assert consult(read_case(data, kept, TODAY), kept, TODAY) == consult(read_case(data, fresh, TODAY), fresh, TODAY)


@pytest.mark.parametrize("file", ["rules/smoking.toml", "sources/ablon2018.toml"])
def test_a_changed_file_is_never_served_stale(file: str, home: Path) -> None:
    before = load_protocol(TODAY)
    stat = (home / file).stat()
    text = (home / file).read_text(encoding="utf-8")
    changed = text.replace("Smoking slows", "smoking slows").replace("J Clin", "J. Cln")
    assert len(changed) == len(text)
    (home / file).write_text(changed, encoding="utf-8")
    os.utime(home / file, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # neither size nor time gives it away
    after = load_protocol(TODAY)
    assert after != before
    assert after.edition.digest != before.edition.digest


def test_a_file_that_came_or_went_is_noticed(home: Path) -> None:
    before = load_protocol(TODAY)
    path = home / "rules" / "smoking.toml"
    text = path.read_text(encoding="utf-8")
    path.unlink()
    assert "smoking" not in load_protocol(TODAY).rules
    path.with_name("tobacco.toml").write_text(text, encoding="utf-8")
    assert "tobacco" in load_protocol(TODAY).rules
    path.write_text(text, encoding="utf-8")
    path.with_name("tobacco.toml").unlink()
    assert load_protocol(TODAY) == before


def test_a_file_that_became_wrong_is_told_although_a_sound_state_is_kept(home: Path) -> None:
    load_protocol(TODAY)
    (home / "rules" / "smoking.toml").write_text('title = "cut off', encoding="utf-8")
    with pytest.raises(Exception, match=r"rules/smoking.toml:1: not valid TOML"):
        load_protocol(TODAY)


def test_a_changed_program_reads_the_files_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_protocol(TODAY)
    before = kept_for(TODAY)
    module = home / "_places.py"
    module.write_text(module.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert kept_for(TODAY) != before
    monkeypatch.setattr(_kept, "__version__", "0.0.0.dev9")
    assert kept_for(TODAY) != before


def test_each_day_is_kept_for_itself(home: Path) -> None:
    tomorrow = TODAY + timedelta(days=1)
    assert load_protocol(TODAY).edition.on == TODAY
    assert load_protocol(tomorrow).edition.on == tomorrow
    assert load_protocol(TODAY).edition.on == TODAY
    assert len(shelf()) == 2


BROKEN = {
    "empty": b"",
    "cut off": pickle.dumps(list(range(1000)))[:200],
    "no pickle": b"not a pickle at all",
    "another value": pickle.dumps({"rules": {}}),
    "a class that is gone": b"cneedlewise.knowledge._protocol\nNoSuchClass\n.",
    "a module that is gone": b"cneedlewise.no_such_module\nThing\n.",
    "bad numbers": b"\x80\x05\x95\xff\xff\xff\xff\xff\xff\xff\x7f.",
    "bad text": b"X\x02\x00\x00\x00\xff\xff.",
    "an index out of range": b"j\xff\x00\x00\x00.",
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_or_foreign_on_the_shelf_is_ignored_and_replaced(name: str, home: Path) -> None:
    first = load_protocol(TODAY)
    kept_for(TODAY).write_bytes(BROKEN[name])
    assert load_protocol(TODAY) == first
    assert isinstance(pickle.loads(kept_for(TODAY).read_bytes()), Protocol)  # noqa: S301


def test_a_pickle_of_the_right_kind_for_another_day_is_not_taken(home: Path) -> None:
    tomorrow = TODAY + timedelta(days=1)
    load_protocol(TODAY)
    shutil.copyfile(kept_for(TODAY), kept_for(tomorrow))
    assert load_protocol(tomorrow).edition.on == tomorrow


def test_a_shelf_that_cannot_be_written_is_no_error(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for nowhere in (home / "rules" / "smoking.toml", home / "no" / "such" / "folder"):
        monkeypatch.setattr(_kept, "SHELF", nowhere)
        assert load_protocol(TODAY) == _load.load_protocol(TODAY)
    assert (home / "rules" / "smoking.toml").is_file()
    assert not (home / "no").exists()


def test_a_folder_where_the_pickle_would_stand_is_no_error(home: Path) -> None:
    kept_for(TODAY).mkdir(parents=True)
    assert load_protocol(TODAY) == _load.load_protocol(TODAY)
    assert [path.name for path in shelf() if path.suffix == ".part"] == []


def test_old_ones_are_cleared_away_and_nothing_else_is(home: Path) -> None:
    _kept.SHELF.mkdir()
    compiled = _kept.SHELF / "_toml.cpython-311.pyc"
    compiled.write_bytes(b"compiled")
    days = [TODAY + timedelta(days=n) for n in range(_kept.MOST_KEPT + 2)]
    for number, day in enumerate(days):
        load_protocol(day)
        os.utime(kept_for(day), (number, number))
    load_protocol(days[-1])
    load_protocol(TODAY + timedelta(days=99))
    assert len(shelf()) == _kept.MOST_KEPT
    assert kept_for(days[-1]) in shelf()
    assert kept_for(days[0]) not in shelf()
    assert compiled.exists()


def test_a_folder_of_ones_own_and_an_overlay_are_never_kept(home: Path) -> None:
    load_protocol(TODAY, home)
    load_protocol(TODAY, None, b'title = "Nothing changes"\n')
    assert shelf() == []
