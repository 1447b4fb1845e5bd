"""Written for blinker. What is sent stands in comments, and nobody checks them."""

from html import escape

from blinker import Namespace

signals = Namespace()

# Receivers: def receiver(site, page, html) -> the HTML to write instead, or None
page_rendered = signals.signal("page-rendered")

# Receivers: def receiver(site, pages)
site_built = signals.signal("site-built")


class Site:
    def __init__(self, texts):
        self.texts = texts
        self.written = {}

    def build(self):
        for page, text in self.texts.items():
            html = f"<p>{escape(text)}</p>"
            for _, changed in page_rendered.send(self, page=page, html=html):
                if changed is not None:
                    html = changed
            self.written[page] = html
        if site_built.receivers:
            site_built.send(self, pages=sorted(self.written))


@page_rendered.connect
def add_title(site, page, html, **extra):
    return f"<h1>{escape(page)}</h1>{html}"


class Log:
    def __init__(self, site):
        self.lines = []
        site_built.connect(self.built, sender=site)

    def built(self, site, pages):
        self.lines.append(f"built {', '.join(pages)}")


def preview(site):
    """The texts as they are, without what plugins make of them."""
    with page_rendered.muted():
        site.build()
    return dict(site.written)
