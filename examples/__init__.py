"""Programs that use typedsig. `shop` is the one to begin with; `python -m examples.demo` runs it."""
