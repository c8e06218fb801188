"""HTTP header fields in order, as sent, looked up without regard to case."""

from collections.abc import Iterable, Iterator


class Headers:
    """A list of fields. Names and values are bytes read as latin-1."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Iterable[tuple[str, str]] = ()) -> None:
        self._fields = [(name.lower(), name, value) for name, value in fields]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((name, value) for _, name, value in self._fields)

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def copy(self) -> "Headers":
        other = Headers()
        other._fields = self._fields.copy()
        return other

    def get(self, name: str) -> str | None:
        """The first value of a field, None without one."""
        wanted = name.lower()
        for lower, _, value in self._fields:
            if lower == wanted:
                return value
        return None

    def all(self, name: str) -> list[str]:
        wanted = name.lower()
        return [value for lower, _, value in self._fields if lower == wanted]

    def csv(self, name: str) -> list[str]:
        """The comma-separated items of all fields of that name, in lower case."""
        return [item.strip().lower() for value in self.all(name) for item in value.split(",") if item.strip()]

    def add(self, name: str, value: str) -> None:
        self._fields.append((name.lower(), name, value))

    def set(self, name: str, value: str) -> None:
        """Leaves one field of that name with this value, in the first one's place."""
        wanted = name.lower()
        for position, (lower, _, _) in enumerate(self._fields):
            if lower == wanted:
                self._fields[position] = (wanted, name, value)
                self._fields[position + 1 :] = [f for f in self._fields[position + 1 :] if f[0] != wanted]
                return
        self._fields.append((wanted, name, value))

    def remove(self, *names: str) -> None:
        unwanted = {name.lower() for name in names}
        self._fields = [field for field in self._fields if field[0] not in unwanted]
