"""Write the measured parts of README.md and of the corpus's datasheet from recorded results.

    python -m benchmarks.readme          # rewrite them
    python -m benchmarks.readme --check  # exit 1 where they are not what the results say

A part stands between ``<!-- name -->`` and ``<!-- /name -->``.
"""

from __future__ import annotations

import gzip
import json
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from toolkit.corpus import LABELS, read_labelled
from toolkit.text import count_syllables

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
SAMPLE = "seeds/004_515e66919e899699.txt"


def topics_table() -> str:
    """Return the scores of the shipped topic model."""
    record = _recorded("topics")
    names = [name for name in ("dev", "dev, not doubtful") if name in record["evaluations"]]
    lines = ["| label | " + " | ".join(f"F1, {name}" for name in names) + " | average precision | calibration error |"]
    lines.append("|---" * (len(names) + 3) + "|")
    first = record["evaluations"][names[0]]
    for number, label in enumerate(LABELS):
        cells = [_interval(record["evaluations"][name]["labels"][number], "f1") for name in names]
        scores = first["labels"][number]
        cells += [f"{scores['average_precision']:.3f}", f"{scores['calibration_error']:.3f}"]
        lines.append(f"| `{label}` | " + " | ".join(cells) + " |")
    macro = [_interval(record["evaluations"][name], "macro_f1") for name in names]
    lines.append("| **mean** | " + " | ".join(f"**{cell}**" for cell in macro) + " | | |")
    review, seeds = first["review"], record["evaluations"]["seeds, not doubtful"]
    taught = f" and a teacher's opinion of {record['n_taught']:,} more" if record.get("n_taught") else ""
    lines.append("")
    hard = record["evaluations"]["challenge"]
    lines.append(
        f"On {first['n_texts']} real paragraphs that were kept out of training (`{record['command'].strip()}`, "
        f"{record['date']}, {record['machine']}, trained on {record['n_texts']:,} paragraphs{taught} in "
        f"{record['training_seconds']:.0f} s, corpus SHA-256 `{record['corpus_sha256'][:12]}`; 95 % bootstrap "
        f"intervals). {review['ratio']:.0%} of them have a score in the band where the model is often wrong and are "
        f"marked for review; on the others the mean F1 is {review['macro_f1_rest']:.3f}, and all labels are right on "
        f"{review['exact_match_rest']:.1%}. Designs were chosen on these paragraphs: expect a few points less on "
        f"others. Of the {seeds['n_texts']} paragraphs of the five seeds on which two readers agreed without doubt, "
        f"which no model is trained on, all labels are right on {seeds['exact_match'] * seeds['n_texts']:.0f}. On the "
        f"{hard['n_texts']:,} hard cases of `corpus/challenge/`, written against an earlier "
        f"model and not trained on, the mean F1 is {_interval(hard, 'macro_f1')}."
    )
    return "\n".join(lines)


def _interval(scores: dict[str, object], name: str) -> str:
    bounds = scores[f"{name}_interval"]
    assert isinstance(bounds, dict)
    return f"{scores[name]:.3f} ({bounds['low']:.3f}–{bounds['high']:.3f})"


def vntc_table() -> str:
    """Return accuracy and macro-F1 on whole articles with one label each, beside plain scikit-learn."""
    record = json.loads((RESULTS / "vntc.json").read_text(encoding="utf-8"))
    lines = ["| ten topics of VNTC, whole articles | accuracy | macro-F1 |", "|---|---|---|"]
    names = {"toolkit": "`toolkit train`", "scikit-learn": "scikit-learn, TF-IDF (1, 2) and LinearSVC"}
    for key, name in names.items():
        scores = record["mean"][key]
        lines.append(f"| {name} | {scores['accuracy']:.1%} | {scores['macro_f1']:.1%} |")
    times = f"; training on all of it took {record['all']['seconds']:.0f} s" if "all" in record else ""
    lines += [
        "",
        f"{record['n_folds']} of five folds of its {record['n_texts']:,} training articles "
        f"(`{record['command'].strip()}`, {record['date']}, {record['machine']}){times}.",
    ]
    return "\n".join(lines)


