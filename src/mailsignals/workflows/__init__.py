"""The verbs of the product, written on ports only."""
