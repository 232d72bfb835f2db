"""The documentation keeps step with commands, settings, pages, bundled forms and published tables."""
import re
from dataclasses import fields
from pathlib import Path

import click
import pytest

from campaigns.campaign import PRESETS
from campaigns.settings import Settings
from survey.cli import main

ROOT = Path(__file__).parent.parent
PAIRS = [path for path in sorted((ROOT / "docs").glob("*.md"))
         if path.with_suffix("").suffix != ".zh" and path.name != "dependencies.md"] + [ROOT / "README.md"]


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def commands(group=main, path="survey"):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}"


@pytest.mark.parametrize("page", ["docs/organiser.md", "docs/organiser.zh.md"])
def test_every_command_is_explained(page):
    lacking = [command for command in commands() if command not in text(page)]
    assert lacking == []


@pytest.mark.parametrize("page", ["README.md", "README.zh.md", "docs/organiser.md", "docs/organiser.zh.md", "docs/archive.md",
                                  "docs/archive.zh.md"])
def test_no_page_names_a_command_that_there_is_not(page):
    known = {*commands()}
    groups = {command.rsplit(" ", 1)[0] for command in known} - {"survey"}
    for line in re.findall(r"^    survey ([a-z]+)(?: ([a-z][a-z-]*))?", text(page), re.M):
        first = f"survey {line[0]}"
        assert (f"{first} {line[1]}" in known) if first in groups else first in known, line


@pytest.mark.parametrize("page", ["docs/operator.md", "docs/operator.zh.md"])
def test_every_setting_is_listed_with_its_default(page):
    for row in fields(Settings):
        line = re.search(rf"^\| `{row.metadata['name']}` \| (.*?) \|", text(page), re.M)
        assert line, row.metadata["name"]
        if row.default != "":
            assert line.group(1) == f"`{row.default}`"


@pytest.mark.parametrize("page", ["docs/operator.md", "docs/operator.zh.md"])
def test_every_page_of_the_site_is_listed_with_who_may_open_it(page, app):
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or re.match(r"/[A-Z]/", rule.rule):
            continue
        line = re.search(rf"^\| `{re.escape(rule.rule.replace('<code>', 'CODE'))}` \| (.*?) \|", text(page), re.M)
        assert line, rule.rule
        for role in app.view_functions[rule.endpoint].roles:
            assert role in line.group(1), (rule.rule, role)


@pytest.mark.parametrize("page", ["docs/organiser.md", "docs/organiser.zh.md"])
def test_every_preset_is_named(page):
    assert [preset for preset in PRESETS if f"`{preset}`" not in text(page)] == []


@pytest.mark.parametrize("page", PAIRS, ids=lambda path: path.name)
def test_every_page_has_a_chinese_twin_and_each_links_to_the_other(page):
    twin = page.with_suffix(".zh.md")
    assert f"]({twin.name})" in page.read_text(encoding="utf-8")
    assert f"]({page.name})" in twin.read_text(encoding="utf-8")


def test_links_between_pages_lead_somewhere():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    broken = [f"{page.name}: {target}" for page in pages
              for target in re.findall(r"\]\((?!http)([^)#]+)", page.read_text(encoding="utf-8"))
              if not (page.parent / target).exists()]
    assert broken == []


def test_every_direct_dependency_is_explained():
    import tomllib
    project = tomllib.loads(text("pyproject.toml"))["project"]
    wanted = [re.match(r"[a-z0-9-]+", line).group() for line in
              [*project["dependencies"], *project["optional-dependencies"]["test"]]]
    assert [name for name in wanted if name not in text("docs/dependencies.md")] == []


def command_lines():
    """(page, line) of every call of survey in a page's examples, continued lines joined."""
    for path in [*ROOT.glob("README*.md"), *sorted((ROOT / "docs").glob("*.md"))]:
        joined = path.read_text(encoding="utf-8").replace("\\\n", " ")
        for line in re.findall(r"^    (survey .*)$", joined, re.M) + re.findall(r"`(survey [a-z][^`\n]*)`", joined):
            yield from ((path.name, each.split("  #")[0].strip()) for each in line.split(" ; "))


def test_every_option_in_the_examples_is_one_that_its_command_has():
    unknown = []
    for page, line in command_lines():
        command, words = main, line.split()[1:]
        while isinstance(command, click.Group) and words and (found := command.get_command(click.Context(command), words[0])):
            command, words = found, words[1:]
        known = {"--help", *(option for each in command.params for option in [*each.opts, *each.secondary_opts])}
        unknown += [(page, line, word) for word in re.findall(r"(?<!\S)\[?(--[a-z-]+)", " ".join(words)) if word not in known]
    assert unknown == []
