"""What sentences owe their reader: hypotheses for general words, and whether a gain is of the norm or its square."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT

PAGES = sorted((ROOT / "docs").rglob("*.md"))
FRONT = re.compile(r"\A---\n.*?\n---\n", re.S)
FENCE = re.compile(r"^```.*?^```$", re.M | re.S)
THEOREM = re.compile(r"^//// theorem.*?^////$", re.M | re.S)
# By language. A gain's neighbourhood says which it is: of the square, of the norm, of a forward second moment, or a
# defined name.
GENERAL = {
    "en": re.compile(r"\b(never|always|whatever|provably)\b", re.I),
    "zh": re.compile("永远|总是|绝不|从不|从来|无论|不管|任何时候|必然|必定|可证明"),
}
GAIN = {"en": re.compile(r"\bgains?\b", re.I), "zh": re.compile("增益")}
WHICH = {
    "en": re.compile(
        r"squar|norm|second moment|variance|χ|\\chi|calculate_gain|forward gain|backward gain|gain-and|γ|\\gamma"
        r"|decibel",
        re.I,
    ),
    "zh": re.compile(r"平方|范数|二阶矩|方差|χ|\\chi|calculate_gain|前向增益|反向增益"),
}


LINK = re.compile(
    r"\{\{.*?\}\}|\[[^\]]*\]\([^)]*\)|^#.*$|title: .*$", re.M
)  # titles of pages and sections name the subject


ANCHOR = re.compile(r"\{ #[\w-]+ \}|\]\([^)]*\)")  # addresses stay as they are


def name(path) -> str:
    return path.relative_to(ROOT / "docs").as_posix()


def language(path) -> str:
    return "zh" if name(path).startswith("zh/") else "en"


def prose(path) -> str:
    """A page without front matter, code and theorems; removed parts keep their lines."""
    text = path.read_text("utf-8")
    for pattern in (FRONT, FENCE, THEOREM):
        text = pattern.sub(lambda match: "\n" * match[0].count("\n"), text)
    return text


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_general_words_stand_in_theorems_alone(path):
    found = [
        f"{text.count(chr(10), 0, m.start()) + 1}: {m[0]}"
        for text in [ANCHOR.sub("", prose(path))]
        for m in GENERAL[language(path)].finditer(text)
    ]
    assert not found


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_gain_says_whether_it_is_of_the_norm_or_of_its_square(path):
    """Within its paragraph or the one before it."""
    paragraphs, code = re.split(r"\n\s*\n", LINK.sub("", prose(path))), language(path)
    silent = [
        paragraph.strip()[:100]
        for before, paragraph in zip(["", *paragraphs], paragraphs, strict=False)
        if GAIN[code].search(paragraph) and not WHICH[code].search(before + paragraph)
    ]
    assert not silent


def test_each_theorem_and_each_of_its_hypotheses_is_searched_for_counterexamples():
    """Pages and tests name the same theorems and the same hypotheses."""
    tests = (ROOT / "tests/theory/test_theorems.py").read_text("utf-8")
    tested = {
        match[1]: set(re.findall(r"def (test_(?:needs_\w+|holds))", match[2]))
        for match in re.finditer(r"^class Test_(\w+):(.*?)(?=^class |\Z)", tests, re.M | re.S)
    }
    stated = {}
    for path in PAGES:
        for block in THEOREM.findall(path.read_text("utf-8")):
            hypotheses = re.findall(r"^/// hypothesis \| (.*)$", block, re.M)
            needed = {"test_needs_" + re.sub(r"\W+", "_", hypothesis).lower() for hypothesis in hypotheses}
            stated[re.search(r"theorem \| (\w+)", block)[1]] = needed | {"test_holds"}
    assert len(stated) >= 12
    assert stated == tested


GREEK = re.compile(
    r"\\((?:var)?(?:alpha|beta|[gG]amma|[dD]elta|epsilon|zeta|eta|[tT]heta|iota|kappa|[lL]ambda|mu|nu|[xX]i|[pP]i|rho"
    r"|[sS]igma|tau|[uU]psilon|[pP]hi|chi|[pP]si|[oO]mega)|ell)(?![A-Za-z])"
)
FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![\\$])\$([^$\n]+(?:\n[^$\n]+)?)\$", re.S)
WORDS = re.compile(r"\{\{.*?\}\}|\\(?:text|operatorname|math(?:rm|cal|sf|bb))\s*(?:\{[^}]*\}|\w)")  # and quoted numbers
INDEX = re.compile(r"[_^](?:\{(?:[^{}]|\{[^{}]*\})*\}|\\[A-Za-z]+|.)")


def symbols(text: str) -> set[str]:
    """Letters and Greek macros of a text's formulas, without indices, exponents and words."""
    found: set[str] = set()
    for match in FORMULA.finditer(re.sub(r"`[^`\n]*`", "", FENCE.sub("", text))):
        formula = INDEX.sub("", WORDS.sub("", match[1] or match[2]))
        found |= set(GREEK.findall(formula))
        found |= set(re.findall(r"[A-Za-z]", re.sub(r"\\[A-Za-z]+", "", formula)))
    return found


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_symbols_are_on_the_notation_page(path) -> None:
    known = symbols((ROOT / "docs/reference/notation.md").read_text("utf-8"))
    strange = symbols(path.read_text("utf-8")) - known
    assert not strange, f"{sorted(strange)}: not in the tables of docs/reference/notation.md"
