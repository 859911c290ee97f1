"""One document at a time, drawn from text alone: a template fetches nothing, from the network or the disk."""

import threading
from pathlib import Path
from typing import Any, NoReturn

from springline.platform.home import default_home, project_root
from springline.platform.pdf.libraries import FOLDER, LibrariesMissing, load

# Pango and fontconfig keep what they know per process, and are not made for several threads.
_drawing = threading.Lock()


class PdfUnavailable(Exception):
    """This machine cannot make PDFs yet; both messages say what to do. The page itself still works."""

    code = "pdf_unavailable"

    def __init__(self, why: str) -> None:
        how = "springline tools install printing"
        self.message_en = f"PDFs need Pango and a Chinese font; get them with: {how} (or make setup). {why}"
        self.message_zh = f"缺少生成 PDF 的字体或组件，请管理员运行：{how}（或 make setup）。{why}"
        super().__init__(self.message_en)


def pdf(html: str, home: Path | None = None) -> bytes:
    """The PDF of a whole HTML document. Takes about a second. Raises PdfUnavailable."""
    with _drawing:
        return _weasyprint(folder(home)).HTML(string=html, url_fetcher=_nothing).write_pdf()  # type: ignore[no-any-return]


def folder(home: Path | None = None) -> Path:
    """Where `home`'s printing parts are, else those of the project's own home."""
    places = [home or default_home(), project_root() / ".springline"]
    found = (place / FOLDER for place in places if (place / FOLDER / "fonts.conf").is_file())
    return next(found, places[0] / FOLDER)


def _weasyprint(parts: Path) -> Any:
    try:
        load(parts)
        import weasyprint
        from PIL import ImageFile
    except LibrariesMissing as missing:
        raise PdfUnavailable(f"({missing})") from missing
    except OSError as error:
        raise PdfUnavailable(f"({type(error).__name__})") from error
    # It lets Pillow read half a picture, and that for the whole process: couriers' broken uploads would pass.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return weasyprint


def _nothing(url: str, *_args: object, **_options: object) -> NoReturn:
    raise ValueError(f"a document fetches nothing, {url[:80]} neither")
