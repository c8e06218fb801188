"""One module a format: `detect` and `read` answer what a file holds as `exchange.items`, and none knows of another."""

FORMATS = ()
