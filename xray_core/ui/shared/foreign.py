"""Words that strangers chose, shown as they are: names of files, and sentences that quote them."""

import re

# What begins a link by itself, a directive, an icon or an emoji; U+2060 is a joiner of no width.
_JOINED = re.compile(r"(:|@|\bwww)(?=\S)", re.IGNORECASE)
_SIGNS = re.compile(r"([\\*_\[\]<>#$|~!&])")
_CODE = re.compile(r"(`[^`]*`)")


def plain(text: object) -> str:
    """Text as Markdown that draws the very text: no pictures, links, headings or formulas.

    What stands between two single backticks stays code, in which nothing else is drawn.

    >>> plain("![x](https://example.org/x.png)")
    '\\\\!\\\\[x\\\\](https:\\u2060//example.org/x.png)'
    """
    line = " ".join(str(text).split())
    if "``" in line:
        line = line.replace("`", "'")
    parts = _CODE.split(line)
    parts[::2] = [_JOINED.sub("\\1\u2060", _SIGNS.sub(r"\\\1", part)) for part in parts[::2]]
    # a list or a rule begins with one of these
    return re.sub(r"^([-+=]|\d+(?=[.)]))", _escape, "".join(parts))


def _escape(start: re.Match[str]) -> str:
    return f"\u2060{start[0]}"
