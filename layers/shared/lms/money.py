"""Money in bodies: an exact amount, and the currency that it is in. Neither is ever a float."""

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

_AMOUNT = r"^[0-9]{1,10}(\.[0-9]{1,2})?$"
_ZERO = r"^[0.]*$"
# ISO 4217 codes of the world's money, without funds, metals and testing codes.
_CODES = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
    COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
    ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF
    SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU
    UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CODES.split())


def _exact(value: Any) -> Any:
    # A JSON number would have been through a float.
    if not (isinstance(value, str) and "\n" not in value and re.match(_AMOUNT, value)):
        raise ValueError('An amount is expected as a text, such as "5000.00".')
    return value


def _known_currency(value: str) -> str:
    if value not in CURRENCIES:
        raise ValueError("A currency code is expected, such as PKR (ISO 4217).")
    return value


Money = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(gt=0),
    WithJsonSchema({"type": "string", "pattern": _AMOUNT, "not": {"pattern": _ZERO}}),
]
"""More than nothing, spelt with two places at most."""

Currency = Annotated[
    str, AfterValidator(_known_currency), WithJsonSchema({"type": "string", "enum": sorted(CURRENCIES)})
]


def amount_text(amount: Decimal) -> str:
    """An amount as it is stored and shown: with two places."""
    return f"{amount:.2f}"
