"""A tiny Llama with random weights and its tokenizer, made on disk: the real engine has something real to run.

Nothing is downloaded. The same seed makes the same weights, so greedy answers repeat on one machine.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM

CONTEXT = 32_768  # positions, as the hosted model has; the weights know nothing anyway

_CORPUS = (
    "the commit changed this function and the error began after the deploy; a null value reaches the caller\n"
    'def handle(self, request): return {"caused": true, "reason": "the guard was removed", "line": 42}\n'
    'public function render(?User $user): string { return $user->getName() ?? ""; } // App\\Http\\Kernel::handle\n'
    "const total = items.map((item) => item.price * item.count).reduce((a, b) => a + b, 0); if (x === undefined)\n"
    "Traceback (most recent call last): File \"src/app/views.py\", line 17, in index KeyError: 'user_id'\n"
    "at com.example.Service.run(Service.java:118) Caused by: java.lang.IllegalStateException: not started\n"
    "false null 0123456789 abcdef0123456789 [ ] { } ( ) < > -> => :: ` ' $ % & # @ ! ? é ü → ✓ 名\n"
)
_TEMPLATE = (
    "{{ '<|begin_of_text|>' }}{% for message in messages %}<|start_header_id|>{{ message['role'] }}<|end_header_id|>\n"
    "{{ message['content'] }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n{% endif %}"
)
_SPECIAL = ["<|begin_of_text|>", "<|eot_id|>", "<|start_header_id|>", "<|end_header_id|>"]


def tiny_llama(folder: Path, *, seed: int = 7) -> Path:
    """Write config, weights (2 layers, 128 wide, 1.5 MB) and tokenizer into `folder`; made once, then reused."""
    if not (folder / "model.safetensors").exists():
        folder.mkdir(parents=True, exist_ok=True)
        vocabulary = _write_tokenizer(folder)
        _write_weights(folder, vocabulary, seed)
    return folder


def _write_tokenizer(folder: Path) -> int:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=768, special_tokens=_SPECIAL, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(_CORPUS.splitlines(), trainer)
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<|begin_of_text|>",
        "eos_token": "<|eot_id|>",
        "model_max_length": CONTEXT,
        "clean_up_tokenization_spaces": False,
        "chat_template": _TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    return int(tokenizer.get_vocab_size())


def _write_weights(folder: Path, vocabulary: int, seed: int) -> None:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT,
        bos_token_id=0,
        eos_token_id=1,
        tie_word_embeddings=False,
    )
    torch.manual_seed(seed)
    model = LlamaForCausalLM(config)
    _make_terse(model, folder)
    model.to(torch.bfloat16).save_pretrained(folder)


def _make_terse(model: "LlamaForCausalLM", folder: Path) -> None:
    """Lean towards the closing quote: pure chance ends no string before its bound, and every reply takes seconds.

    One dimension of every embedding is 1, so it stands out after the last norm; the quotes' rows look at it alone.
    """
    import torch

    vocabulary = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    quotes = [number for token, number in vocabulary.items() if token.startswith('"')]
    with torch.no_grad():
        model.model.embed_tokens.weight[:, 0] = 1.0
        model.lm_head.weight[:, 0] = 0.0
        model.lm_head.weight[quotes, 0] = 0.3  # about 11 x 0.3 on the logit: one token in thirty
