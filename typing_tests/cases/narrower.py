"""A receiver connected for one sender may ask for just that sender's type."""

from typedsig import ANY, Signal


class Page: ...


class Draft(Page):
    author = ""


draft = Draft()


@Signal
def saved(sender: Page, *, size: int) -> None: ...


def on_page(sender: Page, *, size: int) -> None: ...
def on_draft(sender: Draft, *, size: int) -> None: ...
def on_text(sender: str, *, size: int) -> None: ...
def answers(sender: Page, *, size: int) -> int:
    return size


def without_size(sender: Draft) -> None: ...


saved.connect(on_draft, draft)
saved.connect(on_draft, sender=draft)
saved.connect(on_draft, draft, weak=False)
saved.connect(on_page, draft)
saved.connect(on_draft)  # E: is called for every page
saved.connect(on_draft, ANY)  # E: is called for every page
saved.connect(on_draft, Page())  # E: is no draft
saved.connect(on_text, draft)  # E: is no string
saved.connect(answers, draft)  # E: what it returns would be lost
saved.connect(without_size, draft)  # E: does not take the size

with saved.connected_to(on_draft, draft):
    pass
with saved.connected_to(on_draft, sender=draft):
    pass
with saved.connected_to(on_draft):  # E: is called for every page
    pass
with saved.connected_to(on_draft, Page()):  # E: is no draft
    pass
with saved.connected_to(answers, draft):  # E: what it returns would be lost
    pass
with saved.connected_to(without_size, draft):  # E: does not take the size
    pass


@saved.connect_via(draft)
def via(sender: Draft, *, size: int) -> None:
    print(sender.author)


@saved.connect_via(draft, weak=True)
def via_page(sender: Page, *, size: int) -> None: ...


@saved.connect_via(ANY, weak=True)
def via_any(sender: Page, *, size: int) -> None: ...


@saved.connect_via(ANY)  # E: is called for every page
def via_any_draft(sender: Draft, *, size: int) -> None: ...


@saved.connect_via(draft)  # E: does not take the size
def via_few(sender: Draft) -> None: ...


@saved.connect_via(ANY)  # E: does not take the size
def via_any_few(sender: Page) -> None: ...


@saved.connect_via(draft)  # E: what it returns would be lost
def via_answers(sender: Draft, *, size: int) -> int:
    return size


@saved.connect_via(ANY)  # E: what it returns would be lost
def via_any_answers(sender: Page, *, size: int) -> int:
    return size


@saved.connect_via(Page())  # E: is no draft
def via_other(sender: Draft, *, size: int) -> None: ...


# The sender's type is solved from the receiver and the sender, and no checker can bound it by the signal's: these two
# fit each other, and so pass, though the receiver will never be called. A checker that learns it turns this line red.
saved.connect(on_text, "no page")
