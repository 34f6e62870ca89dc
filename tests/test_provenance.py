from __future__ import annotations

import json
import re
from importlib.metadata import version

from benchmarks.provenance import provenance


def test_a_record_says_how_when_where_and_with_what_it_was_made() -> None:
    record = provenance("scale", ["numpy"], ["--data", "../shared"])
    assert record["command"] == "python -m benchmarks.scale --data ../shared"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", record["date"])
    assert record["versions"] == {"numpy": version("numpy")}
    assert json.loads(json.dumps(record)) == record
    assert "versions" not in provenance("page", arguments=[])
    assert provenance("page", arguments=[])["command"] == "python -m benchmarks.page"
