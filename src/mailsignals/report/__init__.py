"""Values in, words and pictures out."""
