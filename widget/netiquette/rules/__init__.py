"""The automatic checks, one file each; `widget/netiquette/__init__.py` puts them in order."""
