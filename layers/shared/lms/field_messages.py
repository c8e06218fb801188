"""What people read about a field that cannot be accepted, whatever Pydantic says of it."""

from typing import Any

_OBJECT = "An object is expected."
_LIST = "A list is expected."
_WHOLE_NUMBER = "A whole number is expected."
_NUMBER = "A number is expected."
_ID = "An id is expected, such as 018f4e2a-7c1e-7d3b-9a54-2f6f1c0d9e11."
_DATE = "A date is expected, such as 2027-02-28."
_TIME = "A time with its offset is expected, such as 2027-02-28T09:00:00Z."
_UNICODE = "The text is not valid Unicode."
_SENTENCES = {
    "missing": "This field is required.",
    "extra_forbidden": "There is no such field.",
    "json_invalid": "The body is not valid JSON.",
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dict_type": _OBJECT,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "too_short": "At least {min_length} {things} needed.",
    "too_long": "At most {max_length} {things} allowed.",
    "string_type": "A text is expected.",
    "string_unicode": _UNICODE,
    "string_too_short": "At least {min_length} {things} needed.",
    "string_too_long": "At most {max_length} {things} allowed.",
    "bool_type": "Either true or false is expected.",
    "bool_parsing": "Either true or false is expected.",
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "int_parsing_size": "This number is too large.",
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "decimal_max_digits": "At most {max_digits} digits are allowed.",
    "decimal_max_places": "At most {decimal_places} decimal places are allowed.",
    "decimal_whole_digits": "At most {whole_digits} digits before the decimal point are allowed.",
    "greater_than": "This must be more than {gt}.",
    "greater_than_equal": "This must be {ge} or more.",
    "less_than": "This must be less than {lt}.",
    "less_than_equal": "This must be {le} or less.",
    "literal_error": "One of these is expected: {expected}.",
    "enum": "One of these is expected: {expected}.",
    "union_tag_not_found": "The field {discriminator} is required.",
    "union_tag_invalid": "The field {discriminator} must be one of these: {expected_tags}.",
    "uuid_type": _ID,
    "uuid_parsing": _ID,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "datetime_type": _TIME,
    "datetime_parsing": _TIME,
    "datetime_from_date_parsing": _TIME,
    "timezone_naive": _TIME,
}


def message_of(error: Any) -> str:
    """The sentence for one of the errors of a `ValidationError`, without what was sent: it may be a password."""
    facts = error.get("ctx", {})
    if isinstance(facts.get("error"), UnicodeError):
        return _UNICODE
    if "pattern" in facts:
        return "This text does not have the expected form."
    template = _SENTENCES.get(error["type"])
    if template is not None:
        return template.format(**facts, things=_counted(error["type"], facts))
    return _as_sentence(str(facts["error"]) if "error" in facts else error["msg"])


def _counted(code: str, facts: dict[str, Any]) -> str:
    # Pydantic does not know that what stands behind a validator of ours is a text.
    thing = "character" if code.startswith("string") or facts.get("field_type") == "Value" else "item"
    return f"{thing} is" if 1 in (facts.get("min_length"), facts.get("max_length")) else f"{thing}s are"


def _as_sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