def summaries_table() -> str:
    """Return ROUGE of the shipped summariser beside its baselines."""
    record = _recorded("summaries")
    results, rates = record["results"], record["articles_per_second"]
    scores, whole = record["model_scores"]["vietnews_val"], ""
    if "--limit" in record["command"]:
        whole = f"On all of VietNews val ours is {_rouge(scores)}, in ASCII {_rouge(scores, 'ascii')}. "
    val, business = results["vietnews_val"], results["economy_2018_2021"]
    news, two = "VietNews, against the abstract", "trained, 2 sentences"
    lines = ["| articles | ours | lead | sumy's LexRank |", "|---|---|---|---|"]
    for what, mode in (
        (f"{news}, at most two sentences", "unicode"),
        ("the same, ASCII as most papers have it", "ascii"),
    ):
        cells = [_rouge(val[system], mode) for system in (two, "lead-2", "sumy LexRank, 2 sentences")]
        lines.append(f"| {what} | **{cells[0]}** | {cells[1]} | {cells[2]} |")
    for what, system in (("two sentences", two), ("55 syllables", "trained, 55 syllables")):
        own, lead = _rouge(business[system]), _rouge(business["lead-2"])
        lines.append(f"| economy news, against the editors' lead, at most {what} | **{own}** | {lead} | – |")
    for name, what in (("vmds_dev", "VietnameseMDS"), ("abmusu_train", "AbMusu")):
        ours, lead = (_rouge(results[name][system]) for system in ("trained, cross-validated", "lead round-robin"))
        lines.append(f"| {what} clusters, 200 syllables, cross-validated | **{ours}** | {lead} (round-robin) | – |")
    lines += [
        "",
        f"ROUGE-1 / 2 / L F1 in percent, over Unicode syllables but for the second row (`{record['command']}`, "
        f"{record['date']}, {record['machine']}). {rates['in bulk']:,.0f} articles a second in bulk, "
        f"{rates['in bulk, times sumy LexRank']:.1f} times sumy's LexRank in the same run. {whole}None of the articles "
        "was trained on, near-copies of them neither; settings were compared on them: expect a little less on others.",
    ]
    return "\n".join(lines)


def _rouge(scores: dict[str, list[float]], mode: str = "unicode") -> str:
    return " / ".join(f"{scores[f'rouge{n}_{mode}'][0]:.1f}" for n in "12L")


def speed_table() -> str:
    """Return the speed of segmentation and labelling beside the peers of the same run."""
    record = _recorded("speed")
    words, labels, start = record["segmentation"], record["labelling"], record["cold_start"]
    rust = "underthesea_core.TextClassifier.predict_batch"
    scikit = labels["scikit-learn TF-IDF + LinearSVC, documents/s"]
    one, two = (labels[f"toolkit, {cores}, documents/s"] for cores in ("one core", "two processes"))
    lines = [
        "| what | here | peer | ratio |",
        "|---|---|---|---|",
        f"| word segmentation, syllables/s, one core | {words['toolkit, batch, syllables/s']:,.0f} "
        f"| underthesea {words['underthesea, syllables/s']:,.0f} | {words['ratio to underthesea']:.0f}× |",
        f"| the same | | pyvi {words['pyvi, syllables/s']:,.0f} | {words['ratio to pyvi']:.0f}× |",
    ]
    if "instructions" in record:
        counts = record["instructions"]
        lines += [
            f"| the same, instructions a syllable | {counts['toolkit, instructions a syllable']:,.0f} "
            f"| {name} {counts[f'{name}, instructions a syllable']:,.0f} | {counts[f'ratio to {name}']:.0f}× |"
            for name in ("underthesea", "pyvi")
        ]
    lines += [
        f"| text to labels, VNTC documents/s, one core | {one:,.0f} "
        f"| scikit-learn {scikit:,.0f} | {one / scikit:.1f}× |",
        *(
            f"| the same, two cores | {two:,.0f} | underthesea's Rust classifier, which cuts no words, {how}: "
            f"{labels[f'{rust}, {name}, documents/s']:,.0f} | {labels[f'ratio to {rust}, {name}']:.2f}× |"
            for name, how in (
                ("preprocessing", "with its preprocessing"),
                ("bare", "without"),
                ("bare, default settings", "without, as it comes"),
            )
        ),
        f"| `toolkit label one-article.txt`, s | {start['toolkit label one-article.txt, s']:.2f} "
        f"| `import sklearn.linear_model` {start['import sklearn.linear_model, s']:.2f} "
        f"| {start['label / import sklearn.linear_model']:.2f} |",
        "",
        f"`{record['command'].strip()}`, {record['date']}, {record['machine']}; one run, in alternation, medians, on a "
        f"machine with {record['load_at_start'][0]:.0f} processes waiting at the start: what counts are the ratios.",
        "",
        segmentation_quality(),
        "",
        enormous_lines(),
    ]
    return "\n".join(lines)


