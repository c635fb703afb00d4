"""What stands around the text of pages: the answer first, how long it takes, where it is from, the way to keep it."""

from __future__ import annotations

import os
import re
import subprocess
from importlib.metadata import version

import pytest
import yaml
from bs4 import BeautifulSoup

from tests.conftest import ROOT
from tests.site.conftest import violations
from tests.site.test_pages import PAGES

CHAPTERS = ("gradients", "scale", "residual", "activations", "practice", "transformers")
DEEP = [page for page in PAGES if page.startswith(tuple(f"{chapter}/" for chapter in CHAPTERS))]
DIFFICULTIES = "Introductory|Intermediate|Advanced"


def words(tag) -> str:
    return " ".join(tag.get_text().split())


@pytest.mark.parametrize("page", DEEP)
def test_a_page_of_a_chapter_begins_with_the_answer_and_a_way_to_the_short_one(page, soups):
    heading = soups[page].find("h1")
    answer = heading.find_next_sibling()
    assert answer.name == "p" and answer.find("strong").get_text() == "In one line:"
    head = answer.find_next_sibling()
    assert head["class"] == ["page-head"]
    said = re.fullmatch(rf"({DIFFICULTIES}) · (\d+) minutes to read · The short answer", words(head))
    assert said and 3 <= int(said[2]) <= 40
    assert head.find("a")["href"] == "../argument/short-answer.html"


def test_difficulties_differ(source):
    assert len(DEEP) == 53
    assert {source.pages[page.replace(".html", ".md")].difficulty for page in DEEP} == {
        word.lower() for word in DIFFICULTIES.split("|")
    }


def test_the_chinese_overview_says_so_in_chinese(soups):
    head = soups["zh/transformers.html"].select_one(".page-head")
    assert re.fullmatch(r"高阶 · 约\d+分钟读完 · 简短回答", words(head))
    assert head.find("a")["href"] == "argument/short-answer.html"


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize("page", PAGES)
def test_the_foot_says_how_to_cite_the_page_and_where_it_is_from(page, soups):
    body = soups[page].find("article")
    foot = body.select_one(".page-foot")
    assert foot.find_next_sibling() is None, "nothing stands below it"
    entry = foot.select_one("details pre code").get_text()
    title = re.sub(r"\\([&%$#_{}])", r"\1", re.search(r"title = \{\{(.*)\}\},", entry)[1])
    unsaid = body.select("h1 .headerlink, h1 tex-formula")
    spoken = [text for text in body.find("h1").find_all(string=True) if not any(tag in text.parents for tag in unsaid)]
    assert title == " ".join("".join(spoken).split()) and entry.startswith("@misc{") and entry.endswith("},\n}\n")
    line, chinese = words(foot), page.startswith("zh/")
    if git("rev-parse", "--is-shallow-repository") == "false":
        named = re.search(r"最后修改于(\S+)，提交(\w{7})" if chinese else r"Last changed (\S+) in (\w{7})", line)
        own = git("log", "-1", "--format=%ct", "--", f"docs/{page[:-5]}.md", f"docs/{page[:-5]}.ipynb")
        assert int(git("log", "-1", "--format=%ct", named[2])) >= int(own)
        assert f"year = {{{named[1][:4]}}}" in entry and f"commit {named[2]}, {named[1]}" in entry
    if body.select(".exhibit, .lab"):
        assert ("运行环境：" if chinese else "Computed with ") + f"torch {version('torch')}, " in line, (
            "and the processor"
        )
    assert not foot.find("a"), "no repository is configured"


def test_the_archive_is_linked_from_every_page(site, soups):
    missing = BeautifulSoup((site / "404.html").read_text("utf-8"), "html.parser")
    for page, soup in (soups | {"404.html": missing}).items():
        link = soup.select_one("footer a[download]")
        assert (site / page / ".." / link["href"].lstrip("/")).resolve() == site.resolve() / "why-gradients-vanish.zip"
        assert link.get_text() == ("整个网站的压缩包" if page.startswith("zh/") else "The whole site as an archive")
    assert (site / "why-gradients-vanish.zip").exists()


