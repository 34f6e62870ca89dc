"""What nobody's file may do: run code here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

FORBIDDEN_MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal"}
FORBIDDEN_CALLS = {
    "eval",
    "exec",
    "compile_command",
    "joblib.load",
    "yaml.load",
    "torch.load",
    "np.load",
    "numpy.load",
    "os.system",
}
# The one restricted unpickler for underthesea's own word lists; tests/test_tokenization_model.py attacks it.
ADMITTED = {("toolkit/tokenization/pickles.py", "pickle")}


def uses(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]
        elif isinstance(node, ast.Call):
            call = ast.unparse(node.func)
            arguments = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            yield call if arguments.get("allow_pickle") != "False" else f"{call}(allow_pickle=False)"


@pytest.mark.parametrize("path", sorted((ROOT / "toolkit").rglob("*.py")), ids=lambda path: path.name)
def test_source_has_no_way_to_run_what_it_reads(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    found = {use for use in uses(path) if use in FORBIDDEN_MODULES | FORBIDDEN_CALLS}
    assert {use for use in found if (name, use) not in ADMITTED} == set()


def test_the_walk_finds_what_it_looks_for(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import pickle\nfrom joblib import load\njoblib.load('x')\neval('1')\n")
    assert {"pickle", "joblib.load", "eval"} <= set(uses(tmp_path / "a.py"))
