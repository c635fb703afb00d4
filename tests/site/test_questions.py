"""Questions to the reader in headless Chromium: predictions, the interview with its addresses and progress."""

from __future__ import annotations

import json
import re

import pytest
from bs4 import BeautifulSoup

from tests.site.conftest import search, violations
from tests.site.test_browser import LAPTOP, PHONE
from tests.site.test_pages import PAGES

SKIP, INTERVIEW = "residual/skip.html", "argument/interview.html"


@pytest.fixture
def visit(browser, site):
    """Opens pages of the site from disk in one context; an error of their scripts fails the test."""
    contexts, errors = [], []

    def opened(name: str, **options):
        context = browser.new_context(**({"viewport": LAPTOP} | options))
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"file://{site}/{name}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not errors


def legible(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u2060", "")).strip()


def test_each_prediction_becomes_a_form_that_answers(visit, site, browser):
    """Every page that asks: the form shows no answer until something is chosen, and then says which is right."""
    page = visit("index.html")
    asked = 0
    for name in PAGES:
        if "question predict" not in (site / name).read_text("utf-8"):
            continue
        page.goto(f"file://{site}/{name}")
        for box in page.locator(".predict").all():
            asked += 1
            result, fold = box.get_by_role("status"), box.locator("details")
            assert result.inner_text() == "" and fold.get_attribute("open") is None, name
            assert len(box.locator("legend").inner_text()) > 15, name
            field = box.locator("input").first
            if field.get_attribute("type") == "radio":
                assert box.locator("input").count() >= 2 and box.locator("label.right").count() == 0, name
                field.check()
            else:
                field.fill("0.5")
            box.get_by_role("button").click()
            assert (
                "0.5" in result.inner_text() or "You chose “" in result.inner_text() or "你选了" in result.inner_text()
            )
            assert fold.get_attribute("open") is not None and "{}" not in result.inner_text(), name
            if box.locator("label").count() > 1:
                assert box.locator("label.right").count() == 1, name
    assert asked > 70


# What a reader enters where the run says 117.39, and what the page says of it.
ENTERED = {
    "4": "29 times as much",
    "1e3": "8.5 times less",
    "10^-16": "18 powers of ten more",
    "2·10^2": "41 % less",
    "−3": "120 more",
    "100": "17 % more",
    "1,000,000": "8,500 times less",
    "120": "within a tenth",
    "0": "120 more",
}


def test_a_number_is_compared_in_words(visit):
    page = visit(SKIP)
    box = page.locator(".predict:has([inputmode])").first
    for entered, apart in ENTERED.items():
        box.get_by_label("Your number").fill(entered)
        box.get_by_role("button").click()
        assert legible(box.get_by_role("status").inner_text()) == (
            f"You said {entered}; the computation says 117: {apart}."
        )


def test_what_is_no_number_is_not_compared(visit):
    page = visit(SKIP)
    box = page.locator(".predict:has([inputmode])").first
    for entered in ("", "many"):
        box.get_by_label("Your number").fill(entered)
        box.get_by_role("button").click()
        assert box.get_by_role("status").inner_text() == "" and box.locator("details").get_attribute("open") is None
    assert "such as" in box.locator("input").evaluate("field => field.validationMessage")


def test_logarithms_are_compared_by_difference_and_shares_in_per_cent(visit):
    page = visit("residual/batchnorm-branch.html")
    page.get_by_label("Your number").fill("38")
    page.get_by_role("button", name="Compare").click()
    assert legible(page.locator(".predict-result").inner_text()).endswith("the run says 6.1: 32 less.")
    page = visit("activations/relu.html")
    box = page.locator(".predict").first
    assert "%" in box.locator("label").inner_text()
    box.get_by_label("Your number").fill("10 %")
    box.get_by_role("button").click()
    assert legible(box.get_by_role("status").inner_text()) == "You said 10 %; the run says 55 %: 5.5 times as much."


def test_a_choice_is_made_by_keyboard_and_heard(visit):
    """One group, named by the question; arrows choose, Enter compares, a live region tells."""
    page = visit(SKIP)
    box = page.locator(".predict:has([type=radio])").first
    box.locator("input").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    said = legible(box.get_by_role("status").inner_text())
    assert said.startswith("You chose “") and "The answer is “" in said
    assert box.get_by_role("status").locator("a").count() == 0
    tree = box.locator("fieldset").aria_snapshot()
    assert re.match(r'- group ".*What is left of the squared gradient\?', tree), tree
    assert len(re.findall(r"\bradio ", tree)) == 3 and "[checked]" in tree
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert legible(box.get_by_role("status").inner_text()).endswith("which is right.")
    assert violations(page, "article") == []


def test_without_script_a_question_has_its_options_and_a_fold_with_the_answer(visit):
    page = visit(SKIP, java_script_enabled=False)
    for box in page.locator(".predict").all():
        assert box.locator("input, button").count() == 0
        assert not box.locator("details p").first.is_visible()
        box.locator("summary").click()
        assert box.locator("details p").first.is_visible()
    assert page.locator(".predict-options > li").count() == 3
    assert page.locator(".predict-options > li").first.is_visible()


def test_a_page_on_paper_has_question_and_answer(visit):
    for name, part in ((SKIP, ".predict"), (INTERVIEW, ".interview")):
        page = visit(name, viewport=PHONE)
        page.emulate_media(media="print")
        folds = page.locator(f"{part} details")
        assert folds.count() >= 2
        heights = folds.evaluate_all("folds => folds.map(f => f.getBoundingClientRect().height)")
        assert min(heights) > 60, "more than its summary"
        assert not page.locator(f"{part} :is(button, .interview-tools)").first.is_visible()


def test_every_question_of_the_interview_has_an_address_in_both_languages(site):
    numbers = {}
    for name in (INTERVIEW, f"zh/{INTERVIEW}"):
        article = BeautifulSoup((site / name).read_text("utf-8"), "html.parser").article
        numbers[name] = [heading["id"] for heading in article.select(".interview-question > h3")]
        assert numbers[name] == [f"question-{number}" for number in range(1, len(numbers[name]) + 1)]
        links = article.select(".interview details a[href^='#question-']")
        assert len(links) >= 10
        assert all(link.get_text() == f"→ {link['href'].removeprefix('#question-')}" for link in links)
        text = article.get_text()
        assert len(re.findall(r"→ \d", text)) == len(links)
    assert len(numbers[INTERVIEW]) == 36 and len({len(found) for found in numbers.values()}) == 1


OPEN = "folds => folds.filter(fold => fold.open).map(fold => fold.previousElementSibling.id)"


def opened(page) -> list[str]:
    return page.locator(".interview details").evaluate_all(OPEN)


def in_view(page, anchor: str) -> bool:
    """Whether a heading stands below the bars at the window's top and above its end."""
    page.wait_for_timeout(300)
    top = page.locator(f"#{anchor}").evaluate("heading => heading.getBoundingClientRect().top")
    return 40 < top < page.viewport_size["height"] - 100


def test_an_address_opens_its_answer(visit, site):
    page = visit(f"{INTERVIEW}#question-17")
    assert opened(page) == ["question-17"] and in_view(page, "question-17")
    page.locator("#question-17 + details").evaluate("fold => fold.open = false")
    page.locator(".md-sidebar--secondary a[href='#question-20']").click()
    assert opened(page) == ["question-20"] and in_view(page, "question-20")
    page.go_back()
    assert "question-17" in opened(page) and in_view(page, "question-17")
    page.goto(f"file://{site}/index.html")
    page.goto(f"file://{site}/{INTERVIEW}#question-4")
    assert opened(page) == ["question-4"]
    page.locator("#question-4 + details a[href='#question-5']").click()
    assert opened(page) == ["question-4", "question-5"] and in_view(page, "question-5")


def test_search_leads_to_a_question_and_opens_it(visit):
    page = visit("index.html")
    search(page, "dynamical isometry ReLU")
    result = page.locator("a.md-search-result__link[href*='interview.html'][href*='#question-5']").first
    result.wait_for(state="attached", timeout=20_000)
    result.evaluate("link => link.click()")
    page.wait_for_url("**/interview.html*#question-5")
    assert opened(page) == ["question-5"]


def test_a_random_question_is_opened_and_one_that_is_known_does_not_come_again(visit):
    page = visit(INTERVIEW)
    known = {str(number): "knew" for number in range(1, 37) if number not in (12, 20)}
    page.evaluate("progress => localStorage.setItem('interview-progress', progress)", json.dumps(known))
    page.reload()
    assert page.evaluate("scrollY") == 0, "the page begins at its beginning"
    seen = set()
    for _ in range(2):
        page.get_by_role("button", name="Random question").click()
        page.wait_for_timeout(100)
        anchor = page.evaluate("location.hash.slice(1)")
        assert anchor in opened(page) and in_view(page, anchor)
        seen.add(anchor)
    assert seen == {"question-12", "question-20"}


def test_progress_survives_a_reload_and_can_be_forgotten(visit):
    page = visit(f"{INTERVIEW}#question-3")
    page.locator("#question-3 + details").get_by_role("button", name="Again").click()
    page.locator("#question-8 + details summary").click()
    page.locator("#question-8 + details").get_by_role("button", name="Knew it").click()
    page.locator("#question-9 + details summary").click()
    told = "3 of 36 seen, 1 known, 1 again"
    assert page.locator(".interview-progress").inner_text() == told
    page.reload()
    assert page.locator(".interview-progress").inner_text() == told
    states = page.locator(".interview-state").evaluate_all("all => all.map(one => one.textContent).filter(Boolean)")
    assert states == ["Again", "Knew it", "Seen"]
    assert page.locator("#question-8 + details button[aria-pressed=true]").evaluate_all("all => all.length") == 1
    answers = iter([False, True])
    page.on("dialog", lambda dialog: dialog.accept() if next(answers) else dialog.dismiss())
    for left in (told, "0 of 36 seen, 0 known, 0 again"):
        page.get_by_role("button", name="Forget progress").click()
        assert page.locator(".interview-progress").inner_text() == left


def test_the_interview_works_where_nothing_can_be_stored(visit):
    page = visit("index.html")
    page.context.add_init_script(
        """for (const name of ['getItem', 'setItem']) {
             const own = Storage.prototype[name];
             Storage.prototype[name] = function (key, ...rest) {
               if (key === 'interview-progress') throw new Error('no storage');
               return own.call(this, key, ...rest);
             } }"""
    )
    page.goto(page.url.replace("index.html", INTERVIEW))
    page.locator("#question-1 + details summary").click()
    page.locator("#question-1 + details").get_by_role("button", name="Knew it").click()
    assert page.locator(".interview-progress").inner_text().startswith("1 of 36 seen, 1 known")


def shown(page) -> list[str]:
    return page.locator(".interview h3").evaluate_all("all => all.filter(h => h.checkVisibility()).map(h => h.id)")


def test_on_a_phone_there_is_one_question_a_card(visit):
    page = visit(INTERVIEW, viewport=PHONE, has_touch=True, is_mobile=True)
    assert shown(page) == ["question-1"] and page.evaluate("scrollY") == 0
    page.get_by_role("button", name="Next").click()
    assert shown(page) == ["question-2"] and opened(page) == [] and in_view(page, "question-2")
    assert page.evaluate("document.activeElement.id") == "question-2"
    swipe = """([from, to]) => {
        const card = document.querySelector('.interview-question.current');
        const touch = x => new Touch({ identifier: 1, target: card, clientX: x, clientY: 400 });
        const send = (type, x) => card.dispatchEvent(
            new TouchEvent(type, { touches: [touch(x)], changedTouches: [touch(x)], bubbles: true }));
        send('touchstart', from);
        send('touchend', to);
    }"""
    page.evaluate(swipe, [300, 100])
    assert shown(page) == ["question-3"]
    page.evaluate(swipe, [100, 120])
    assert shown(page) == ["question-3"], "a tap that trembles is no swipe"
    for expected in ("question-2", "question-1", "question-36"):
        page.evaluate(swipe, [100, 300])
        assert shown(page) == [expected]
    page.evaluate("location.hash = '#question-6'")
    page.wait_for_timeout(100)
    assert shown(page) == ["question-6"] and opened(page) == ["question-6"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert violations(page, "article") == []
    page.get_by_role("button", name="All questions").click()
    assert len(shown(page)) == 36 and in_view(page, "question-6")
    page.get_by_role("button", name="One at a time").click()
    assert shown(page) == ["question-6"]


def test_without_script_every_answer_has_a_fold_that_works(visit):
    page = visit(f"{INTERVIEW}#question-5", java_script_enabled=False, viewport=PHONE)
    assert page.locator(".interview :is(button, .interview-tools)").count() == 0
    folds = page.locator(".interview details")
    assert folds.count() == 36
    assert not folds.nth(4).locator("p").first.is_visible()
    folds.nth(4).locator("summary").click()
    assert folds.nth(4).locator("p").first.is_visible()


def test_chinese_questions_speak_chinese(visit):
    page = visit(f"zh/{INTERVIEW}#question-4", viewport=PHONE)
    words = page.locator(".interview-tools").inner_text() + page.locator("#question-4 + details summary").inner_text()
    assert "随机一题" in words and not re.search("[A-Za-z]{2,}", words), words
    page = visit("zh/index.html")
    page.locator(".predict input").first.check()
    page.locator(".predict button").click()
    assert legible(page.locator(".predict-result").inner_text()) == (
        "你选了“用Xavier权重的sigmoid”，答案是“用Kaiming权重的ReLU”。"
    )
