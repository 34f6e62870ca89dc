"""Fuzz for a while: ``python -m tests.fuzz --minutes 10``; what fails is kept and can be given again.

Half of the time goes to Hypothesis, half to atheris, each target in a process of its own and all of them equally long.
Exit code 1 and the list of failures where anything came out but a sound result or a `ToolkitError`, an input took
longer than its limit, or a process grew beyond its memory.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
import traceback
from pathlib import Path

from tests.fuzz.strategies import inputs
from tests.fuzz.targets import SECONDS, TARGETS, Target, time_limit

MEMORY = 2048  # MiB that one target's process may take; the models alone take 300
_GROWTH = 400  # MiB that it may grow by between its first and its last third
_INTERESTING = "toolkit"


def main() -> int:
    """Fuzz every target, or those named; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--engine", choices=["hypothesis", "atheris", "both"], default="both")
    parser.add_argument(
        "--failures", type=Path, default=Path(".hypothesis/fuzz"), help="where inputs that fail are kept"
    )
    parser.add_argument("--replay", type=Path, help="give this file to the target and nothing else")
    parser.add_argument("--seconds", type=float, help=argparse.SUPPRESS)  # of one target, in its own process
    options = parser.parse_args()
    names = options.targets or list(TARGETS)
    if options.replay is not None:
        with time_limit():
            TARGETS[names[0]](options.replay.read_bytes())
        return 0
    if options.seconds is not None:
        engines = {"hypothesis": with_hypothesis, "atheris": with_atheris}
        return engines[options.engine](names[0], options.seconds, options.failures)
    engines = ["hypothesis", "atheris"] if options.engine == "both" else [options.engine]
    seconds = 60 * options.minutes / (len(names) * len(engines))
    failed = [
        (name, engine) for name in names for engine in engines if _in_process(name, engine, seconds, options.failures)
    ]
    for name, engine in failed:
        print(f"FAILED: {name} under {engine}; inputs in {options.failures / name}")
    print(f"{len(names)} targets, {seconds:.0f} s each by {' and '.join(engines)}: {len(failed)} failed")
    return 1 if failed else 0


def _in_process(name: str, engine: str, seconds: float, failures: Path) -> bool:
    command = [sys.executable, "-m", "tests.fuzz", name, "--engine", engine, "--seconds", str(seconds)]
    return subprocess.run([*command, "--failures", str(failures)], check=False).returncode != 0


def with_hypothesis(name: str, seconds: float, failures: Path) -> int:
    """Give inputs that Hypothesis draws for `seconds`; return the exit code."""
    from hypothesis import HealthCheck, Phase, given, seed, settings

    run, kept = TARGETS[name], failures / name
    last: list[bytes] = [b""]

    def once(data: bytes) -> None:
        last[0] = data
        with time_limit():
            run(data)

    started, rounds, sizes = time.monotonic(), 0, [_resident()]
    phases = [Phase.explicit, Phase.generate, Phase.target, Phase.shrink]
    checks = settings(max_examples=100, deadline=None, database=None, phases=phases, suppress_health_check=HealthCheck)
    while time.monotonic() - started < seconds:
        rounds += 1
        try:
            seed(rounds)(checks(given(inputs(name))(once)))()
        except BaseException:
            traceback.print_exc()
            kept.mkdir(parents=True, exist_ok=True)
            (kept / f"hypothesis-{rounds}").write_bytes(last[0])
            return 1
        sizes.append(_resident())
    print(f"{name}: {rounds * 100} inputs by Hypothesis, {sizes[0]} to {sizes[-1]} MiB", flush=True)
    return int(len(sizes) > 6 and sizes[-1] - sizes[len(sizes) // 3] > _GROWTH)


def with_atheris(name: str, seconds: float, failures: Path) -> int:
    """Give inputs that atheris finds by following the branches of the toolkit for `seconds`; return the exit code."""
    import atheris

    from tests.fuzz.seeds import corpus

    kept, found = failures / name, failures / "corpus" / name
    for folder in (kept, found):
        folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(corpus(name)):
        (found / f"seed-{number}").write_bytes(data)
    _instrument(atheris)
    limits = [f"-max_total_time={max(1, int(seconds))}", f"-timeout={2 * SECONDS}", f"-rss_limit_mb={MEMORY}"]
    quiet = ["-verbosity=0", "-print_final_stats=1", "-max_len=65536", f"-artifact_prefix={kept}/"]
    atheris.Setup([sys.argv[0], *limits, *quiet, str(found)], _timed(TARGETS[name]))
    atheris.Fuzz()
    return 0


def _timed(run: Target) -> Target:
    def once(data: bytes) -> None:
        with time_limit():
            run(data)

    return once


def _instrument(atheris: object) -> None:
    """Let atheris see every branch of the toolkit's functions."""
    import types

    for module_name, module in list(sys.modules.items()):
        if not module_name.startswith(_INTERESTING):
            continue
        for value in vars(module).values():
            owners = [value, *vars(value).values()] if isinstance(value, type) else [value]
            for function in owners:
                if isinstance(function, types.FunctionType) and function.__module__ == module_name:
                    atheris.instrument_func(function)  # type: ignore[attr-defined]


def _resident() -> int:
    """Return the most memory that this process has taken, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    sys.exit(main())
