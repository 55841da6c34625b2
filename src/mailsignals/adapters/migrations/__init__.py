"""Alembic's revisions of the store; each is run once on a user's file, so none is ever edited."""
