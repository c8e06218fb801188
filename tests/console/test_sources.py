"""What the screens are written in: words in every language, sides that mirror, libraries that are what they say."""

import json
import re
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from console import files, shell
from lms.errors import InvalidField, Problem
from operations.console import types
from operations.console.vendor import Library, libraries
from operations.documents.openapi import PATH as DESCRIPTION
from operations.source import ROOT, applications

LANGUAGES = ("en", "ur")
FOLDERS = ("account", "administrator", "student", "teacher")
FILES = ("anybody", *FOLDERS, "import-reasons", "refusals")
SOURCES = [path for path in sorted(files.STATIC.rglob("*.js")) if "vendor" not in path.parts]
_KEY = r'"([a-zA-Z0-9]+(?:\.[a-zA-Z0-9_-]+)*)"'
# What the API calls its refusals, faults and reasons; looked for when one comes.
_LOOKED_UP = ("problem.", "fault.", "malformed.", "importReason.")


Words = dict[str, str | dict[str, str]]


@cache
def words_of(language: str, folder: str) -> Words:
    read: Words = json.loads((files.STATIC / "words" / language / f"{folder}.json").read_text())
    return read


@cache
def words(language: str) -> Words:
    read: Words = {}
    for folder in FILES:
        assert words_of(language, folder).keys().isdisjoint(read)
        read |= words_of(language, folder)
    return read


def _code(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)


def _used(sources: Iterable[Path] = SOURCES) -> tuple[set[str], set[str]]:
    """The keys that stand in the code, and the groups of which it looks one up."""
    keys, groups = set(), set()
    for path in sources:
        code = _code(path)
        keys |= set(re.findall(rf"\bt\({_KEY}", code)) | set(re.findall(rf"\blabel: {_KEY}", code))
        groups |= set(re.findall(rf"\btOf\({_KEY}", code))
    return keys, groups


def test_every_key_of_the_code_has_words() -> None:
    keys, groups = _used()
    known = words("en").keys()
    assert keys - known == set()
    assert {group for group in groups if not any(key.startswith(f"{group}.") for key in known)} == set()


@pytest.mark.parametrize("folder", ["anybody", *FOLDERS])
def test_a_screen_has_its_words_from_everybodys_file_and_that_of_its_folder(folder: str) -> None:
    keys, groups = _used(_loaded_by(folder))
    here = {*words_of("en", "anybody"), *words_of("en", folder)}
    everywhere = words("en").keys()
    assert keys - here == set()
    assert {key for key in everywhere if key.startswith(tuple(f"{group}." for group in groups))} - here == set()


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_words_of_a_folder_are_those_that_no_other_needs(folder: str) -> None:
    for other in {"anybody", *FOLDERS} - {folder}:
        keys, groups = _used(_loaded_by(other))
        prefixes = tuple(f"{group}." for group in groups)
        assert {key for key in words_of("en", folder) if key in keys or key.startswith(prefixes)} == set()


def _loaded_by(folder: str) -> list[Path]:
    """The start, and all that the screens of a folder are made of."""
    routes = _code(files.STATIC / "screens" / folder / "routes.js")
    screens = [f"screens/{folder}/{name}" for name in re.findall(r'import\("\./([^"]+)"\)', routes)]
    assert screens
    return [files.STATIC / name for name in shell.modules(shell.APP, *screens) if not name.startswith("vendor/")]


def test_every_reason_of_an_import_has_words() -> None:
    sentences = tomllib.loads((ROOT / "functions" / "exchange" / "reasons.toml").read_text())
    assert words_of("en", "import-reasons") == {f"importReason.{code}": text for code, text in sentences.items()}


def test_every_refusal_that_has_a_code_has_words() -> None:
    applications()
    refusals = {each for each in _below(Problem) if not each.__module__.startswith("tests.")}
    codes = {f"problem.{each.code}" for each in refusals if each.code and not issubclass(each, InvalidField)}
    codes |= {f"fault.{each.code}" for each in refusals if each.code and issubclass(each, InvalidField)}
    codes |= {f"problem.{each.status}" for each in refusals if each.status < 500}
    assert codes - words("en").keys() == set()


