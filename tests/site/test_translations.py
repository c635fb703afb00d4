"""Pages in another language: the same claims and formulas, their own words, the way to the twin and back, search."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

from exhibits.translation import behind, translations
from tests.conftest import ROOT
from tests.site.conftest import search
from tests.site.test_browser import LAPTOP, PHONE
from tests.site.test_pages import PAGES

CHINESE = [page for page in PAGES if page.startswith("zh/")]
TWINS = {page: page.removeprefix("zh/") for page in CHINESE if page.removeprefix("zh/") in PAGES}
# What a reader looks for on a page, and what it is called in Chinese.
CALLED = {
    "**In one line:**": "**一句话：**",
    "**What you need:**": "**预备知识：**",
    "## Proved, measured, folklore": "## 已证、实测、传言",
    "- **Proved:**": "- **已证：**",
    "- **Measured:**": "- **实测：**",
    "- **Folklore:**": "- **传言：**",
    "**Thirty seconds.**": "**三十秒。**",
    "**A minute.**": "**一分钟。**",
    "**Then they ask:**": "**追问：**",
}
HAN = "\u4e00-\u9fff"


@pytest.fixture(scope="module")
def soups(site: Path) -> dict[str, BeautifulSoup]:
    return {page: BeautifulSoup((site / page).read_text("utf-8"), "html.parser") for page in PAGES}


def markdown(page: str) -> str:
    return (ROOT / "docs" / page).with_suffix(".md").read_text("utf-8")


@pytest.fixture(scope="module")
def current(source) -> set[str]:
    """Translations with nothing to do; another may lag behind its original for two weeks."""
    found, _ = translations(source.pages)
    return {path.replace(".md", ".html") for path, one in found.items() if not list(behind(one))}


def test_what_is_translated_and_each_page_names_its_originals(source):
    assert set(TWINS.values()) == {
        "index.html", "argument/short-answer.html", "argument/judged.html", "argument/interview.html",
        "reference/glossary.html",
    }  # fmt: skip
    found, problems = translations(source.pages)
    assert not problems
    assert {path.replace(".md", ".html") for path in found} == set(CHINESE)
    assert all(one.page.path == f"zh/{one.originals[0].path}" for one in found.values() if one.whole)
    chapter = sorted(path for path in source.pages if path.startswith("transformers/"))
    assert sorted(page.path for page in found["zh/transformers.md"].originals) == chapter


@pytest.mark.parametrize("page", TWINS)
def test_a_translation_quotes_the_same_claims_and_shows_the_same_formulas_and_figures(page, soups, current):
    if page not in current:
        pytest.skip("lags behind its original, as the build tells")
    one, two = markdown(page), markdown(TWINS[page])
    assert Counter(re.findall(r"\{\{.*?\}\}", one)) == Counter(re.findall(r"\{\{.*?\}\}", two))
    assert re.findall(r"\$\$\n.*?\n\$\$", one, re.S) == re.findall(r"\$\$\n.*?\n\$\$", two, re.S)
    one, two = soups[page].article, soups[TWINS[page]].article
    figures = [[exhibit["id"] for exhibit in side.select(".exhibit:has(figure)")] for side in (one, two)]
    assert figures[0] == figures[1]
    for selector in ("h1, h2, h3", "table tr", ".admonition", ".predict li", ".interview details", "dt"):
        assert len(one.select(selector)) == len(two.select(selector)), selector
    cited = [Counter(re.findall(r"papers\.html#[\w-]+", str(side))) for side in (one, two)]
    assert cited[0] == cited[1]


@pytest.mark.parametrize("page", TWINS)
def test_what_readers_look_for_has_its_chinese_name(page):
    one, two = markdown(page), markdown(TWINS[page])
    for english, chinese in CALLED.items():
        assert one.count(chinese) == two.count(english), chinese
        assert english not in one


def test_the_overview_has_a_line_for_each_page_of_its_chapter(source):
    found, _ = translations(source.pages)
    text = markdown("zh/transformers.html")
    assert text.count("**一句话：**") == len(found["zh/transformers.md"].originals)
    assert all(f"](../{page.path})" in text for page in found["zh/transformers.md"].originals)


@pytest.mark.parametrize("page", CHINESE)
def test_a_chinese_page_says_that_it_is_chinese(page, soups):
    assert soups[page].html["lang"] == "zh"
    article = soups[page].article
    for tag in article.select(".math, code, pre, svg, figcaption + p, .exhibit-links"):
        tag.decompose()
    letters = re.findall(rf"[{HAN}]|[A-Za-z]+", article.get_text())
    assert sum(len(letter) == 1 and letter > "z" for letter in letters) > 0.8 * len(letters)
    anchors = [tag["id"] for tag in article.select("h1, h2, h3, h4")]
    assert not [anchor for anchor in anchors if re.fullmatch(r"_\d+", anchor)], "give a heading an anchor: { #name }"
    tooltips = [link["title"] for link in article.select("a.claim")]
    assert not [title for title in tooltips if re.search(r"[A-Za-z]{3,}", title)]
    terms = {link["href"].split("#")[0] for link in article.select("a.term")}
    assert len(terms) <= 1 and all(term.endswith("reference/glossary.html") for term in terms)
    if page != "zh/reference/glossary.html":
        here = (Path(page).parent / terms.pop()).as_posix()
        assert Path("zh/reference/glossary.html").resolve() == Path(here).resolve()


@pytest.mark.parametrize("page", CHINESE)
def test_chinese_is_set_without_spaces_and_with_its_own_punctuation(page):
    text = re.sub(r"\A---\n.*?\n---\n|\{ #[\w-]+ \}|\]\([^)]*\)|^///.*$|`[^`]*`", "", markdown(page), flags=re.M | re.S)
    text = re.sub(r"(?<!\\)\$\$?[^$]+\$\$?", "x", text)
    assert not re.findall(rf"[{HAN}][,;:?!].{{,10}}|.{{,10}}[,;:?!(][{HAN}]", text)
    assert not re.findall(rf".{{,10}}[{HAN}] +[A-Za-z0-9{{].{{,10}}|.{{,10}}[A-Za-z0-9}}] +[{HAN}].{{,10}}", text)
    assert not re.findall(rf".{{,10}}[{HAN}，、]\n[{HAN}].{{,10}}", text), "a line break shows as a space"


@pytest.mark.parametrize("page", PAGES)
def test_twins_name_each_other_and_the_switch_leads_to_them(page, soups):
    twin = next((other for pair in TWINS.items() if page in pair for other in pair if other != page), None)
    links = {tag["hreflang"]: tag["href"] for tag in soups[page].head.select("link[rel=alternate][hreflang]")}
    (switch,) = soups[page].select("a.site-language")
    language, other = ("zh", "en") if page in CHINESE else ("en", "zh")
    assert (soups[page].html["lang"], switch["hreflang"], switch["lang"]) == (language, other, other)
    assert switch.get_text() == {"zh": "中文", "en": "English"}[other]

    def target(href: str) -> str:
        return (ROOT / "site" / page).parent.joinpath(href).resolve().relative_to(ROOT / "site").as_posix()

    assert target(switch["href"]) == (twin or {"zh": "zh/index.html", "en": "index.html"}[other])
    assert {code: target(href) for code, href in links.items()} == ({language: page, other: twin} if twin else {})


def searchable(soup: BeautifulSoup) -> str:
    """Text of a page as search sees it, without formulas and what is folded."""
    article = BeautifulSoup(str(soup.article), "html.parser")
    for tag in article.select("[data-search-exclude]"):
        tag.decompose()
    return article.get_text()


@pytest.mark.parametrize("words", ["梯度消失", "残差", "批归一化", "条件数", "雅可比矩阵", "二阶矩", "扇入"])
def test_search_finds_every_page_with_a_chinese_word_from_disk(words, browser, site, soups):
    """Within a sentence, too, where no space tells that a word begins."""
    expected = {page for page in CHINESE if words in searchable(soups[page])}
    assert len(expected) >= 2
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    page.goto(f"file://{site}/zh/index.html")
    search(page, words)
    results = page.locator(".md-search-result__item > a.md-search-result__link")
    results.first.wait_for(timeout=20_000)
    links = [link.get_attribute("href") for link in results.all()]
    missing = {name for name in expected if not any(f"/{name}" in link for link in links)}
    assert not missing
    assert all("/zh/" in link for link in links)
    assert page.locator(".md-search-result mark").count()
    context.close()


def test_the_switch_is_in_reach_on_a_phone_and_by_keyboard(browser, site):
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"file://{site}/argument/short-answer.html")
    box = page.locator("a.site-language").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"] and box["height"] >= 24
    page.locator("a.site-language").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/zh/argument/short-answer.html")
    page.locator("a.site-language").click()
    page.wait_for_url(f"file://{site}/argument/short-answer.html")
    context.close()


def test_ci_sees_when_paragraphs_changed():
    """A shallow clone has no dates, and without them an old translation stays a note."""
    for path in (ROOT / ".github/workflows").glob("*.yml"):
        for name, job in yaml.safe_load(path.read_text("utf-8"))["jobs"].items():
            steps = job["steps"]
            if any(re.search(r"\.ci/run|make (site|test)", step.get("run", "")) for step in steps):
                (checkout,) = [step for step in steps if step.get("uses", "").startswith("actions/checkout")]
                assert checkout["with"].get("fetch-depth") == 0, f"{path.name}: {name}"
