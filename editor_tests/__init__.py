"""What people see of a signal while they write: in their editor, and in a REPL."""
