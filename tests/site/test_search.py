"""The site's own search: what its index holds, and which pages it finds, asked as the browser asks it."""

from __future__ import annotations

import json
import re
import tomllib
from html import escape
from pathlib import Path

import pytest

FOUND = tomllib.loads(Path(__file__).with_name("queries.toml").read_text("utf-8"))["found"]
SPELLED = ["initialisation", "initialization", "initialize", "Initialiser", "initializ"]
# Speaks with the theme's worker in its own words: 0 hands over the index, 2 asks; it answers with groups, one a page.
ASK = """async queries => {
  const settings = JSON.parse(document.getElementById("__config").textContent);
  const worker = new Worker(new URL(settings.search, location));
  const ask = message => new Promise(done => {
    worker.onmessage = ({ data }) => done(data);
    worker.postMessage(message);
  });
  const index = await (await fetch(new URL(`${settings.base}/search/search_index.json`, location))).json();
  await ask({ type: 0, data: { ...index, options: { suggest: false } } });
  const found = {};
  for (const query of queries)
    found[query] = (await ask({ type: 2, data: query })).data.items.map(group => group[0].location.split("#")[0]);
  worker.terminate();
  return found;
}"""


@pytest.fixture(scope="module")
def found(browser, address) -> dict[str, list[str]]:
    """Pages found for every query, best first."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/index.html")
    answers = page.evaluate(ASK, [*FOUND, *SPELLED])
    context.close()
    return answers


@pytest.fixture(scope="module")
def sections(site) -> list[dict[str, str]]:
    """What the index holds, a section each, in words as a reader sees them."""
    docs = json.loads((site / "search/search_index.json").read_text("utf-8"))["docs"]
    return [doc | {"text": re.sub(r"</?\w+>|\u200b", "", doc["text"])} for doc in docs]


@pytest.mark.parametrize("query", FOUND)
def test_the_page_is_among_the_first_three(query, found):
    assert set(FOUND[query]) & set(found[query][:3]), found[query][:6]


def test_there_are_forty_queries_for_thirty_pages():
    assert len(FOUND) >= 40 and len({page for pages in FOUND.values() for page in pages}) >= 30


def test_what_is_excluded_is_excluded(sections, source, book):
    """Code that exhibits show, what it prints, tick labels, claims' rows."""
    text = "\n".join(section["text"] for section in sections)
    for snippet in source.snippets.values():
        for part in (snippet.code, book.stdout[snippet.name]):
            lines = {line.strip() for line in part.splitlines() if len(line.strip()) > 30}
            held = [line for line in lines if escape(line, quote=False) in text]
            assert len(held) < 2, "prose quotes a line at most"
    assert not re.search(r"(10−?\d+){3}|(\d0){5}", text), "tick labels, one after another"
    assert not re.search(r"of one seed; numbers in the text|Rules out|ran in \d", text)
    assert not [section for section in sections if section["location"].startswith("reference/claims.html#") and
                len(section["text"]) > 200]  # fmt: skip


def test_formulas_are_words_of_their_sentence(sections):
    text = {section["location"]: section["text"] for section in sections}
    gain = text["gradients/gain.html#backward-the-gain"]
    assert "E∥g∥² = n ⋅ (σ_w²/n)∑_i E[φ′(z_i)²] v_i² = χ ∥v∥²," in gain
    assert "χ = σ_w² E[φ′(√q ξ)²] The squared gradient norm changes by χ per" in gain
    assert not [at for at, words in text.items() if re.search(r"\\[a-zA-Z]{2,}", words) and "reproduce" not in at]


def test_either_spelling_and_a_begun_word_find_the_same(found):
    lists = [found[typed] for typed in SPELLED]
    assert all(pages == lists[0] for pages in lists) and "scale/kaiming.html" in lists[0]
