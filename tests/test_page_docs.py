from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.conftest import LABELLED, ROOT
from tests.test_cli import NEWS, run
from tests.test_io_encodings import encoded

HOW_TOS = ("archives", "brief-a-director", "encodings", "label-a-folder", "notebook")
DOCS = [ROOT / "docs" / f"{name}{language}.md" for name in HOW_TOS for language in ("", ".vi")]


def commands(path: Path) -> list[list[str]]:
    lines = re.findall(r"^\$ toolkit (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return [shlex.split(line, comments=True) for line in lines]


def code(path: Path) -> str:
    return "\n".join(re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL))


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the how-tos speak of, entered."""
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_text(NEWS, encoding="utf-8")
    (tmp_path / "news.csv").write_text(f'Headline,Body\nChợ gạo,"{NEWS}"\n', encoding="utf-8")
    (tmp_path / "luu-tru").mkdir()
    (tmp_path / "cong-van-1998.txt").write_bytes(encoded("Cảng mới đón tàu lớn vào cuối tuần.", "tcvn3"))
    (tmp_path / "luu-tru" / "a.txt").write_bytes(encoded("Cảng mới đón tàu lớn vào cuối tuần.", "tcvn3"))
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("path", [p for p in DOCS if commands(p)], ids=lambda p: p.name)
def test_commands_of_the_how_tos_run(path: Path, model_folder: Path, office: Path) -> None:
    for arguments in commands(path):
        out, _ = run(*arguments, "--models", model_folder)
        output = arguments[arguments.index("-o") + 1] if "-o" in arguments else None
        assert out if output is None else (office / output).stat().st_size > 0 and not out


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted((ROOT / "docs").glob("train-on-your-labels*.md")), ids=lambda p: p.name)
def test_commands_of_the_how_to_on_training_run(path: Path, office: Path) -> None:
    lines = [f"{text},{'bóng đá' if 'bóng' in text else 'kinh tế'}" for text, _ in LABELLED]
    for name in ("mine.csv", "held-out.csv"):
        (office / name).write_text("\n".join(["text,label", *lines]), encoding="utf-8")
    said = [run(*arguments) for arguments in commands(path)]
    assert "72 texts, 2 labels, exactly one of them a text" in said[0][1]
    assert "the model before gave other labels to 0 of" in said[-1][1]


@pytest.mark.parametrize("path", [p for p in DOCS if code(p)], ids=lambda p: p.name)
def test_code_of_the_how_tos_runs(path: Path, office: Path) -> None:
    names: dict[str, object] = {}
    exec(compile(code(path), path.name, "exec"), names)
    if "page" in names:
        assert str(names["page"]).startswith("<!DOCTYPE html>")
        assert "Mở tất cả" in str(names["page"]) or path.name == "notebook.md"
    else:
        assert getattr(names["document"], "text", None) == "Cảng mới đón tàu lớn vào cuối tuần."


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_how_tos_exist_in_both_languages_with_the_same_commands(path: Path) -> None:
    other = path.with_name(path.name.replace(".vi.md", ".md") if ".vi." in path.name else f"{path.stem}.vi.md")
    assert f"]({other.name})" in path.read_text(encoding="utf-8")
    assert commands(path) == commands(other)


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_links_of_the_how_tos_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (path.parent / target).exists()
