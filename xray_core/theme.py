"""Colours with one meaning everywhere, told apart by everyone.

References
----------
Okabe and Ito, Color Universal Design, 2008.
"""

NORMAL = "#0072B2"
PNEUMONIA = "#D55E00"
VIRUS = "#E69F00"
UNCERTAIN = "#8A8F98"
MODEL = "#009E73"
BASELINE = "#CC79A7"
LUNGS = "#56B4E9"

SUBTYPES = {"normal": NORMAL, "bacteria": PNEUMONIA, "virus": VIRUS}

# Around a film it is dark whatever the theme: bright surroundings hide faint shadows.
SURROUND = "#0B0D10"
ON_SURROUND = "#C9D1D9"


def faint(colour: str, strength: float = 0.18) -> str:
    """Return a #RRGGBB colour as a see-through one that reads on light and on dark ground."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {strength})"
