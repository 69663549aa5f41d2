"""Shards looked into before the work: whether they can be read, how many images they hold, whether they match."""

import logging
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from roadsigns.errors import DataError
from roadsigns.shards.manifest import REQUESTS_AT_ONCE
from roadsigns.shards.read import open_shard
from roadsigns.shards.retry import StorageError
from roadsigns.shards.shard import Shard
from roadsigns.wording import counted, reason, some

__all__ = ["check_shards"]

logger = logging.getLogger(__name__)


def check_shards(shards: Iterable[Shard], *, with_boxes: bool) -> dict[str, int | None]:
    """Look into all shards before the work: of a Parquet file its end is read, of a tar archive nothing.

    Args:
        shards: Which.
        with_boxes: Whether boxes are used.

    Returns:
        How many images each has; None where that is not known before reading it.

    Raises:
        DataError: If one cannot be read, their columns differ, or all are empty.
    """
    shards = list(shards)

    def look(shard: Shard) -> tuple[int | None, tuple[str, ...]] | DataError:
        try:
            opened = open_shard(shard, with_boxes=with_boxes)
        except DataError as error:
            return error
        except StorageError as error:
            return DataError(f"The shard cannot be read ({reason(error)}).", subject=shard.address)
        return opened.images, opened.layout

    with ThreadPoolExecutor(REQUESTS_AT_ONCE) as pool:
        looks = list(pool.map(look, shards))
    errors = [one for one in looks if isinstance(one, DataError)]
    if len(errors) > 1:
        raise DataError(
            f"{len(errors)} of {counted(len(shards), 'shard')} cannot be used: {some([str(one) for one in errors])}",
            hint="Fetch or write them again, or leave them out. Nothing was computed.",
        )
    for error in errors:
        raise error
    seen = [(shard, one) for shard, one in zip(shards, looks, strict=True) if not isinstance(one, DataError)]
    _require_equal_columns([(shard, layout) for shard, (_, layout) in seen if shard.is_parquet])
    images = {shard.name: count for shard, (count, _) in seen}
    empty = [name for name, count in images.items() if count == 0]
    if empty and len(empty) == len(images):
        raise DataError(f"There is no image in {some(empty)}.", expected="shards with images")
    if empty:
        logger.info("%s without images: %s.", counted(len(empty), "shard"), some(empty))
    return images


def _require_equal_columns(layouts: Sequence[tuple[Shard, tuple[str, ...]]]) -> None:
    for shard, layout in layouts[1:]:
        first, wanted = layouts[0]
        if layout != wanted:
            fewer = [column for column in wanted if column not in layout]
            more = [column for column in layout if column not in wanted]
            told = [f"lacks {some(fewer)}"] if fewer else []
            told += [f"has {some(more)}"] if more else []
            differences = " and ".join(told) or "has them in another order"
            raise DataError(
                f"Its columns are not those of {first.address}: it {differences}.",
                expected="shards with the same columns, of the same types, in one order",
                hint="Compute the others in a job of their own, or write them again.",
                subject=shard.address,
            )
