"""HTML to PDF with Chinese text, by WeasyPrint on the machine's or the home's own Pango."""

from springline.platform.pdf.printing import PdfUnavailable, pdf

__all__ = ["PdfUnavailable", "pdf"]
