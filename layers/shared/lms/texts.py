"""What people see of a text, and which texts are the same to them."""

import unicodedata
from collections.abc import Iterator

# Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt): shown as nothing by whoever knows no better.
_IGNORABLE = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
_BLANK_BRAILLE = "\u2800"


def is_invisible(character: str) -> bool:
    """Whether a character shows nothing: white space, control and format characters, fillers."""
    return (
        unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Zs")
        or _is_ignorable(character)
        or character == _BLANK_BRAILLE
    )


def uniqueness_key(text: str) -> str:
    """What two texts have in common that people would take for one: case, width, spacing and invisible signs aside."""
    # Twice: folding may leave what NFKC would write otherwise, and NFKC what folds (Unicode, chapter 3.13, D147).
    folded = text
    for _ in range(2):
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", folded).casefold())
    return " ".join("".join(_seen(folded)).split())


def _seen(text: str) -> Iterator[str]:
    for character in text:
        if character.isspace() or character == _BLANK_BRAILLE:
            yield " "
        elif not is_invisible(character):
            yield character


def _is_ignorable(character: str) -> bool:
    code = ord(character)
    return any(first <= code <= last for first, last in _IGNORABLE)


def address_key(address: str) -> str:
    """An e-mail address as it is stored and found: in small letters, its domain encoded (`xn--...`)."""
    local, at, domain = address.rpartition("@")
    if domain.isascii():
        return address.casefold()
    # 15 ms, which only a domain with other letters needs.
    import idna

    try:
        encoded = idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return address.casefold()
    return f"{local}{at}{encoded}".casefold()
