"""The same call on many groups: in this process, in others, or on a cluster; joblib does the sending."""

from __future__ import annotations

import contextlib
import functools
import os
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, Generic, TypeVar

from toolkit.errors import ToolkitError
from toolkit.io.optional import load

_GLANCE = 0.5  # seconds between two looks at the parent
_WAVE = 32  # groups for each job, after which all results must have been taken: what bounds memory

GroupT = TypeVar("GroupT")
ResultT = TypeVar("ResultT")


def in_parallel(
    call: Callable[[GroupT], ResultT],
    groups: Iterable[GroupT],
    *,
    jobs: int = 1,
    scheduler: str | None = None,
    rescue: Callable[[GroupT, Callable[[GroupT], bool]], GroupT] | None = None,
) -> Iterator[ResultT]:
    """Yield ``call(group)`` for each group, in order; memory holds a bounded number of groups and results.

    Parameters
    ----------
    jobs : int
        Processes on this machine; 1 works in this one.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers do the work instead.
    rescue
        Called with a group that ends the process that works on it, and a test whether a group is survived; returns
        a group that is. Processes that end for another reason have their groups done again by others.

    Raises
    ------
    ToolkitError
        If the scheduler is not reached, or processes go on ending whatever is done.
    """
    if jobs == 1 and scheduler is None:
        yield from map(call, groups)
        return
    with _backend(scheduler) as broken:
        call = call if scheduler else _Tethered(call, os.getpid())
        yield from _Waves(call, groups, -1 if scheduler else jobs, rescue, broken).results()


@contextlib.contextmanager
def _backend(scheduler: str | None) -> Iterator[tuple[type[Exception], ...]]:
    """Have joblib work with processes or a cluster; yield the errors that say that one of them ended."""
    from concurrent.futures.process import BrokenProcessPool

    from joblib import parallel_config

    if scheduler is None:
        with parallel_config(backend="loky"):
            yield (BrokenProcessPool,)
        return
    distributed = load("distributed", "cluster")
    try:
        client = distributed.Client(scheduler, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise ToolkitError(
            f"{scheduler}: expected a Dask scheduler, reached none ({error}); start one with `dask scheduler`"
        ) from error
    with client, parallel_config(backend="dask", client=client):
        yield (distributed.scheduler.KilledWorker,)


@dataclass(slots=True)
class _Waves(Generic[GroupT, ResultT]):
    call: Callable[[GroupT], ResultT]
    groups: Iterable[GroupT]
    jobs: int
    rescue: Callable[[GroupT, Callable[[GroupT], bool]], GroupT] | None
    broken: tuple[type[Exception], ...]
    flight: deque[GroupT] = field(default_factory=deque)
    """Groups that were sent and whose results were not taken yet, in order."""
    failure: BaseException | None = None

    def results(self) -> Iterator[ResultT]:
        """Yield the results in order."""
        from joblib import Parallel, delayed  # a tenth of a second that work in this process need not wait

        stream = iter(self.groups)
        again: list[GroupT] = []
        n_crashes = 0  # since the last result
        while True:
            n_before = n_crashes
            self.flight.clear()
            wave = chain(again, islice(stream, _WAVE * max(self.jobs, 4)))
            again = []
            n_taken = 0
            results = Parallel(n_jobs=self.jobs, return_as="generator", batch_size=1, pre_dispatch="2*n_jobs")(
                delayed(self.call)(group) for group in self._sent(wave)
            )
            try:
                for result in results:
                    self.flight.popleft()
                    n_crashes = 0
                    n_taken += 1
                    yield result
            except self.broken as error:
                n_crashes = n_before + 1 if not n_taken else 1
                again = self._mended(list(self.flight), n_crashes, error)
                stream = chain(wave, stream)  # what of this wave was never sent
                continue
            finally:
                with warnings.catch_warnings():  # whoever wants no more results knows that some were worked on
                    warnings.filterwarnings("ignore", module="joblib")
                    results.close()
            if self.failure is not None:
                raise self.failure
            if not n_taken:
                return

    def _sent(self, wave: Iterable[GroupT]) -> Iterator[GroupT]:
        """Yield the groups of a wave and keep account; joblib's threads would swallow an error in here."""
        try:
            for group in wave:
                self.flight.append(group)
                yield group
        except Exception as error:
            self.failure = error

    def _mended(self, flight: list[GroupT], n_crashes: int, error: Exception) -> list[GroupT]:
        if n_crashes == 1:
            return flight  # somebody ended a process; others do its groups again
        if self.rescue is None or n_crashes > 2:
            raise ToolkitError(
                f"processes that work on the input end without a result ({type(error).__name__}); "
                "give them more memory, or use fewer --jobs"
            ) from error
        return [self.rescue(group, self._survives) for group in flight]

    def _survives(self, group: GroupT) -> bool:
        from joblib import Parallel, delayed

        try:
            Parallel(n_jobs=max(self.jobs, 2) if self.jobs > 0 else self.jobs)([delayed(_discarded)(self.call, group)])
        except self.broken:
            return False
        return True


@dataclass(frozen=True, slots=True)
class _Tethered(Generic[GroupT, ResultT]):
    """The call, in a process that ends when the one that wants the results is killed: nobody else would end it."""

    call: Callable[[GroupT], ResultT]
    parent: int

    def __call__(self, group: GroupT) -> ResultT:
        _tether(self.parent)
        return self.call(group)


@functools.cache
def _tether(parent: int) -> None:
    if os.name == "posix":  # elsewhere a process keeps the number of its parent
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_GLANCE)
    os._exit(1)


def _discarded(call: Callable[[Any], Any], group: Any) -> None:
    call(group)
