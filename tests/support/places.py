"""A small gazetteer for tests: a few towns as GeoNames has them, built in no time."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from widget.gazetteer import building
from widget.gazetteer.source import Town


def town(name: str, country: str, population: int, *others: str, region: str = "", zone: str = "") -> Town:
    """Return a town; `others` are its other names."""
    return Town(name, country, region, population, zone, others)


TOWNS = (
    town(
        "Sherbrooke", "CA", 129_447, "YSC", "shrbrwk", "Шербрук", "شربروک", "شيربروك", "舍布碌", region="10"
    ),
    town("Sherbrooke", "CA", 2_438, region="01"),
    town("Sherborne", "GB", 9_350, region="ENG"),
    town("'s-Hertogenbosch", "NL", 134_520, "Den Bosch"),
    town("Scheer", "DE", 2_700, "Sher"),
    town("Magog", "CA", 15_550, "ماغوغ، كيبك", region="10"),
    town("Hamar", "NO", 29_479, "HMR", "هامار", "哈马尔", zone="Europe/Oslo"),
    town("Geneva", "CH", 201_741, "Genève", "Genf", "Ginebra", "جنيف", "ژنو", "日内瓦", "日內瓦"),
    town("Geneva", "US", 13_062, "Geneve", region="NY"),
    town("Vienna", "AT", 1_691_468, "Wien", "Vienne", "فيينا", "维也纳", zone="Europe/Vienna"),
    town("Wiener Neustadt", "AT", 43_000),
    town("London", "GB", 8_961_989, "Londres", "LON", "لندن", "لندون", "伦敦", "倫敦", zone="Europe/London"),
    town("Cairo", "EG", 9_606_916, "القاهرة", "قاهره", "开罗", "開羅", "alqahrt", zone="Africa/Cairo"),
    town("Cairo", "US", 9_752, "القاهرة", region="GA"),
    town("Beijing", "CN", 18_960_744, "Peking", "بكين", "بيكين", "北京", "北京市", zone="Asia/Shanghai"),
    town("Hiroshima", "JP", 1_143_841, "広島", "広島市", "广岛", "هيروشيما"),
    town("Saint-Étienne", "FR", 176_280, "Saint-Etienne", "سانت إتيان", "圣艾蒂安"),
    town("St Albans", "GB", 147_373, region="ENG"),
    town("L’Aquila", "IT", 68_503),
    town(
        "New York City", "US", 8_804_190, "New York", "نيويورك", "纽约", region="NY", zone="America/New_York"
    ),
    town("Singapore", "SG", 5_638_700, "新加坡", "سنغافورة", zone="Asia/Singapore"),
    town("Québec", "CA", 542_298, "Quebec", "Quebec City", region="10"),
    town("Panama City", "PA", 408_168, "Panama", "Panamá", zone="America/Panama"),
    # The same village twice: as a line to sign with, they are one.
    town("Montréal", "FR", 1_932),
    town("Montréal", "FR", 1_302),
)


def write(path: Path) -> building.Built:
    """Build the small gazetteer at a path."""
    return building.build(path, TOWNS, "a sample")


@cache
def sample() -> Path:
    """Return the path of the small gazetteer, built once a run."""
    path = Path(mkdtemp(prefix="byline-places-")) / "places.sqlite3"
    write(path)
    return path
