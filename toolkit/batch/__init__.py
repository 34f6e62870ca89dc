"""Many documents: analysed in groups, on one core, several, or a cluster; written to shards that outlive a crash."""

from toolkit.batch.engine import in_parallel
from toolkit.batch.shards import Shard, ShardedRun, check_errors, sharded, write_errors
from toolkit.batch.store import Store, store_at
from toolkit.batch.work import Done, Failed, Recipe, Work, grouped_entries, summarizer_checksum, without_killers

__all__ = [
    "Done",
    "Failed",
    "Recipe",
    "Shard",
    "ShardedRun",
    "Store",
    "Work",
    "check_errors",
    "grouped_entries",
    "in_parallel",
    "sharded",
    "store_at",
    "summarizer_checksum",
    "without_killers",
    "write_errors",
]
