"""The signals that language servers and REPLs are asked about."""

from typedsig import AsyncSignal, Signal


class App: ...


class Document:
    @Signal.method
    def changed(self, *, path: str, size: int = 0) -> None:
        """Sent after a document was edited."""


@Signal
def user_created(sender: App, *, user_id: int, name: str) -> None:
    """Sent once a new user can log in."""


@AsyncSignal
async def page_fetched(sender: App, *, url: str, seconds: float) -> None:
    """Sent after a page was fetched."""


untyped = Signal()
app = App()
document = Document()