def segmentation_quality() -> str:
    """Return a paragraph on how right the words are, and on how many texts they were compared with underthesea's."""
    quality = _recorded("segmentation_quality")
    equality = _recorded("segmentation_equality")
    gold, news, compared = quality["gold"], quality["paragraphs"], equality["all"]
    millions = [f"{compared[name] / 1e6:.1f}" for name in ("compared_syllables", "syllables")]
    plain, pyvi, named = (
        f"{gold[name]['f1']:.3f}" for name in ("underthesea, toolkit", "pyvi", "toolkit with the domain lexicon")
    )
    return (
        f"The words are underthesea's, token for token: {compared['different']} of {compared['compared_texts']:,} "
        f"distinct texts differ ({millions[0]} of the {millions[1]} million syllables at hand, "
        "`benchmarks/segmentation_equality.py`), and so is their quality. Word F1 on the one gold standard that an "
        f"installed package brings along ({gold['what']}; {gold['words']:,} words, which either tool may have been "
        f"trained on) is {plain}, pyvi's {pyvi}, with the domain lexicon {named}. On economy news pyvi agrees with "
        f"underthesea to an F1 of {news['pyvi against underthesea']['f1']:.3f}, and the lexicon changes "
        f"{news['words that the lexicon changes']:.1%} of the words (`benchmarks/segmentation_quality.py`)."
    )


def enormous_lines() -> str:
    """Return a sentence on what one enormous line costs."""
    record = _recorded("single_lines")
    points = [(point, name) for name, points in record["cases"].items() for point in points]
    rates = sorted((point["seconds"] / point["megabytes"], name) for point, name in points if point["megabytes"] == 50)
    (least, easiest), (most, hardest) = rates[0], rates[-1]
    return (
        f"One line of 50 MB without an end of paragraph is parsed and labelled in {50 * least:.0f} s ({easiest}) to "
        f"{50 * most:.0f} s ({hardest}) of processor time, as many a megabyte as in one of 1 MB, and takes at most "
        f"{record['largest memory / size at 50 MB']:.1f} times its size in memory beside itself "
        "(`benchmarks/single_lines.py`)."
    )


def scale_table() -> str:
    """Return rate, memory and faults of runs over archives."""
    record = _recorded("scale")
    lines = ["| articles | `--jobs` | articles/s | peak memory of all processes, MiB |", "|---|---|---|---|"]
    lines += [
        f"| {p['articles']:,} | {p['jobs']} | {p['articles/s']:,.0f} | {p['peak MiB']:,.0f} |" for p in record["rate"]
    ]
    lines += [
        "",
        "| fault, then the same command again | records lost | doubled | bytes equal to an unbroken run |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {row['fault']} | {row['records lost']} | {row['records doubled']} "
        f"| {'yes' if row['bytes equal to an unbroken run'] else 'no'} |"
        for row in record["faults"]
    ]
    cost = record["overhead"]
    lines += [
        "",
        f"Shards cost {cost['shards / standard output']:.2f} times the time of standard output, Dask with two workers "
        f"{cost['Dask / two jobs']:.2f} times that of `--jobs 2`, the resume of a finished run "
        f"{cost['resume of a finished run / two jobs']:.2f} times that of the run (medians of three, in alternation). "
        f"`{record['command'].strip()}`, {record['date']}, {record['machine']}.",
    ]
    return "\n".join(lines)


def cluster_table() -> str:
    """Return what 10⁸ articles cost, by simulation from measured rates."""
    record = _recorded("scale")
    cost = record["cluster"]
    lines = [
        f"Measured: {cost['articles/s and core']:,.0f} articles a second and core for `label` "
        f"({cost['bytes an article']:,.0f} bytes an article), {cost['client reads, articles/s']:,.0f} that one client "
        f"reads. So 10⁸ articles are {cost['core hours']:,.0f} core hours. Simulated, with shards of 1,000, a client "
        "that sends one shard at a time, workers that end once a day on average and are away for a minute:",
        "",
        "| workers | network, Gbit/s | hours | shards done again |",
        "|---|---|---|---|",
        *(
            f"| {row['workers']} | {row['network, Gbit/s']:.0f} | {row['hours']:.1f} | {row['shards done again']} |"
            for row in cost["simulated"]
        ),
        "",
        f"`{record['command'].strip()}`, {record['date']}, {record['machine']}.",
    ]
    return "\n".join(lines)


