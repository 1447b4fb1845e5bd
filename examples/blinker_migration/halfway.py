"""The import is changed, and one of the two signals has a type. The other, and all who use it, can wait.

Plugins that are not in this program still find both signals in ``signals``, by their names.
"""

from html import escape

from typedsig.blinker import Namespace, typed

signals = Namespace()


@typed(signals.signal("page-rendered"))
def page_rendered(site: "Site", *, page: str, html: str) -> str | None:
    """Sent for each page, before it is written. Receivers return the HTML to write instead, or None."""


# Receivers: def receiver(site, pages)
site_built = signals.signal("site-built")


class Site:
    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts
        self.written: dict[str, str] = {}

    def build(self) -> None:
        for page, text in self.texts.items():
            html = f"<p>{escape(text)}</p>"
            for _, changed in page_rendered.send(self, page=page, html=html):
                if changed is not None:
                    html = changed
            self.written[page] = html
        if site_built.receivers:
            site_built.send(self, pages=sorted(self.written))


@page_rendered.connect
def add_title(site: Site, *, page: str, html: str) -> str | None:
    return f"<h1>{escape(page)}</h1>{html}"


class Log:
    def __init__(self, site: Site) -> None:
        self.lines: list[str] = []
        site_built.connect(self.built, sender=site)

    def built(self, site: Site, pages: list[str]) -> None:
        self.lines.append(f"built {', '.join(pages)}")


def preview(site: Site) -> dict[str, str]:
    """The texts as they are, without what plugins make of them."""
    with page_rendered.muted():
        site.build()
    return dict(site.written)
