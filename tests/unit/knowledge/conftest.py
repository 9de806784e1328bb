from pathlib import Path

import pytest

from tests.unit.knowledge.trees import Tree, grown


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return grown(tmp_path / "knowledge")
