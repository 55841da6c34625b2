"""Labels in, model out."""
