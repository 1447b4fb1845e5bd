"""Run the shop, then show how its mistakes are caught: ``python -m examples.demo``."""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from flask.testing import FlaskClient

from . import checking
from .shop.orders import Shop
from .shop.web import create_app

SHOP = Path(__file__).parent / "shop"
MISTAKES = SHOP / "mistakes.py"


def main() -> int:
    """Exit status 0 says: all mistakes were caught by both checkers, and nothing else was."""
    print("The shop at work: orders come in over HTTP, signals tell whoever has to know.")
    for line in run_shop():
        print(line)
    print(f"\nThe same program written wrongly ({MISTAKES.relative_to(SHOP.parents[1])}), as type checkers see it.")
    return 0 if show_mistakes() else 1


def run_shop() -> Iterator[str]:
    """Take orders in two shops, and tell what happened."""
    with closing(Shop("Berlin")) as berlin, closing(Shop("Lisbon")) as lisbon:
        for shop in berlin, lisbon:
            shop.stock.put("tea", 8)
        in_berlin = create_app(berlin).test_client()
        in_lisbon = create_app(lisbon, exports=True).test_client()  # one more receiver, for this sender only

        yield "\nBerlin"
        yield order(in_berlin, "ada@example.org", 2)
        yield order(in_berlin, "ada@example.org", 200)  # refused, by two receivers
        yield order(in_berlin, "Bob", 2)  # has no mail address: told, but the order stands
        yield from books(berlin)

        yield "\nLisbon"
        yield order(in_lisbon, "eve@example.org", 3)
        orders = [{"customer": f"{name}@example.org", "sku": "tea", "pieces": 1} for name in ("kim", "lou")]
        answer = in_lisbon.post("/orders/import", json=orders)  # without mails
        yield f"  import of {len(orders)} orders -> {answer.status}: {answer.get_json()}"
        yield from books(lisbon)


def order(client: FlaskClient, customer: str, pieces: int) -> str:
    """Order some tea."""
    answer = client.post("/orders", json={"customer": customer, "sku": "tea", "pieces": pieces})
    return f"  {customer} orders {pieces} tea -> {answer.status}: {answer.get_json()}"


def books(shop: Shop) -> Iterator[str]:
    """What the receivers left behind."""
    yield f"    stock: {shop.stock.left('tea')} tea"
    for recipient, text in shop.db.execute("SELECT * FROM mails"):
        yield f"    mail:  {text}, to {recipient}"
    for (text,) in shop.db.execute("SELECT * FROM log"):
        yield f"    log:   {text}"


def show_mistakes() -> bool:
    """Show every mistake with what the checkers say about it. Was each caught by both, and nothing else?"""
    source = MISTAKES.read_text(encoding="utf-8")
    lines = source.splitlines()
    mistakes = checking.marked(source, "mistake")
    complaints = {name: check(SHOP, directory=SHOP.parents[1]) for name, check in checking.CHECKERS.items()}

    for number, reason in mistakes.items():
        line = lines[number - 1].partition("  # ")[0].strip()
        print(f"\n{number:4}  {line}")
        if line.startswith("@"):
            print(f"{number + 1:4}  {lines[number]}")
        print(f"      {reason}")
        for name in checking.CHECKERS:
            said = [words for path, at, words in complaints[name] if (path, at) == (MISTAKES, number)]
            for words in said or ["MISSED"]:
                print(f"      {name + ':':8} " + words.replace("\n", "\n" + 15 * " "))

    print(f"\n{len(mistakes)} mistakes.")
    perfect = bool(mistakes)
    for name, reported in complaints.items():
        caught = {complaint.line for complaint in reported if complaint.path == MISTAKES} & mistakes.keys()
        others = [found for found in reported if found.path != MISTAKES or found.line not in mistakes]
        print(f"{name} caught {len(caught)} of them and refused {len(others)} right lines.")
        for path, at, words in others:
            print(f"      {path}:{at}: {words}")
        perfect = perfect and caught == mistakes.keys() and not others
    return perfect


if __name__ == "__main__":
    sys.exit(main())
