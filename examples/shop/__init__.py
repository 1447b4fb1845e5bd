"""A small shop: orders come in over HTTP, and signals tell whoever has to know.

Read `stock`, then `orders` (the signals and who sends them), `receivers` (who listens) and `web` (how it starts).
`mistakes` is what type checkers make of the same program when it is written wrongly.
"""
