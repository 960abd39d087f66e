"""What people with bad intentions type: one text of each kind, each marked so that it is found again if it comes alive."""

from __future__ import annotations

from typing import Final

MARK: Final = "pwned"
"""In every element, attribute and script below; wherever it appears as such, text has come alive."""
HTML: Final = f"</script></title></textarea><x-{MARK} {MARK}=1><img src=/{MARK} onerror=window.{MARK}=1>"
ATTRIBUTE: Final = f'"\' {MARK}=1 onfocus=window.{MARK}=1 autofocus x="'
TEMPLATE: Final = "${window.pwned=1}`+{{7*7}}{%25 raw %25}{{ config }}%(name)s%s\\u0022</style>"
ADDRESS: Final = f"javascript:window.{MARK}=1//https://evil.example/{MARK}"
FORMULA: Final = '=HYPERLINK("https://evil.example",1)'
FORMULAS: Final = (FORMULA, "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "＝1+1")
BIDI: Final = "\u202eTXT\u202e\u2066\u2067\u061cשלום مرحبا"
INVISIBLE: Final = "甲\u200b\u200d\ufeff\u2060\u00ad乙"
EMOJI: Final = "👩‍👩‍👧‍👦🏳️‍🌈e\u0301\u0489"
LONG: Final = "长" * 70_000
HEADER: Final = f"a\r\nSet-Cookie: {MARK}=1\r\nLocation: https://evil.example/{MARK}"
NULL: Final = "a\x00b\x1b[31m"
SURROGATE: Final = "a\ud800b"
PATH: Final = "../../../../etc/passwd"
ENTITY: Final = f"&lt;x-{MARK}&gt;&#60;x-{MARK}&#62;<!--"
SVG: Final = f"<svg/onload=window.{MARK}=1><script>window.{MARK}=1</script>]]>"

EVERY: Final = (
    HTML, ATTRIBUTE, TEMPLATE, ADDRESS, *FORMULAS, BIDI, INVISIBLE, EMOJI, LONG, HEADER, NULL, SURROGATE, PATH, ENTITY, SVG,
)  # fmt: skip
KEPT: Final = (HTML, ATTRIBUTE, TEMPLATE, ADDRESS, *FORMULAS, BIDI, INVISIBLE, EMOJI, PATH, ENTITY, SVG)
"""What a field may hold: it is text like any other."""
