"""The outside world, one file each; adapters do not know one another."""
