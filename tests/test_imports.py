from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import toolkit

HEAVY = "sorted({'sklearn', 'scipy', 'underthesea', 'numpy'} & set(sys.modules))"


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8")
    return done.stdout.strip()


def test_importing_loads_nothing_heavy() -> None:
    assert python(f"import toolkit, sys; print({HEAVY})") == "[]"


def test_help_loads_nothing_heavy() -> None:
    code = "import sys; sys.argv = ['toolkit', '--help']\nfrom toolkit.cli import app\n"
    code += "try: app()\nexcept SystemExit: pass\n"
    assert python(f"{code}print({HEAVY})").splitlines()[-1] == "[]"


def test_labelling_with_a_saved_model_loads_no_scikit_learn(model_folder: Path) -> None:
    code = (
        f"import toolkit, sys; a = toolkit.Analyzer.load({str(model_folder)!r}, summarizer='lexrank');"
        "a.analyze('Xuất khẩu gạo tăng mạnh. Tin vui.'); a.explain(['Xuất khẩu gạo.']);"
        "print('sklearn' in sys.modules, 'underthesea' in sys.modules)"
    )
    assert python(code) == "False False"


def test_every_promised_name_is_there() -> None:
    for name in toolkit.__all__:
        assert getattr(toolkit, name) is not None
    assert set(toolkit.__all__) <= set(dir(toolkit))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        toolkit.nothing  # noqa: B018
