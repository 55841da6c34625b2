"""Many messages become one client."""
