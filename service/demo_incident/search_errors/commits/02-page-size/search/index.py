"""Finds articles by their words."""

PAGE = 50


def find(words: list[str], articles: dict[str, str]) -> list[str]:
    """The names of the articles that hold every word."""
    return [name for name, text in articles.items() if all(word in text for word in words)][:PAGE]
