"""The examples, the README's code and the examples in docstrings run, and do what they say."""

import asyncio
import doctest
import importlib
import pkgutil
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import typedsig
from benchmarks.readme import table
from examples import checking, demo
from examples.async_service.__main__ import main as ask
from examples.checking import Complaint, marked, python_of
from examples.shop.orders import Order, Shop, order_confirmed, order_placed, place
from examples.shop.web import create_app

README = Path(__file__).parents[1] / "README.md"


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A shop with ten teas."""
    with closing(Shop("Berlin")) as shop:
        shop.stock.put("tea", 10)
        yield shop


@pytest.fixture
def client(shop: Shop) -> FlaskClient:
    return create_app(shop).test_client()


def tea(pieces: int, customer: str = "ada@example.org") -> dict[str, Any]:
    """An order as it comes in."""
    return {"customer": customer, "sku": "tea", "pieces": pieces}


def rows(shop: Shop, query: str) -> list[Any]:
    return shop.db.execute(query).fetchall()


def test_an_order_reaches_stock_mail_and_log(shop: Shop, client: FlaskClient) -> None:
    assert client.post("/orders", json=tea(3)).status_code == 201
    assert rows(shop, "SELECT * FROM orders") == [("ada@example.org", "tea", 3)]
    assert shop.stock.left("tea") == 7
    assert rows(shop, "SELECT * FROM mails") == [("ada@example.org", "3 tea on the way")]
    assert rows(shop, "SELECT * FROM log") == [("ada@example.org ordered 3 tea",)]


def test_a_refused_order_names_all_objections_and_changes_nothing(shop: Shop, client: FlaskClient) -> None:
    answer = client.post("/orders", json=tea(101))
    assert answer.status_code == 409
    assert answer.get_json() == {"objections": ["only 10 tea left", "Berlin sells 1 to 100 pieces at once"]}
    assert rows(shop, "SELECT text FROM mails UNION SELECT text FROM log UNION SELECT sku FROM orders") == []
    assert shop.stock.left("tea") == 10


def test_what_is_no_order_gets_no_further(shop: Shop, client: FlaskClient) -> None:
    assert client.post("/orders", json={"customer": "ada@example.org", "sku": "tea"}).status_code == 400
    assert client.post("/orders", json={**tea(1), "pieces": "some"}).status_code == 400
    assert client.post("/orders", json=tea(-3)).status_code == 409
    assert shop.stock.left("tea") == 10


def test_a_receiver_that_raises_in_the_transaction_undoes_the_order(shop: Shop) -> None:
    def fail(sender: Shop, *, order: Order) -> None:
        raise LookupError(order.sku)

    with order_placed.connected_to(fail), pytest.raises(LookupError):
        place(shop, Order(**tea(3)))
    assert rows(shop, "SELECT * FROM orders") == rows(shop, "SELECT * FROM log") == []
    assert shop.stock.left("tea") == 10


def test_a_failing_mail_leaves_the_order_standing_and_is_logged(shop: Shop, client: FlaskClient) -> None:
    heard: list[Order] = []

    def last(sender: Shop, *, order: Order) -> None:
        heard.append(order)

    with order_confirmed.connected_to(last):
        assert client.post("/orders", json=tea(3, customer="Bob")).status_code == 201
    assert len(rows(shop, "SELECT * FROM orders")) == 1
    assert rows(shop, "SELECT * FROM log")[-1] == ("mail_customer failed: 'Bob' is no mail address",)
    assert heard == [Order("Bob", "tea", 3)]


def test_only_the_exporting_shop_declares_to_customs(shop: Shop, client: FlaskClient) -> None:
    with closing(Shop("Lisbon")) as abroad:
        abroad.stock.put("tea", 10)
        create_app(abroad, exports=True).test_client().post("/orders", json=tea(1))
        client.post("/orders", json=tea(1))
        assert ("customs: 1 tea leave Lisbon",) in rows(abroad, "SELECT * FROM log")
        assert rows(shop, "SELECT * FROM log") == [("ada@example.org ordered 1 tea",)]


def test_an_import_sends_no_mails_and_the_next_order_does(shop: Shop, client: FlaskClient) -> None:
    assert client.post("/orders/import", json=[tea(1), tea(2)]).get_json() == {"accepted": 2}
    assert rows(shop, "SELECT * FROM mails") == []
    assert shop.stock.left("tea") == 7
    client.post("/orders", json=tea(1))
    assert rows(shop, "SELECT * FROM mails") == [("ada@example.org", "1 tea on the way")]


def test_low_stock_is_ordered_again(shop: Shop, client: FlaskClient) -> None:
    client.post("/orders", json=tea(8))
    assert ("purchasing@shop.example", "2 tea left") in rows(shop, "SELECT * FROM mails")


def test_the_demo_tells_what_the_shops_did() -> None:
    told = "\n".join(demo.run_shop())
    for part in ("201 CREATED", "409 CONFLICT", "mail:", "customs: 3 tea leave Lisbon", "mail_customer failed"):
        assert part in told
    assert "on the way, to kim@" not in told, "an imported order was mailed"


@pytest.mark.parametrize(
    ("missed", "refused", "perfect"),
    [(set[int](), set[int](), True), ({-1}, set[int](), False), (set[int](), {1}, False)],
    ids=["all caught", "one missed", "a right line refused"],
)
def test_the_demo_succeeds_only_if_mistakes_and_nothing_else_are_caught(
    missed: set[int], refused: set[int], perfect: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    mistakes = list(marked(demo.MISTAKES.read_text(encoding="utf-8"), "mistake"))

    def right(*paths: Path, directory: Path) -> list[Complaint]:
        return [Complaint(demo.MISTAKES, line, "no") for line in mistakes]

    def wrong(*paths: Path, directory: Path) -> list[Complaint]:
        said = {*mistakes, *refused} - {mistakes[index] for index in missed}
        return [Complaint(demo.MISTAKES, line, "no") for line in said]

    monkeypatch.setattr(checking, "CHECKERS", {"right": right, "wrong": wrong})
    assert demo.show_mistakes() is perfect


@pytest.mark.sockets
def test_the_service_answers_robustly_and_stops_once_all_receivers_are_done() -> None:
    story = asyncio.run(ask("spell cat", "capital of Peru", "capital of Atlantis"))
    assert story == [
        "spell cat? c-a-t, or in Latin f-e-l-e-s",
        "capital of Peru? Lima",
        "capital of Atlantis? I do not know",
        "journal: 2 lines, closed: True",
        "journal: 3 lines, closed: True",
        "failure: the journal is full",
    ]


def test_the_figures_in_the_readme_are_those_that_were_measured() -> None:
    """Else: ``python -m benchmarks.readme``."""
    assert table() in README.read_text(encoding="utf-8")


def test_the_readme_runs() -> None:
    """All its ``python`` blocks, in order, but for the lines that it says are rejected."""
    source = python_of(README.read_text(encoding="utf-8"))
    assert source.strip(), "the README shows no Python"
    lines = source.split("\n")
    for number in marked(source, "rejected"):
        lines[number - 1] = re.sub(r"\S.*", "pass", lines[number - 1])
    exec(compile("\n".join(lines), README, "exec"), {"__name__": "readme"})  # it is our own


MODULES = ["typedsig", *(module.name for module in pkgutil.walk_packages(typedsig.__path__, "typedsig."))]


def examples_of(module: str) -> list[doctest.DocTest]:
    """The docstrings of a module that show examples."""
    return [test for test in doctest.DocTestFinder().find(importlib.import_module(module), module) if test.examples]


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_docstrings_run(module: str) -> None:
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for docstring in examples_of(module):
        runner.run(docstring, out=report.append)
    assert not report, "".join(report)


def test_examples_in_docstrings_are_found() -> None:
    """The test before this one would be glad of none."""
    assert examples_of("typedsig")
