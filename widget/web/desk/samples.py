"""Invented comments, by which a site sees how its own will look."""

from dataclasses import dataclass

from flask_babel import gettext


@dataclass(frozen=True)
class Sample:
    """One comment: who signs it, when it was published, and what it says."""

    name: str
    place: str
    ago: str
    paragraphs: tuple[str, ...]


def conversations(order: str) -> list[list[Sample]]:
    """Return two conversations, the second with a reply, in the order in which a site shows them."""
    newest = [
        Sample(
            "Ines Maro",
            "Port Sel",
            gettext("2 hours ago"),
            (
                gettext("The ferry is how the night nurses get home. Nobody asked them."),
                gettext("A timetable is a promise, and this one was made to people who work while we sleep."),
            ),
        )
    ]
    oldest = [
        Sample(
            "Tomas Hallgren",
            "Lower Quay",
            gettext("yesterday"),
            (gettext("I have crossed with it for thirty years, and it was never empty."),),
        ),
        Sample(
            "Amina Okoye",
            "Port Sel",
            gettext("5 hours ago"),
            (
                gettext(
                    "Nor was it full, on the evenings when I counted. A smaller boat would keep the crossing."
                ),
            ),
        ),
    ]
    return [oldest, newest] if order == "oldest" else [newest, oldest]
