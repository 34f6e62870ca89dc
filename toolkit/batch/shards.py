"""Results in shards, so that a run that was cut off goes on where it stood: nothing twice, nothing missing.

A folder of results holds ``part-000000.jsonl`` and so on, ``errors.jsonl`` where records failed, and ``_run/``: the
run's manifest, and a record of each finished shard that is written after the shard itself. A shard counts only with its
record and the bytes that the record tells of; whatever moment a run is killed at, the shard in work is done again and
gives the same bytes. What has none of these names is somebody else's and left alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from toolkit.batch.engine import in_parallel
from toolkit.batch.store import PARTIAL, Store, store_at
from toolkit.batch.work import Failed, Work, grouped_entries, without_killers
from toolkit.errors import InputError, ToolkitError
from toolkit.io import Entry

_RUN, _MANIFEST, _SUMMARY, _ERRORS = "_run", "_run/manifest.json", "_run/summary.json", "errors.jsonl"
_RUN_SCHEMA, _ERROR_SCHEMA = (f"vietnamese-text-toolkit/{what}/1" for what in ("run", "error"))
_OWN = re.compile(r"part-\d{6,}\.\w+|errors\.jsonl|\d{6,}\.json|summary\.json|" + re.escape(PARTIAL) + r"\w+")


@dataclass(frozen=True, slots=True)
class Shard:
    """A finished shard.

    Attributes
    ----------
    index : int
    key : str
        Digest of the input behind it.
    n_documents : int
        Articles analysed.
    sha256 : str
        Of the bytes.
    failures : tuple of Failed
    empty : tuple of str
        Sources of the articles without any prose.
    encodings : mapping of str to (encoding, confidence)
        Of files where there was doubt.
    """

    index: int
    key: str
    n_documents: int
    sha256: str
    failures: tuple[Failed, ...] = ()
    empty: tuple[str, ...] = ()
    encodings: Mapping[str, tuple[str, float]] = field(default_factory=dict, hash=False)

    @classmethod
    def of_json(cls, content: bytes) -> Shard:
        """Return the shard in its record."""
        fields = json.loads(content)
        failures = tuple(Failed(**failed) for failed in fields.pop("failures"))
        encodings = {name: (str(found[0]), float(found[1])) for name, found in fields.pop("encodings").items()}
        return cls(**{**fields, "empty": tuple(fields["empty"])}, failures=failures, encodings=encodings)


@dataclass(frozen=True, slots=True)
class _Task:
    index: int
    key: str
    entries: tuple[Entry, ...] = field(repr=False)
    rehearsal: bool = False  # nothing is written


@dataclass(frozen=True, slots=True)
class _Writer:
    """Does the work of a shard and puts it into the store, in whatever process."""

    work: Work
    store: Store
    suffix: str
    head: bytes

    def __call__(self, task: _Task) -> Shard:
        done = self.work(task.entries)
        content = self.head + done.content
        encodings = {name: (found.encoding, found.confidence) for name, found in done.summary.encodings.items()}
        shard = Shard(
            task.index,
            task.key,
            done.n_documents,
            hashlib.sha256(content).hexdigest(),
            done.failures,
            done.empty,
            encodings,
        )
        if not task.rehearsal:
            self.store.put(part_name(task.index, self.suffix), content)
            self.store.put(_record_name(task.index), json.dumps(asdict(shard)).encode())
        return shard


@dataclass(slots=True)
class ShardedRun:
    """A run that writes to a folder which it holds.

    Attributes
    ----------
    store : Store
    suffix : str
        Of the shards: ``.jsonl``.
    n_shards, n_skipped, n_documents, n_failed : int
        Shards so far, those of them that an earlier run had finished, articles, failures.
    """

    store: Store
    suffix: str
    n_shards: int = 0
    n_skipped: int = 0
    n_documents: int = 0
    n_failed: int = 0
    _finished: frozenset[str] = frozenset()
    _with_failures: list[int] = field(default_factory=list)
    _earlier: list[Shard] = field(default_factory=list)

    def shards(
        self,
        work: Work,
        entries: Iterable[Entry],
        *,
        size: int,
        head: bytes = b"",
        jobs: int = 1,
        scheduler: str | None = None,
    ) -> Iterator[Shard]:
        """Yield every shard: those that an earlier run finished, and those that are made now, about in order.

        Parameters
        ----------
        work : Work
            With a ``render``.
        size : int
            Entries in a shard.
        head : bytes
            What every shard begins with.

        Raises
        ------
        InputError
            If the input is not what it was when an earlier run finished a shard.
        ToolkitError
            If a shard cannot be written.
        """
        assert work.render is not None
        writer = _Writer(work, self.store, self.suffix, head)
        tasks = self._open_tasks(grouped_entries(entries, size))
        for shard in in_parallel(writer, tasks, jobs=jobs, scheduler=scheduler, rescue=_rescued):
            yield from self._take_earlier()
            yield self._counted(shard)
        yield from self._take_earlier()

    def _open_tasks(self, groups: Iterable[tuple[Entry, ...]]) -> Iterator[_Task]:
        """Yield what is still to be done."""
        for index, entries in enumerate(groups):
            self.n_shards = index + 1
            key = _key(entries)
            shard = self._earlier_shard(index)
            if shard is None:
                yield _Task(index, key, entries)
                continue
            if shard.key != key:
                raise InputError(
                    f"{self.store.name}/{part_name(index, self.suffix)}: expected the input it was made from, found "
                    f"another ({entries[0].place} on); put the input back, or begin anew in another place"
                )
            self._earlier.append(shard)

    def _earlier_shard(self, index: int) -> Shard | None:
        if _record_name(index).rpartition("/")[2] not in self._finished:
            return None
        content = self.store.get(_record_name(index))
        try:
            shard = Shard.of_json(content or b"")
        except (ValueError, TypeError, KeyError):
            return None  # half a record of a file system that lost its power: the shard is done again
        part = self.store.get(part_name(index, self.suffix))
        return shard if part is not None and hashlib.sha256(part).hexdigest() == shard.sha256 else None

    def _take_earlier(self) -> Iterator[Shard]:
        while self._earlier:
            self.n_skipped += 1
            yield self._counted(self._earlier.pop(0))

    def _counted(self, shard: Shard) -> Shard:
        self.n_documents += shard.n_documents
        if shard.failures:
            self.n_failed += len(shard.failures)
            self._with_failures.append(shard.index)
        return shard

    def finish(self) -> None:
        """Write what the run came to.

        Raises
        ------
        InputError
            If an earlier run finished shards of input that is gone.
        """
        numbers = [int(stem) for name in self._finished if (stem := name.partition(".")[0]).isdigit()]
        beyond = [number for number in numbers if number >= self.n_shards]
        if beyond:
            raise InputError(
                f"{self.store.name}: expected the input of the earlier run, found less ({len(beyond)} shards have none "
                "any more); put the input back, or begin anew in another place"
            )
        write_errors(self.store, self.failures())
        counts = {"shards": self.n_shards, "documents": self.n_documents, "failures": self.n_failed}
        self.store.put(_SUMMARY, json.dumps(counts).encode())

    def contents(self) -> Iterator[bytes]:
        """Yield the bytes of every shard, in order."""
        for index in range(self.n_shards):
            part = self.store.get(part_name(index, self.suffix))
            if part is None:
                name = f"{self.store.name}/{part_name(index, self.suffix)}"
                raise ToolkitError(f"{name}: expected a finished shard, found none; --resume does it again")
            yield part

    def discard(self) -> None:
        """Remove what the run wrote, and the folder if nothing else is in it."""
        _clear(self.store)
        store_at(f"{self.store.name}/{_RUN}").discard()
        self.store.discard()

    def failures(self) -> Iterator[Failed]:
        """Yield what failed, in the order of the input."""
        for index in sorted(self._with_failures):
            yield from Shard.of_json(self.store.get(_record_name(index)) or b"").failures


@contextlib.contextmanager
def sharded(
    store: Store, manifest: Mapping[str, Any], suffix: str, *, resume: bool, anew: bool = False
) -> Iterator[ShardedRun]:
    """Hold the folder for a run.

    Parameters
    ----------
    manifest : mapping
        Plain JSON: all that the bytes of a shard depend on besides its input.
    resume : bool
        Go on with what an earlier run left; without it the folder must hold none,
    anew : bool
        or what it holds is thrown away first.

    Raises
    ------
    ToolkitError
        If another run holds the folder, or it holds an earlier run that is not, or cannot be, gone on with, or files
        of another origin stand where results would.
    """
    wanted = json.loads(json.dumps({"schema": _RUN_SCHEMA, **manifest}))
    with store.locked():
        earlier = _earlier_manifest(store)
        if earlier is not None and anew and not resume:
            _clear(store)
            earlier = None
        if earlier is None:
            if any(name.startswith("part-") for name in store.names()):
                raise ToolkitError(
                    f"{store.name}: expected a folder without shards, found some of another origin; name another"
                )
            check_errors(store)
            store.put(_MANIFEST, json.dumps(wanted, ensure_ascii=False, indent=1).encode())
        elif not resume:
            raise ToolkitError(
                f"{store.name}: expected a folder without an earlier run, found one; --resume goes on with it"
            )
        else:
            _check_same(earlier, wanted, store.name)
        _clear(store, PARTIAL)
        yield ShardedRun(store, suffix, _finished=frozenset(_records(store)) if earlier is not None else frozenset())


def _records(store: Store) -> list[str]:
    return store_at(f"{store.name}/{_RUN}").names()


def _earlier_manifest(store: Store) -> Mapping[str, Any] | None:
    content = store.get(_MANIFEST)
    manifest = None if content is None else _object(content, _RUN_SCHEMA)
    if content is not None and manifest is None:
        raise ToolkitError(
            f"{store.name}/{_MANIFEST}: expected the manifest of a run, found something else; name another folder"
        )
    return manifest


def _clear(store: Store, prefix: str = "") -> None:
    """Remove what runs write under names that begin so; all of it with the manifest, which goes last."""
    for name in store.names():
        if name.startswith(prefix) and _OWN.fullmatch(name):
            store.remove(name)
    for name in _records(store):
        if name.startswith(prefix) and _OWN.fullmatch(name):
            store.remove(f"{_RUN}/{name}")
    if not prefix:
        store.remove(_MANIFEST)


def _check_same(earlier: Mapping[str, Any], wanted: Mapping[str, Any], place: str) -> None:
    different = [name for name in {**earlier, **wanted} if earlier.get(name) != wanted.get(name)]
    if different:
        name = different[0]
        raise ToolkitError(
            f"{place}: expected to go on with {name} {json.dumps(earlier.get(name))}, "
            f"found {json.dumps(wanted.get(name))}; give the same options and models, or begin anew in another place"
        )


def write_errors(store: Store, failures: Iterable[Failed], output: str = "") -> None:
    """Write ``errors.jsonl``: the failures of this output instead of its earlier ones, after those of other outputs.

    Raises
    ------
    ToolkitError
        If there is a file of that name that no run wrote.
    """
    before = _listed(store)
    lines = [line for line, other in before if other != output]
    for failed in failures:
        row = {"schema": _ERROR_SCHEMA, "output": output, **asdict(failed)}
        lines.append((json.dumps(row, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace"))
    if lines:
        store.put(_ERRORS, b"".join(lines))
    elif before:
        store.remove(_ERRORS)


def check_errors(store: Store) -> None:
    """Raise a `ToolkitError` where the list of failures would replace a file that no run wrote."""
    _listed(store)


def _listed(store: Store) -> list[tuple[bytes, str]]:
    """Return the lines of ``errors.jsonl``, each with the output that it belongs to."""
    listed = []
    for line in (store.get(_ERRORS) or b"").splitlines(keepends=True):
        row = _object(line, _ERROR_SCHEMA)
        if row is None:
            raise ToolkitError(
                f"{store.name}/{_ERRORS}: expected a list of failures, found a file of another origin; "
                "move it, or name another place with -o"
            )
        listed.append((line, str(row.get("output"))))
    return listed


def _object(content: bytes, schema: str) -> dict[str, Any] | None:
    """Return the JSON object in `content`, None where it is none of that schema."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and value.get("schema") == schema else None


def part_name(index: int, suffix: str) -> str:
    """Return the name of a shard."""
    return f"part-{index:06}{suffix}"


def _record_name(index: int) -> str:
    return f"_run/{index:06}.json"


def _key(entries: Iterable[Entry]) -> str:
    digest = hashlib.sha256()
    for entry in entries:
        content = entry.fingerprint()
        digest.update(f"{len(content)} ".encode() + content)
    return digest.hexdigest()


def _rescued(task: _Task, survives: Callable[[_Task], bool]) -> _Task:
    return replace(
        task,
        entries=without_killers(task.entries, lambda entries: survives(replace(task, entries=entries, rehearsal=True))),
    )
