"""Plain JSON, whatever came with a record: dates as text, numbers that JSON does not know as null."""

from __future__ import annotations

import json
import math
from typing import Any


def plain_json(value: Any, *, indent: int | None = None) -> str:
    """Return `value` as JSON that every reader takes; NaN and the infinities become null."""
    try:
        return json.dumps(value, ensure_ascii=False, indent=indent, default=str, allow_nan=False)
    except ValueError:  # looked at only where there is one: it costs as much as the writing
        return json.dumps(_finite(value), ensure_ascii=False, indent=indent, default=str, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key) if isinstance(key, float) else key: _finite(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(part) for part in value]
    return value
