from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.test_cli import NEWS, run

DOCS = sorted((ROOT / "docs").glob("*.md"))


def commands(path: Path) -> list[list[str]]:
    lines = re.findall(r"^\$ toolkit (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return [shlex.split(line, comments=True) for line in lines]


@pytest.mark.slow
@pytest.mark.parametrize("path", [p for p in DOCS if commands(p)], ids=lambda p: p.name)
def test_commands_of_the_how_tos_run(path: Path, model_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_text(NEWS, encoding="utf-8")
    for arguments in commands(path):
        placed = [
            str(tmp_path / a) if a == "news/" or a.startswith(("labels.", "brief.", "to-check.")) else a
            for a in arguments
        ]
        run(*placed, "--models", model_folder)


def test_notebook_code_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "notebook.md").read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(code, "notebook.md", "exec"), names)
    assert str(names["page"]).startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_links_of_the_how_tos_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists()
