"""Typeset formulas as one line of plain text, which a search can hold and show: χ = σ_w² E[φ′²]."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree  # noqa: N813  (Python-Markdown's name for it)

MATHML = re.compile(r"<math\b.*?</math>", re.S)
NAMESPACE = re.compile(r' xmlns="[^"]*"')
RELATIONS, SIGNS = set("=≈≠<>≤≥≪≫∼∝×⋅→←↦⟶⟹∈⊆⊙"), set("+−±∗")  # with spaces around; signs between operands only
OPENING, CLOSING = set("([{⟨⌊∥∣,/"), set(")]}⟩⌋∥∣,.;/")
OPERAND = re.compile(r"√\([^()]*\)|[∂√]?(\d[\d.,]*|\w)[\u0302-\u0307]?′*(_\w|[₀-₉])?[′²³]*")
SUPERSCRIPTS = str.maketrans("0123456789+−=()niT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀ")
SUBSCRIPTS = str.maketrans("0123456789+−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
APPLIED = "\u2061"  # invisible, after a function's name
ACCENTS = {"^": "\u0302", "~": "\u0303", "‾": "\u0304", "ˉ": "\u0304", "˙": "\u0307", "→": "\u20d7"}


def as_text(html: str) -> str:
    """What KaTeX made of a formula, read from its MathML, in which the site's macros are gone; "" without one."""
    found = MATHML.search(html)
    text = _piece(etree.fromstring(NAMESPACE.sub("", found[0], count=1))) if found else ""
    return re.sub(r"\s+", " ", re.sub(f"{APPLIED}(?=[([])", "", text).replace(APPLIED, " ")).strip()


def _row(element: etree.Element, pieces: list[str]) -> str:
    """The parts of a row one after another, with spaces around what stands between two operands."""
    text = ""
    for place, (part, piece) in enumerate(zip(element, pieces, strict=True)):
        after = "".join(pieces[place + 1 : place + 2])
        before = text.rstrip()[-1:]
        between = piece in RELATIONS or (piece in SIGNS and before and before not in RELATIONS | SIGNS | OPENING)
        fraction = part.tag == "mfrac" or [inner.tag for inner in part] == ["mfrac"]
        if fraction and after and after[0] not in RELATIONS | SIGNS | CLOSING | {" "}:
            piece = f"({piece})"  # (1/2)n, not 1/2n
        apart = before.isalnum() and (
            APPLIED in piece[1:] or re.search(r"[_^]", pieces[place - 1]) and piece[:1].isalnum()
        )
        text += f" {piece} " if between else " " * bool(apart) + piece
    return text


def _piece(element: etree.Element) -> str:
    """One element of MathML as text."""
    parts = [_piece(part) for part in element]
    match element.tag:
        case "mi" | "mn" | "mo" | "mtext":
            return (element.text or "").translate({0x2062: None, 0x200B: None})
        case "mspace":
            return " "
        case "semantics":
            return _piece(element[0])
        case "mfrac":
            return "/".join(map(_grouped, parts))
        case "msqrt":
            return "√" + _grouped(_row(element, parts))
        case "msub" | "munder":
            return _scripts(parts[0], _script(parts[1], "_", SUBSCRIPTS))
        case "msup":
            return _scripts(parts[0], _script(parts[1], "^", SUPERSCRIPTS))
        case "mover":
            return _scripts(parts[0], ACCENTS.get(parts[1]) or _script(parts[1], "^", SUPERSCRIPTS))
        case "msubsup" | "munderover":
            below, above = _script(parts[1], "_", SUBSCRIPTS), _script(parts[2], "^", SUPERSCRIPTS)
            return _scripts(parts[0], below + above)
        case "mtable":
            return "; ".join(parts)
        case "mtr":
            return " ".join(parts)
        case _:
            return _row(element, parts)


def _scripts(base: str, scripts: str) -> str:
    """What stands above and below `base` comes before the sign that a function is applied."""
    name = base.removesuffix(APPLIED)
    return name + scripts + base[len(name) :]


def _grouped(text: str) -> str:
    """`text` as one operand."""
    return text if OPERAND.fullmatch(text) else f"({text})"


def _script(text: str, sign: str, letters: dict[int, int]) -> str:
    """`text` above or below the line, in Unicode's own letters where there are all of them."""
    primes, rest = re.fullmatch("([′⏟‾]*)(.*)", text.replace(" ", ""), re.S).groups()  # type: ignore[union-attr]
    primes = re.sub("[⏟‾]", "", primes)
    if not rest:
        return primes
    packed = rest.translate(letters) if all(ord(c) in letters for c in rest) else sign + _grouped(rest)
    return primes + packed
