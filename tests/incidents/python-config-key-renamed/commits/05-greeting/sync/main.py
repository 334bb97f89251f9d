"""Start the sync of one environment."""

from sync import settings
from sync.queue import Queue
from sync.warehouse import Warehouse


def main() -> None:
    """Connect and say what will be done."""
    loaded = settings.load()
    queue = Queue.from_settings(loaded)
    warehouse = Warehouse(loaded)
    print(f"syncing (page size {warehouse.page_size}) {warehouse.endpoint} into {queue.topic} at {queue.address}")


if __name__ == "__main__":
    main()
