"""Strangers' words are drawn as they are."""

import pytest

from xray_core.ui.shared.foreign import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("film.png", "film.png"),
        ("![x](https://example.org/x.png)", r"\!\[x\](https:" + "\u2060//example.org/x.png)"),
        ("# a_b*c*", r"\# a\_b\*c\*"),
        ("<img src=x> & $y$ ~z~ |", r"\<img src=x\> \& \$y\$ \~z\~ \|"),
        ("line\n# another", r"line \# another"),
        ("back\\`slash`", "back\\\\`slash`"),
        ("run `pip install [x]`", "run `pip install [x]`"),
        ("``![x](y)``", r"''\!\[x\](y)''"),
        ("- a list", "\u2060- a list"),
        ("12. a list", "\u206012. a list"),
        (":material/home: www.example.org", ":\u2060material/home: www\u2060.example.org"),
    ],
)
def test_text_stays_the_text(text, shown):
    assert plain(text) == shown
