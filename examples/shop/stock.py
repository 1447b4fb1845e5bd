"""What is on the shelves. Knows nothing of orders: it says when something runs low, to whoever wants to hear."""

import sqlite3

from typedsig import Signal


class Stock:
    """How many pieces of everything a shop has."""

    def __init__(self, db: sqlite3.Connection, *, low: int = 5) -> None:
        self.db = db
        self.low = low
        db.execute("CREATE TABLE stock (sku TEXT PRIMARY KEY, pieces INTEGER NOT NULL)")

    @Signal.method
    def running_low(self, *, sku: str, left: int) -> None:
        """Sent when fewer than `low` pieces are left."""

    def left(self, sku: str) -> int:
        """How many there are."""
        row = self.db.execute("SELECT pieces FROM stock WHERE sku = ?", [sku]).fetchone()
        return 0 if row is None else int(row[0])

    def put(self, sku: str, pieces: int) -> None:
        """Set how many there are."""
        with self.db:
            self.db.execute("REPLACE INTO stock VALUES (?, ?)", [sku, pieces])

    def take(self, sku: str, pieces: int) -> None:
        """Take some off the shelf, as part of the caller's transaction."""
        left = self.left(sku) - pieces
        self.db.execute("UPDATE stock SET pieces = ? WHERE sku = ?", [left, sku])
        if left < self.low:
            self.running_low.emit(sku=sku, left=left)
