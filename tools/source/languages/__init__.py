"""Every language that can be read. A new one is a new file and one line in LANGUAGES."""

from tools.source.languages.csharp import CSHARP
from tools.source.languages.go import GO
from tools.source.languages.java import JAVA
from tools.source.languages.javascript import JAVASCRIPT
from tools.source.languages.kotlin import KOTLIN
from tools.source.languages.language import Language, ParameterShape
from tools.source.languages.php import PHP
from tools.source.languages.python import PYTHON
from tools.source.languages.ruby import RUBY
from tools.source.languages.rust import RUST
from tools.source.languages.typescript import TSX, TYPESCRIPT

__all__ = ["LANGUAGES", "Language", "ParameterShape", "language_of"]

LANGUAGES: tuple[Language, ...] = (PHP, PYTHON, JAVASCRIPT, TYPESCRIPT, TSX, JAVA, KOTLIN, GO, RUBY, CSHARP, RUST)

_BY_SUFFIX = {suffix: language for language in LANGUAGES for suffix in language.suffixes}


def language_of(path: str) -> Language | None:
    """The language a file is written in by its suffix, or None when no grammar reads it."""
    return _BY_SUFFIX.get(f".{path.rpartition('.')[2].lower()}")
