"""Moving all rows from one database to another, whatever the kind of either; for `data.moving`."""
