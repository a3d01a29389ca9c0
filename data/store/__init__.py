"""The database: only operations and `data.audit` may import from here."""
