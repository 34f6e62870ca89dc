"""What nobody's file may do: run code here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

# Modules whose readers run what they read, or that exist to run something.
FORBIDDEN_MODULES = {
    *(
        "pickle",
        "_pickle",
        "cPickle",
        "dill",
        "cloudpickle",
        "joblib.numpy_pickle",
        "shelve",
        "marshal",
        "dbm",
        "copyreg",
    ),
    *("subprocess", "pty", "runpy", "codeop", "pdb", "torch", "yaml"),
}
FORBIDDEN_CALLS = {
    *("eval", "exec", "compile", "__import__", "breakpoint", "input"),
    *("joblib.load", "np.load", "numpy.load", "pd.read_pickle", "pandas.read_pickle"),
    *("os.system", "os.popen", "os.startfile", "ctypes.CDLL", "ctypes.cdll.LoadLibrary"),
    *("importlib.import_module", "importlib.reload", "importlib.util.module_from_spec", "importlib.machinery"),
}
FORBIDDEN_FAMILIES = ("os.exec", "os.spawn", "os.posix_spawn")
# File, use, and what makes it safe.
ADMITTED = {
    ("toolkit/tokenization/pickles.py", "pickle"): "the one restricted unpickler; tests/test_pickles.py attacks it",
}
# Imports of a name that is worked out: only from constants of the source.
COMPUTED_IMPORTS = {
    "toolkit/__init__.py": "names of _EXPORTS",
    "toolkit/io/optional.py": "names that readers write in their source",
    "toolkit/summarization/registry.py": "names of its own table",
}


def uses(path: Path) -> Iterator[str]:
    """Yield what a module imports, calls and passes on, by the full names that its own imports give."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
                yield from parents(alias.name)
        elif isinstance(node, ast.ImportFrom):
            yield from parents(node.module or "")
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                yield from FORBIDDEN_MODULES & {f"{node.module}.{alias.name}"}
    functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield called(node, names)
        elif isinstance(node, (ast.Name, ast.Attribute)) and id(node) not in functions:
            yield full_name(ast.unparse(node), names)


def parents(module: str) -> Iterator[str]:
    parts = module.split(".")
    yield from (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def full_name(name: str, names: dict[str, str]) -> str:
    first, dot, rest = name.removeprefix("builtins.").partition(".")
    return names.get(first, first) + dot + rest


def called(node: ast.Call, names: dict[str, str]) -> str:
    name = full_name(ast.unparse(node.func), names)
    arguments = {keyword.arg: keyword.value for keyword in node.keywords}
    if name in ("np.load", "numpy.load"):
        plain = arguments.get("allow_pickle")
        return f"{name}(allow_pickle=False)" if isinstance(plain, ast.Constant) and plain.value is False else name
    if any(not (isinstance(v, ast.Constant) and v.value is False) for k, v in arguments.items() if k == "shell"):
        return "shell"
    constant = bool(node.args) and isinstance(node.args[0], ast.Constant)
    if name == "importlib.import_module" and constant:
        return f"{name}(constant)"
    return name


def is_forbidden(use: str) -> bool:
    loads = use in FORBIDDEN_MODULES or use in FORBIDDEN_CALLS or use == "shell"
    return loads or use.startswith(FORBIDDEN_FAMILIES)


@pytest.mark.parametrize("path", sorted((ROOT / "toolkit").rglob("*.py")), ids=lambda path: path.name)
def test_source_has_no_way_to_run_what_it_reads(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    found = {use for use in uses(path) if is_forbidden(use)}
    found -= {use for file, use in ADMITTED if file == name}
    if name in COMPUTED_IMPORTS:
        found -= {"importlib.import_module"}
    assert found == set()


def test_whatever_is_admitted_is_there() -> None:
    for name, use in ADMITTED:
        assert use in set(uses(ROOT / name))
    for name in COMPUTED_IMPORTS:
        assert "importlib.import_module" in set(uses(ROOT / name))


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "import pickle as p; p.loads(x)",
        "from pickle import Unpickler",
        "from _pickle import loads",
        "import joblib; joblib.load(x)",
        "from joblib import load; load(x)",
        "from joblib import numpy_pickle",
        "import cloudpickle",
        "import dill",
        "import shelve",
        "import marshal; marshal.loads(x)",
        "from joblib import load as read; read(x)",
        "import joblib; map(joblib.load, x)",
        "import yaml; yaml.load(x)",
        "from yaml import load",
        "import torch; torch.load(x)",
        "eval(x)",
        "exec(x)",
        "map(eval, x)",
        "import builtins; builtins.eval(x)",
        "compile(x, '', 'exec')",
        "__import__(x)",
        "from importlib import import_module; import_module(x)",
        "import importlib; importlib.import_module('a' + x)",
        "import importlib as i; i.import_module(x)",
        "import os; os.system(x)",
        "from os import system as s; s(x)",
        "from importlib import import_module; map(import_module, x)",
        "import os; os.execv(x, y)",
        "import os; os.popen(x)",
        "import subprocess; subprocess.run(x, shell=True)",
        "from anywhere import run; run(x, shell=True)",
        "from anywhere import run; run(x, shell=y)",
        "import runpy",
        "import numpy as np; np.load(x)",
        "import numpy as np; np.load(x, allow_pickle=True)",
        "import numpy; numpy.load(x, allow_pickle=y)",
        "from numpy import load; load(x)",
        "import pandas as pd; pd.read_pickle(x)",
        "import ctypes; ctypes.CDLL(x)",
    ],
)
def test_the_walk_finds_what_it_looks_for(code: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(code)
    assert any(map(is_forbidden, uses(tmp_path / "a.py")))


@pytest.mark.parametrize(
    "code",
    [
        "import numpy as np; np.load(x, allow_pickle=False)",
        "import re; re.compile(x)",
        "from importlib import import_module; import_module('json')",
        "import json; json.load(x)",
        "self.evaluate(x)",
        "model.load(x)",
    ],
)
def test_the_walk_lets_plain_reading_pass(code: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(code)
    assert not any(map(is_forbidden, uses(tmp_path / "a.py")))
