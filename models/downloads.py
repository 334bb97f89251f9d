"""What Ray does on every node before an engine starts there. Imported in the replica of a model only."""

from ray.llm._internal.common.callbacks.base import CallbackBase


class NothingToDownload(CallbackBase):
    """Start no process that only finds that there is nothing to download: it would import torch and vLLM for that."""

    async def on_before_node_init(self) -> None:
        """Let the engine start at once; Ray awaits this."""
        self.ctx.run_init_node = False