def test_search_does_not_find_what_stands_around_pages(site):
    index = (site / "search/search_index.js").read_text("utf-8")
    assert "Kaiming" in index
    for said in ("Cite this page", "@misc", "minutes to read", "Last changed", "引用本页"):
        assert said not in index


def test_a_citation_is_copied_as_it_stands(browser, address):
    context = browser.new_context(
        permissions=["clipboard-read", "clipboard-write"], viewport={"width": 390, "height": 800}
    )
    page = context.new_page()
    page.goto(f"{address}/gradients/gain.html", wait_until="networkidle")
    page.locator(".page-foot summary").focus()
    page.keyboard.press("Enter")
    assert violations(page, ".page-foot") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".page-foot [data-md-type=copy]").click()
    page.wait_for_function("() => navigator.clipboard.readText().then(text => text.length > 0)")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == page.locator(".page-foot code").text_content().strip() and copied.startswith("@misc{gradi")
    context.close()


@pytest.fixture
def keep(tmp_path):
    """The workflow's step that keeps the branch of notebooks, on a repository of this machine."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text("utf-8"))
    job = workflow["jobs"]["notebooks"]
    assert job["permissions"] == {"contents": "write"}
    (step,) = (step for step in job["steps"] if "run" in step)
    remote, tools = tmp_path / "remote.git", tmp_path / "bin"
    subprocess.run(["git", "init", "--quiet", "--bare", remote], check=True)
    tools.mkdir()
    (tools / "gh").write_text("#!/bin/sh\n")
    (tools / "gh").chmod(0o755)

    def kept(commit: str, notebooks: dict[str, str]) -> list[str]:
        """Run it on a machine of its own; returns the branch's commits and files."""
        folder = tmp_path / commit / step["working-directory"]
        for name, text in notebooks.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        environment = os.environ | {
            "PATH": f"{tools}:{os.environ['PATH']}", "REPOSITORY": remote.as_uri(), "COMMIT": commit,
        }  # fmt: skip
        subprocess.run(["bash", "-e", "-c", step["run"]], cwd=folder, env=environment, check=True, capture_output=True)
        asked = (["log", "--format=%s", "notebooks"], ["ls-tree", "-r", "--name-only", "notebooks"])
        return [
            line
            for command in asked
            for line in subprocess.run(
                ["git", *command], cwd=remote, capture_output=True, text=True, check=True
            ).stdout.splitlines()
        ]

    return kept


def test_the_branch_of_notebooks_holds_what_was_built_last(keep):
    first = {"snippets/a/b.ipynb": "1", "labs/c.ipynb": "1"}
    made = ["Notebooks of one", "labs/c.ipynb", "snippets/a/b.ipynb"]
    assert keep("one", first) == made
    assert keep("two", first) == made, "nothing changed: no commit"
    assert keep("three", {"snippets/a/b.ipynb": "2"}) == [
        "Notebooks of three",
        "Notebooks of one",
        "snippets/a/b.ipynb",
    ]


def test_the_workflow_hands_on_every_notebook_and_tells_pages_where_they_open(site, source):
    workflow = (ROOT / ".github/workflows/publish.yml").read_text("utf-8")
    patterns = re.findall(r"^ +build/docs/(\S+\.ipynb)$", workflow, re.M)
    found = {
        path.relative_to(ROOT / "build/docs") for pattern in patterns for path in (ROOT / "build/docs").glob(pattern)
    }
    wanted = {f"snippets/{name}.ipynb" for name in source.snippets} | {f"{name}.ipynb" for name in source.labs}
    assert {path.as_posix() for path in found} == wanted
    assert "blob/notebooks/" in workflow and "NOTEBOOKS_URL" in (ROOT / "mkdocs.yml").read_text("utf-8")
