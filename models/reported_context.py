"""The context length as a server reports it: vLLM, Ray Serve and llama.cpp each in a place of their own."""

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types import Model

_SECONDS: Final = 5.0


def context_of(model: "Model") -> int | None:
    """Return the context length in tokens from the list of models.

    vLLM has max_model_len, Ray puts it into metadata, llama.cpp into meta (as far as it is known there); others do not
    report it.
    """
    metadata, meta = _table(getattr(model, "metadata", None)), _table(getattr(model, "meta", None))
    length = getattr(model, "max_model_len", None) or metadata.get("max_request_context_length") or meta.get("n_ctx")
    return int(length) if isinstance(length, int | float) and length > 0 else None


async def reported_context(client: "AsyncOpenAI", url: str, name: str) -> int | None:
    """Return the context length of a model; None when the server does not report it, or cannot be asked now."""
    import httpx
    import openai

    try:
        page = await client.with_options(timeout=_SECONDS).models.list()
        offered = [each for each in getattr(page, "data", None) or [] if each.id == name]
        if offered and (length := context_of(offered[0])):
            return length
        props = await client.with_options(timeout=_SECONDS).get(
            f"{url.removesuffix('/v1')}/props", cast_to=httpx.Response
        )
    except openai.OpenAIError:
        return None
    return _of_llama_cpp(props)


def _of_llama_cpp(answer: Any) -> int | None:  # noqa: ANN401
    """Return the context of one slot, from llama.cpp's own page."""
    try:
        found = answer.json()
    except ValueError:
        return None
    length = _table(_table(found).get("default_generation_settings")).get("n_ctx")
    return length if isinstance(length, int) and length > 0 else None


def _table(found: object) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}
