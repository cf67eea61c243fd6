"""What every PDF is made of: paragraphs, tables, and a file without a date."""

from collections.abc import Iterable, Sequence
from html import escape
from io import BytesIO
from typing import Any

MM = 72 / 25.4  # points
MARGIN, TOP, BOTTOM = 18 * MM, 14 * MM, 12 * MM
WIDTH = 210 * MM - 2 * MARGIN  # between the margins of A4


def build(story: list[Any], title: str) -> bytes:
    """Lay a story out on pages of A4."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    file = BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=TOP,
        bottomMargin=BOTTOM,
        lang="en-GB",
        invariant=1,
    )
    document.build(story, canvasmaker=_undated_canvas(title))
    return file.getvalue()


def _undated_canvas(title: str) -> Any:
    """Return ReportLab's canvas for a file with a title and nothing about who made it, or when."""
    from reportlab import rl_config
    from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFInfo, PDFString
    from reportlab.pdfgen.canvas import Canvas

    # pictures as bytes, not as text: a quarter smaller, and a second sooner
    rl_config.useA85 = 0

    class Undated(PDFInfo):
        def format(self, document: Any) -> Any:
            return PDFDictionary({"Title": PDFString(title)}).format(document)

    class UndatedCanvas(Canvas):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._doc.info = Undated()

    return UndatedCanvas


def _style(size: int, bold: bool = False, after: int = 0, colour: str = "#1c1f24") -> Any:
    from reportlab.lib.styles import ParagraphStyle

    return ParagraphStyle(
        f"{size}{bold}",
        fontName="Helvetica-Bold" if bold else "Helvetica",
        fontSize=size,
        leading=size * 1.3,
        spaceAfter=after,
        textColor=colour,
    )


def write(text: str, size: int = 9, **style: Any) -> Any:
    """Return a paragraph; the text may come from anyone, so it carries no mark-up."""
    from reportlab.platypus import Paragraph

    return Paragraph(escape(text), _style(size, **style))


def table(header: Iterable[str], rows: Iterable[Iterable[str]], widths: Sequence[float]) -> Any:
    """Return a table; widths in points."""
    from reportlab.platypus import Table

    cells = [[write(cell, 8, bold=True) for cell in header]]
    cells += [[write(cell, 8) for cell in row] for row in rows]
    drawn = Table(cells, widths, hAlign="LEFT", spaceAfter=4)
    drawn.setStyle(
        [
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, "#d9dce1"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
    return drawn