def _recorded(name: str) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return record


def demo_transcript() -> str:
    """Return what the command prints for one of the seeds, its lines shortened."""
    done = subprocess.run(
        [sys.executable, "-m", "toolkit", "digest", SAMPLE],
        capture_output=True,
        check=True,
        cwd=ROOT,
        encoding="utf-8",
    )
    return "```text\n" + "\n".join(line.rstrip() for line in done.stdout.strip().splitlines()) + "\n```"


def corpus_files() -> str:
    """Return the files of paragraphs to train on with their counts."""
    return _files(ROOT / "corpus" / "written")


def challenge_files() -> str:
    """Return the files of paragraphs to judge models by with their counts."""
    return _files(ROOT / "corpus" / "challenge")


def _files(folder: Path) -> str:
    lines = [
        "| file | paragraphs | " + " | ".join(LABELS) + " | none | two or more |",
        "|---" * (len(LABELS) + 4) + "|",
    ]
    parts = [(f"`{path.name}`", read_labelled(path)) for path in sorted(folder.glob("*.jsonl"))]
    everything = [row for _, rows in parts for row in rows]
    for name, rows in [*parts, ("**all**", everything)]:
        counts = Counter(label for row in rows for label in row.labels)
        none, several = sum(not row.labels for row in rows), sum(len(row.labels) > 1 for row in rows)
        cells = [str(counts[label]) for label in LABELS] + [str(none), str(several)]
        lines.append(f"| {name} | {len(rows)} | " + " | ".join(cells) + " |")
    lengths = sorted(count_syllables(row.text) for row in everything)
    tenth = len(lengths) // 10
    median = f"median {statistics.median(lengths):.0f}"
    lines += ["", f"Length in syllables: {median}, 10 % under {lengths[tenth]}, 10 % over {lengths[-tenth]}."]
    return "\n".join(lines)


def reference_files() -> str:
    """Return the files of references with their counts."""
    lines = ["| file | rows | " + " | ".join(LABELS) + " | none | doubtful |", "|---" * (len(LABELS) + 4) + "|"]
    for path in sorted((ROOT / "corpus" / "references").glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        counts = Counter(label for row in rows for label in row["labels"])
        cells = [str(counts[label]) for label in LABELS]
        cells += [str(sum(not row["labels"] for row in rows)), str(sum(bool(row["doubtful"]) for row in rows))]
        lines.append(f"| `{path.name}` | {len(rows)} | " + " | ".join(cells) + " |")
    taught = ROOT / "corpus" / "references" / "taught.jsonl.gz"
    if taught.exists():
        scores = [json.loads(line)["scores"] for line in gzip.decompress(taught.read_bytes()).splitlines()]
        likely = [f"{sum(row.get(label, 0) >= 0.5 for row in scores):,} `{label}`" for label in LABELS]
        lines += ["", f"`{taught.name}`: {len(scores):,} paragraphs; more likely than not {', '.join(likely)}."]
    return "\n".join(lines)


PARTS: dict[str, dict[str, Callable[[], str]]] = {
    "README.md": {
        "demo": demo_transcript,
        "topics": topics_table,
        "vntc": vntc_table,
        "summaries": summaries_table,
        "speed": speed_table,
        "scale": scale_table,
    },
    "docs/cluster.md": {"cluster": cluster_table},
    "corpus/README.md": {"written": corpus_files, "challenge": challenge_files, "references": reference_files},
}


def main(arguments: list[str] | None = None) -> int:
    """Rewrite or check; return the exit code."""
    check = "--check" in (sys.argv[1:] if arguments is None else arguments)
    stale = []
    for name, parts in PARTS.items():
        path = ROOT / name
        text = path.read_text(encoding="utf-8")
        fresh = text
        for part, make in parts.items():
            head, opening, rest = fresh.partition(f"<!-- {part} -->\n")
            _, closing, tail = rest.partition(f"\n<!-- /{part} -->")
            if not opening or not closing:
                raise SystemExit(f"{name} has no part {part}")
            fresh = head + opening + make() + closing + tail
        if fresh != text:
            stale.append(name)
            if not check:
                path.write_text(fresh, encoding="utf-8")
    if check and stale:
        print(f"{', '.join(stale)}: not what the results say; run python -m benchmarks.readme", file=sys.stderr)
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
