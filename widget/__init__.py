"""Byline puts signed, pre-moderated comments under news articles."""

__version__ = "0.1.0"
