"""What comes with the toolkit, and what it is made into: licences, the wheel, models of earlier versions."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from tests.conftest import ROOT
from toolkit.pipeline import Analyzer

LICENCES = ROOT / "docs" / "licences.md"
# Words of the licences that what is Apache-2.0 may be used together with, unchanged and from its own package.
COMPATIBLE = re.compile(
    r"Apache|BSD|MIT|ISC|Zlib|CC0|CNRI|Python Software Foundation|PSF|Mozilla Public License 2|MPL|LGPL|Public Domain"
    r"|Unlicense"
)


def dependencies() -> dict[str, str]:
    """Return the licence of every package that an installation with all extras brings, by name."""
    requirements = pytest.importorskip("packaging.requirements")
    found: dict[str, str] = {}
    waiting: list[tuple[str, tuple[str, ...]]] = [("vietnamese-text-toolkit", ("all",))]
    seen = set()
    while waiting:
        name, extras = waiting.pop()
        key = name.lower().replace("_", "-")
        if (key, extras) in seen:
            continue
        seen.add((key, extras))
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue  # an extra that is not installed
        found[key] = _licence(package.metadata.get_all)
        for line in package.requires or ():
            wanted = requirements.Requirement(line)
            if wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                waiting.append((wanted.name, tuple(sorted(wanted.extras))))
    del found["vietnamese-text-toolkit"]
    return dict(sorted(found.items()))


def _licence(fields: object) -> str:
    get_all = fields
    assert callable(get_all)
    if expression := get_all("License-Expression"):
        return str(expression[0])
    classifiers = [c.rpartition(" :: ")[2] for c in get_all("Classifier") or () if c.startswith("License ::")]
    return ", ".join(classifiers) or str((get_all("License") or [""])[0]).partition("\n")[0]


def test_licences_of_all_dependencies_are_compatible_and_listed(request: pytest.FixtureRequest) -> None:
    found = dependencies()
    assert {name: licence for name, licence in found.items() if not COMPATIBLE.search(licence)} == {}
    if request.config.getoption("--update-golden"):
        rows = "".join(f"| {name} | {licence} |\n" for name, licence in found.items())
        head, _, _ = LICENCES.read_text(encoding="utf-8").partition("| package |")
        LICENCES.write_text(f"{head}| package | licence |\n|---|---|\n{rows}", encoding="utf-8")
    listed = dict(re.findall(r"^\| (\S+) \| (.+) \|$", LICENCES.read_text(encoding="utf-8"), re.MULTILINE))
    assert set(found) - set(listed) == set()


# --- the wheel ----------------------------------------------------------------------------------------


def build(source: Path, target: Path) -> Path:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(target), str(source)]
    environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    subprocess.run(command, check=True, env=environment)
    (wheel,) = target.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Path]]:
    """Two wheels, built from two copies of the source whose files differ in age."""
    root = tmp_path_factory.mktemp("wheels")
    built = []
    for copy in ("một", "hai"):
        source = root / copy / "nguồn"
        source.mkdir(parents=True)
        tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.split(
            b"\0"
        )
        for name in filter(None, map(os.fsdecode, tracked)):
            if (ROOT / name).is_file():
                (source / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, source / name)
                os.utime(source / name, (1_700_000_000 + len(built) * 86_400,) * 2)
        built.append(build(source, root / copy / "wheel"))
    yield built
    shutil.rmtree(root)


@pytest.mark.slow
def test_two_builds_give_one_wheel(wheels: list[Path]) -> None:
    one, other = (hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels)
    assert one == other


@pytest.mark.slow
def test_wheel_has_the_models_and_works_outside_the_clone(wheels: list[Path], tmp_path: Path) -> None:
    names = set(zipfile.ZipFile(wheels[0]).namelist())
    for model in ("topics", "summarizer"):
        assert f"toolkit/models/{model}/model.json" in names
    assert "toolkit/py.typed" in names
    assert not {name for name in names if name.startswith(("tests/", "corpus/", "seeds/", "benchmarks/"))}
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path / "site")]
    subprocess.run([*install, str(wheels[0])], check=True)
    article = tmp_path / "tin.txt"
    article.write_text("Kim ngạch xuất khẩu gạo sang thị trường châu Âu năm nay đạt 1,2 tỷ USD, tăng 12%.", "utf-8")
    code = "import toolkit, sys; print(toolkit.__file__, file=sys.stderr); from toolkit.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "digest", str(article), "--format", "json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site"), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=True,
    )
    assert str(tmp_path / "site") in done.stderr.decode()
    assert json.loads(done.stdout)[0]["paragraphs"][0]["labels"] == ["trade"]


# --- models of earlier versions -----------------------------------------------------------------------

OLD = ROOT / "tests" / "models"


@pytest.mark.parametrize("folder", sorted(OLD.glob("schema-*")), ids=lambda folder: folder.name)
def test_model_of_an_earlier_version_still_answers_as_it_did(folder: Path) -> None:
    analyzer = Analyzer.load(folder / "topics")
    expected = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    for row in expected:
        (prediction,) = analyzer.label([row["text"]])
        assert list(prediction.labels) == row["labels"]
        assert prediction.scores == pytest.approx(row["scores"], abs=1e-3)


def test_there_is_a_model_of_every_schema_so_far() -> None:
    from toolkit.persistence import SCHEMA

    assert {folder.name for folder in OLD.glob("schema-*")} >= {f"schema-{n}" for n in range(1, SCHEMA + 1)}