def _below(kind: type[Problem]) -> Iterator[type[Problem]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_malformed_has_words(language: str) -> None:
    script = (files.STATIC / "parts" / "problem-text.js").read_text()
    groups = set(re.findall(r'"[a-z_]+", "([a-z]+)"\]', script))
    assert {f"malformed.{group}" for group in groups | {"form"}} == {
        key for key in words(language) if key.startswith("malformed.")
    }


def test_no_words_are_left_over() -> None:
    keys, groups = _used()
    prefixes = (*(f"{group}." for group in groups), *_LOOKED_UP)
    assert {key for key in words("en") if key not in keys and not key.startswith(prefixes)} == set()


def test_every_language_says_the_same() -> None:
    english, urdu = words("en"), words("ur")
    for folder in FILES:
        names = [list(words_of(language, folder)) for language in LANGUAGES]
        assert names == [sorted(names[0])] * len(LANGUAGES)
    for key, text in english.items():
        assert _gaps(urdu[key]) == _gaps(text), key


def _gaps(text: str | dict[str, str]) -> set[str]:
    """What is filled in; of plural forms, in the one that any number may have."""
    assert text
    if isinstance(text, dict):
        text = text["other"]
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("path", sorted((files.STATIC / "style").glob("*.css")), ids=lambda path: path.name)
def test_a_style_names_no_side_that_urdu_has_elsewhere(path: Path) -> None:
    sides = r"-(?:left|right)\b|[{;]\s*(?:left|right|width|height)\s*:|float:|align: (?:left|right)"
    # Code is written from left to right in every language.
    code = path.read_text().replace("direction: ltr; text-align: left", "")
    assert re.findall(sides, code) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_a_module_is_loaded_from_where_it_says(path: Path) -> None:
    for imported in re.findall(r"""(?:from|import)\s*\(?["'](\.[^"']+)["']""", _code(path)):
        assert (path.parent / imported).resolve().is_file(), imported
    for style in re.findall(r'\bstyle: "([^"]+)"', _code(path)) if path.name == "routes.js" else ():
        assert (files.STATIC / "style" / f"{style}.css").is_file()
    assert max(map(len, path.read_text().splitlines()), default=0) <= 160


@pytest.mark.parametrize("library", libraries(), ids=lambda library: library.name)
def test_a_library_is_the_file_that_the_table_names(library: Library) -> None:
    assert library.is_the_same_as(library.path.read_bytes()), "run `make vendor`"


def test_the_types_are_what_the_api_is_now() -> None:
    assert types.PATH.read_text() == types.text(json.loads(DESCRIPTION.read_text())), "run `make docs`"


def test_a_page_preloads_what_its_modules_import(tmp_path: Path) -> None:
    """The page finds imports by a pattern; deno, which reads JavaScript, has to find the same."""
    modules = {name: (files.STATIC / path).as_uri() for name, path in shell._IMPORTS.items()}
    config = tmp_path / "imports.json"
    config.write_text(json.dumps({"imports": modules}))
    command = [
        str(ROOT / ".venv" / "bin" / "deno"),
        "info",
        "--json",
        "--no-lock",
        "--no-config",
        "--import-map",
        str(config),
    ]
    done = subprocess.run([*command, str(files.STATIC / shell.APP)], capture_output=True, check=True, text=True)
    read = {
        module["specifier"]: {
            dependency["code"]["specifier"]
            for dependency in module.get("dependencies", [])
            if "code" in dependency and not dependency.get("isDynamic")
        }
        for module in json.loads(done.stdout)["modules"]
        if module["specifier"].startswith(files.STATIC.as_uri())
    }
    assert len(read) > 100
    names = {uri: uri.removeprefix(f"{files.STATIC.as_uri()}/") for uri in read}
    assert {uri: {(files.STATIC / each).as_uri() for each in shell.imports_of(names[uri])} for uri in read} == read
