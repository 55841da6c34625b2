"""Own words become tagged evidence."""
