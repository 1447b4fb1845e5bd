"""A service on plain asyncio that answers questions over TCP, and leaves what it knows to receivers.

`service` declares the signals and sends them, `receivers` listens; ``python -m examples.async_service`` asks something.
"""
