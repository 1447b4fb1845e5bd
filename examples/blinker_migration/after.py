"""With typed signals. The comments have become prototypes, and everything that is sent and received is checked.

`site_built` has one site as its sender, so it is declared as a method: who listens to one site asks that site.
"""

from html import escape

from typedsig import Signal


@Signal
def page_rendered(site: "Site", *, page: str, html: str) -> str | None:
    """Sent for each page, before it is written. Receivers return the HTML to write instead, or None."""


class Site:
    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts
        self.written: dict[str, str] = {}

    @Signal.method
    def site_built(self, *, pages: list[str]) -> None:
        """Sent after all pages were written."""

    def build(self) -> None:
        for page, text in self.texts.items():
            html = f"<p>{escape(text)}</p>"
            for _, changed in page_rendered.send(self, page=page, html=html):
                if changed is not None:
                    html = changed
            self.written[page] = html
        if self.site_built.has_receivers:
            self.site_built.emit(pages=sorted(self.written))


@page_rendered.connect
def add_title(site: Site, *, page: str, html: str) -> str | None:
    return f"<h1>{escape(page)}</h1>{html}"


class Log:
    def __init__(self, site: Site) -> None:
        self.lines: list[str] = []
        site.site_built.connect(self.built)

    def built(self, site: Site, *, pages: list[str]) -> None:
        self.lines.append(f"built {', '.join(pages)}")


def preview(site: Site) -> dict[str, str]:
    """The texts as they are, without what plugins make of them."""
    with page_rendered.muted():
        site.build()
    return dict(site.written)
