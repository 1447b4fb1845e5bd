"""What type checkers say about the same mistakes, made with typedsig and with its peers."""
