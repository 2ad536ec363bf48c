"""`flask netiquette review`: a line in, a line out, exactly as the contract describes it."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from widget.cli.bare import application
from widget.cli.netiquette import group
from widget.config import UnsafeSettings

FERRY = "The ferry was cancelled four times in March and nobody told the passengers on the pier."


def run(*lines: str | bytes | dict[str, Any], json_out: bool = True) -> Result:
    """Feed lines to the command."""
    rows = [json.dumps(line) if isinstance(line, dict) else line for line in lines]
    data = b"\n".join(row if isinstance(row, bytes) else row.encode() for row in rows)
    # The command needs no application of ours, only that there is one.
    runner = Flask(__name__).test_cli_runner()
    return runner.invoke(group, ["review", *(["--json"] if json_out else [])], input=data)


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_each_line_is_answered_with_its_findings() -> None:
    result = run({"text": "Fine.", "language": "en"}, "", {"text": " ", "language": "en"})
    assert result.exit_code == 0
    assert answers(result) == [
        {"findings": []},
        {
            "findings": [
                {"rule": None, "code": "length.empty", "span": None, "audience": "writer", "params": {}}
            ]
        },
    ]


def test_what_was_sent_before_counts_as_sent_elsewhere() -> None:
    result = run(
        {"text": FERRY, "language": "en", "recent": ["Something else.", FERRY]},
        # A courtesy is nobody's repetition.
        {"text": "Thank you!", "language": "en", "recent": ["Thank you!"]},
    )
    first, second = answers(result)
    assert [(found["code"], found["params"]) for found in first["findings"]] == [
        ("identical.elsewhere", {"comment": 2})
    ]
    assert second == {"findings": []}


def test_everything_optional_may_be_there_or_null() -> None:
    full = {
        "name": "Ana Gil",
        "place": "Lima",
        "article": "",
        "recent": [],
        "protected": ["Bo Li"],
        "replies": [],
    }
    result = run(
        {"text": "Fine.", "language": "en", **full},
        {"text": "Fine.", "language": "en", **dict.fromkeys(full)},
    )
    assert (result.exit_code, len(answers(result))) == (0, 2)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("no json", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1]", "not a JSON object"),
        (b"\xff\xfe", "not UTF-8"),
        ({"language": "en"}, '"text" is missing or no text'),
        ({"text": "x", "language": 5}, '"language" is no text'),
        ({"text": 1, "language": "en"}, '"text" is missing or no text'),
        ({"text": "x", "language": "en", "name": 1}, '"name" is no text'),
        ({"text": "x", "language": "en", "recent": "x"}, '"recent" is no list of texts'),
        ({"text": "x", "language": "en", "protected": [1]}, '"protected" is no list of texts'),
    ],
)
def test_a_malformed_line_is_told_and_the_others_are_answered(
    line: str | bytes | dict[str, Any], why: str
) -> None:
    fine = {"text": "Fine.", "language": "en"}
    result = run(fine, line, fine)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"line 2: {why}")
    first, failed, last = answers(result)
    assert first == last == {"findings": []}
    assert failed["error"]["code"] == "malformed"
    assert why in failed["error"]["message"]


def test_halves_of_characters_do_not_break_the_answer() -> None:
    result = run('{"text": "\\ud800 hi", "language": "en", "name": "\\udfff", "protected": ["\\udfff"]}')
    assert (result.exit_code, len(answers(result))) == (0, 1)


def test_for_people_it_says_it_in_words() -> None:
    result = run({"text": "Fine.", "language": "en"}, {"text": "", "language": "en"}, "x", json_out=False)
    assert result.stdout.splitlines() == ["no finding", "- length.empty", "error"]


@pytest.mark.parametrize("language", ["fr", "FR", "fr-CA", "fr_BE", " fr-Latn-CH "])
def test_only_the_first_part_of_a_language_counts(language: str) -> None:
    (answer,) = answers(run({"text": "Vous êtes un imbécile.", "language": language}))
    assert [finding["rule"] for finding in answer["findings"]] == [7]


@pytest.mark.parametrize("language", ["de", "pt-BR", "", None])
def test_an_unknown_language_leaves_the_checks_that_need_none(language: str | None) -> None:
    (answer,) = answers(run({"text": "Das ist <b>gut</b>.", "language": language, "unheard-of": 1}))
    assert [finding["code"] for finding in answer["findings"]] == ["styling.markup"]


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("Well.\r\nYou are an idiot.", "idiot"),
        ("\ufeff\u200bYou are an idiot.", "idiot"),
        ("😀😀 You are an idiot.", "idiot"),
        ("E\u0301cole. You are an i\u0301diot.", "i\u0301diot"),
    ],
)
def test_spans_are_of_the_text_as_given(text: str, piece: str) -> None:
    (answer,) = answers(run({"text": text, "language": "en"}))
    (span,) = [finding["span"] for finding in answer["findings"] if finding["rule"] == 7]
    assert text[slice(*span)] == piece


def test_each_answer_comes_before_the_next_line_is_sent() -> None:
    environment = {**os.environ, "BYLINE_DEMO": "1", "PYTHONWARNINGS": "error::ResourceWarning"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "netiquette", "review", "--json"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for text in ("Fine.", "You are an idiot."):
            process.stdin.write(json.dumps({"text": text, "language": "en"}).encode() + b"\n")
            process.stdin.flush()
            assert "findings" in json.loads(process.stdout.readline())
        process.stdin.close()
        assert process.stdout.read() == b""
        assert process.wait() == 0


def without_settings(*arguments: str, text: str = "") -> "subprocess.CompletedProcess[str]":
    """Run the real command line where nothing of Byline is set, as in a fresh shell."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("BYLINE_", "DATABASE_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        input=text,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )


def test_it_needs_no_settings_in_a_fresh_shell() -> None:
    said = without_settings(
        "netiquette", "review", "--json", text='{"text": "This is NONSENSE.", "language": "en"}\n'
    )
    assert said.returncode == 0, said.stderr
    assert [finding["rule"] for finding in json.loads(said.stdout)["findings"]] == [5]


def test_every_other_command_says_in_a_sentence_what_is_missing() -> None:
    said = without_settings("site", "list")
    assert said.returncode == 1
    assert said.stdout == ""
    assert said.stderr.startswith("Error: BYLINE_SECRET_KEY must have at least 32 characters.")
    assert "Traceback" not in said.stderr
    assert "create" in without_settings("site", "--help").stdout


def test_nothing_is_served_without_settings() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        capture_output=True,
        text=True,
        env={key: value for key, value in os.environ.items() if not key.startswith("BYLINE_")},
        check=False,
    )
    assert said.returncode == 1
    assert "UnsafeSettings" in said.stderr
    app = application(UnsafeSettings("No secret."))
    with pytest.raises(UnsafeSettings):
        app.test_client().get("/livez")
