"""Values and rules; no database, no screen."""
