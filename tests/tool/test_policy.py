"""What a page's policy names, and where it stands."""

from __future__ import annotations

import pytest

from exhibits.policy import policy, protect, unindented
from tests.tool.conftest import files, problems, write

SELF = {"default-src": "'none'", "script-src": "'self'"}
# Of `say(6)`, by another tool: printf 'say(6)' | openssl dgst -sha256 -binary | base64
SIX = "'sha256-05tyDNfj1sI6e4tr1K9qFZY1cTHG4G5ENwHiV5GwOM8='"


@pytest.mark.parametrize(
    ("html", "hashes"),
    [
        ("<p>No script</p>", []),
        ("<script>say(6)</script>", [SIX]),
        ("<script>say(6)</script> <SCRIPT type=module>say(6)</SCRIPT >", [SIX]),
        ('<script src="say.js"></script><script defer src=say.js></script>', []),
        ('<script id="x" type="application/json">{"faces": 6}</script>', []),
        ('<script data-src="no address">say(6)</script>', [SIX]),
        ("&lt;script>say(6)&lt;/script>", []),
    ],
)
def test_inline_scripts_are_named_once_by_their_hash(html, hashes):
    assert policy(SELF, html) == "; ".join(["default-src 'none'", " ".join(["script-src 'self'", *hashes])])


def test_a_script_is_hashed_as_browsers_read_it_and_hashes_stand_in_order():
    one, two = "<script>a\nb</script>", "<script>c</script>"
    assert policy(SELF, one) == policy(SELF, one.replace("\n", "\r\n")) != policy(SELF, two)
    assert policy(SELF, one + two) == policy(SELF, two + one)
    assert policy({"img-src": "data:"}, "<script>say(6)</script>") == f"img-src data:; script-src {SIX}"


CONTENT = "default-src &#x27;none&#x27;; script-src &#x27;self&#x27;"
META = f'<meta http-equiv="Content-Security-Policy" content="{CONTENT}">'


@pytest.mark.parametrize(
    "head",
    ["<head>", "<html><head>\n", '<head lang="en">\n  <meta charset="utf-8">\n', "<HEAD><META CHARSET=utf-8 />"],
)
def test_it_stands_first_in_the_head_after_the_encoding(head, tmp_path):
    write(tmp_path, {"a/page.html": f"{head}<title>Dice</title></head>", "page.md": head})
    protect(tmp_path, SELF)
    before = head.rstrip()
    after = head[len(before) :]
    assert files(tmp_path) == {
        "a/page.html": f"{before}{META}{after}<title>Dice</title></head>".encode(),
        "page.md": head.encode(),
    }


def test_a_page_is_unindented_above_its_article_alone():
    page = "<head>\n   <title>t</title>\n</head>\n\n    <nav>\n      a\n</nav>{}<pre>\n    <b>x</b></pre>"
    assert unindented(page.format("<article>")) == (
        "<head>\n<title>t</title>\n</head>\n<nav>\n      a\n</nav><article><pre>\n    <b>x</b></pre>"
    )
    assert unindented(page.format("")) == page.format("")


def test_a_page_without_a_head_is_a_problem(tmp_path):
    write(tmp_path, {"a.html": "<p>a</p>", "b.html": "<header>b</header>"})
    assert problems(lambda: protect(tmp_path, SELF)) == [
        "a.html:1: has no <head> for the site's policy",
        "b.html:1: has no <head> for the site's policy",
    ]


@pytest.mark.slow
def test_a_build_puts_it_into_every_page(built):
    pages = {name: html for name, html in files(built / "site").items() if name.endswith(".html")}
    assert {"index.html", "labs/two.html", "404.html"} <= set(pages)
    for name, html in pages.items():
        assert html.count(b'<meta http-equiv="Content-Security-Policy" content="default-src ') == 1, name
