"""Questions to the reader, woven from a string: predictions and the interview, and what is said of malformed ones."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from exhibits.blocks.interview import WORDS
from exhibits.blocks.predict import CHOICE, ENTRY
from exhibits.model import Language
from tests.tool.test_blocks import BOOK, clean, complaints, verdict

CHOOSE = "/// predict\nHow many *pips*?\n\n- [ ] three\n- [x] $3.5$, the {{ mean }}\n\nSix faces.\n\n- no option\n///\n"
ENTER = "/// predict\nA die.\n\nHow many pips?\n\n- [=] {{ mean:.2f }} pips\n\nSix faces.\n///\n"


def test_a_choice_stands_open_and_its_answer_in_a_fold():
    soup, facts = clean(CHOOSE)
    block = soup.select_one(".admonition.predict")
    assert [part.name for part in block.find_all(recursive=False)] == ["p", "p", "ul", "details"]
    title, question = block.find_all("p", recursive=False)
    assert (title.get_text(), str(question)) == ("Predict first", "<p>How many <em>pips</em>?</p>")
    options = block.select("ul.predict-options > li")
    assert [option.has_attr("data-right") for option in options] == [False, True]
    assert (
        options[0].get_text() == "three" and options[1].select_one("tex-formula") and options[1].select_one("a.claim")
    )
    fold = block.select_one("details:not([open])")
    assert fold.summary.get_text() == "Answer"
    assert fold.select_one("strong tex-formula") and "the 3.5" in fold.strong.get_text()
    assert [part.get_text().strip() for part in fold.find_all(recursive=False)[2:]] == ["Six faces.", "no option"]
    assert json.loads(block["data-words"]) == CHOICE
    assert facts.quoted == ("mean",)


def test_options_between_blank_lines_are_options_as_well():
    soup, _ = clean(CHOOSE.replace("three\n", "three\n\n"))
    first, second = soup.select(".predict-options > li")
    assert first.get_text() == "three" and "[x]" not in second.get_text() and second.has_attr("data-right")


def test_a_number_to_enter_comes_from_a_claim_and_stands_in_the_fold_alone():
    soup, _ = clean(ENTER)
    block = soup.select_one(".predict")
    assert (block["data-value"], block["data-compare"]) == ("3.5", "ratio") and not block.has_attr("data-percent")
    assert [p.get_text() for p in block.find_all("p", recursive=False)] == ["Predict first", "A die.", "How many pips?"]
    assert block.select_one("details strong").get_text() == "3.50 pips"
    assert "3.50" not in block.get_text().split("Answer")[0]
    words = json.loads(block["data-words"])
    assert words.pop("sentence") == "You said {}; the run says {}: {}." and words == ENTRY


@pytest.mark.parametrize(
    ("reference", "value", "says"),
    [
        ("{{ mean.theory }}", "3.5", "theory says"),
        ("{{ mean.spread:.1g }}", "0.353553", "the run says"),
        ("{{ sum }}", "12.0", "the computation says"),
        ("{{ loss:.1e }}", "1e-07", "the run says"),
    ],
)
def test_a_number_says_where_it_is_from(reference, value, says):
    block = clean(ENTER.replace("{{ mean:.2f }}", reference))[0].select_one(".predict")
    assert block["data-value"] == value and says in json.loads(block["data-words"])["sentence"]


def test_a_share_is_entered_in_per_cent_and_a_logarithm_is_compared_by_difference():
    book = replace(BOOK, verdicts=BOOK.verdicts | {"share": verdict("share", "a/one", values=(0.25,))})
    text = ENTER.replace("{{ mean:.2f }} pips", "{{ share:.0%}}").replace(
        "predict\n", "predict\n    compare: difference\n\n"
    )
    block = clean(text, book=book)[0].select_one(".predict")
    assert block["data-percent"] == "" and (block["data-value"], block["data-compare"]) == ("25.0", "difference")


OPTIONS = "- [ ] three\n- [x] $3.5$, the {{ mean }}\n"
FORM = "a list of options, `- [x] right` and `- [ ] wrong`, or one number to enter, `- [=] {{ claim-id:.2f }}`"
ALONE = "a number to enter stands alone in its list, and comes from a claim: - [=] {{ claim-id:.2f }}"
TWO = "predict needs two options or more, one of them right, marked [x]; it has"
WRONG = {
    "no list": (CHOOSE, f"{OPTIONS}\nSix faces.\n\n- no option\n", "Six faces.\n", f"3: predict needs {FORM}"),
    "no question": (CHOOSE, "How many *pips*?\n\n", "", "3: predict needs a question, in paragraphs above its list"),
    "no answer": (ENTER, "Six faces.\n", "", "3: predict needs a text below its list that explains the answer"),
    "no mark": (CHOOSE, "[ ] three", "three", f"3: an item of predict's list has no mark; write {FORM}"),
    "a wrong mark": (CHOOSE, "[ ] three", "[X] three", f"3: an item of predict's list has no mark; write {FORM}"),
    "nothing right": (CHOOSE, "[x]", "[ ]", f"3: {TWO} 0"),
    "all right": (CHOOSE, "[ ] three", "[x] three", f"3: {TWO} 2"),
    "one option": (CHOOSE, "- [ ] three\n", "", f"3: {TWO} 1"),
    "a formula alone": (
        CHOOSE, "$3.5$, the {{ mean }}", "$3.5$.",
        "3: an option of formulas alone has no name that can be read out; add a word to it",
    ),
    "a number of its own": (ENTER, "{{ mean:.2f }}", "3.5", f"3: {ALONE}"),
    "two numbers": (ENTER, " pips\n\nSix", " pips\n- [=] {{ sum }}\n\nSix", f"3: {ALONE}"),
    "a number among options": (CHOOSE, "[ ] three", "[=] {{ mean }}", f"3: {ALONE}"),
    "an unknown claim": (ENTER, "mean:", "meen:", "8: no claim named meen"),
    "a measurement's theory": (ENTER, "mean:", "loss.theory:", "8: loss is a measurement: it has no theory"),
    "an unknown option": (
        ENTER, "predict\n", "predict\n    compare: log\n\n",
        "3: predict: Invalid enum value 'log' - at `$.compare`",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_malformed_prediction_is_named_with_its_line(case):
    text, old, new, message = WRONG[case]
    assert old in text
    assert complaints(f"# T\n\n{text.replace(old, new)}") == [f"docs/page.md:{message}"]


def test_a_term_in_an_option_is_linked_elsewhere():
    """An option is pressed; a link in it would lead away."""
    soup, _ = clean(CHOOSE.replace("three", "a die").replace("Six faces.", "A die."))
    assert [link.find_parent("details") is not None for link in soup.select("a.term")] == [True]


INTERVIEW = (
    "# T\n\n/// interview\n## Dice\n\nOf dice.\n\n### 1. Why?\n\nSo. → 2\n\n### 2. What?\n\n- this\n\n"
    "**Then:** → 1. And → 2.\n\n## Coins\n\n### 3. Who?\n\n$x$\n///\n"
)


def test_questions_have_addresses_and_their_answers_folds():
    soup, _ = clean(INTERVIEW)
    holder = soup.select_one(".interview")
    assert [part.name for part in holder.find_all(recursive=False)] == [
        "h2",
        "p",
        "section",
        "section",
        "h2",
        "section",
    ]
    sections = holder.select("section")
    assert [section.h3["id"] for section in sections] == ["question-1", "question-2", "question-3"]
    assert [len(section.find_all(recursive=False)) for section in sections] == [2, 2, 2]
    folds = [section.select_one("details:not([open])") for section in sections]
    assert [fold.summary.get_text() for fold in folds] == ["Answer"] * 3
    assert [part.name for part in folds[1].find_all(recursive=False)] == ["summary", "ul", "p"]
    links = [(link.get_text(), link["href"]) for link in holder.select("details a")]
    assert links == [("→ 2", "#question-2"), ("→ 1", "#question-1"), ("→ 2", "#question-2")]
    assert json.loads(holder["data-words"]) == WORDS


NUMBERED = "3: questions of an interview are headings, `### 1. Why?`, numbered from 1 in order"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("### 2. What?", "### 3. What?", NUMBERED),
        ("### 2. What?", "### What?", NUMBERED),
        ("And → 2", "And → 4", "16: → 4: there is no such question"),
    ],
)  # fmt: skip
def test_a_malformed_interview_is_named_with_its_line(old, new, message):
    found = complaints(INTERVIEW.replace(old, new))
    assert f"docs/page.md:{message}" in found


def test_words_for_readers_are_in_the_pages_language():
    words = {text: f"„{text}“" for text in ("Predict first", "Answer", *CHOICE.values(), *WORDS.values())}
    book = replace(BOOK, languages={"en": Language("English"), "de": Language("Deutsch", "de", words)})
    soup, _ = clean(f"{CHOOSE}\n{INTERVIEW}", "de/page.md", book)
    assert soup.select_one(".admonition-title").get_text() == "„Predict first“"
    assert {fold.summary.get_text() for fold in soup.select("details")} == {"„Answer“"}
    for block, texts in ((".predict", CHOICE), (".interview", WORDS)):
        said = json.loads(soup.select_one(block)["data-words"])
        assert said == {name: f"„{text}“" for name, text in texts.items()}
