"""Units, currencies, months and number words: what the same quantity may be called."""

from decimal import Decimal

NUMBER_WORDS = {
    word: Decimal(value)
    for value, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1
    )
}

_MONTHS = (
    ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",), ("june", "jun"),
    ("july", "jul"), ("august", "aug"), ("september", "sept", "sep"), ("october", "oct"), ("november", "nov"),
    ("december", "dec"),
)  # fmt: skip
MONTHS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}

CURRENCIES = {
    name: code
    for code, names in {
        "EUR": ("eur", "€", "euro", "euros"),
        "USD": ("usd", "$", "us$", "dollar", "dollars"),
        "GBP": ("gbp", "£"),
        "CHF": ("chf", "francs"),
        "JPY": ("jpy", "¥", "yen"),
        "SEK": ("sek",),
        "DKK": ("dkk",),
        "NOK": ("nok",),
        "PLN": ("pln", "zł"),
    }.items()
    for name in names
}

UNITS: dict[str, tuple[str, Decimal]] = {
    name: (unit, Decimal(factor))
    for unit, factor, names in (
        ("second", "0.001", ("ms", "millisecond", "milliseconds")),
        ("second", "1", ("s", "sec", "secs", "second", "seconds")),
        ("second", "60", ("min", "mins", "minute", "minutes")),
        ("second", "3600", ("h", "hr", "hrs", "hour", "hours")),
        ("second", "86400", ("day", "days")),
        ("second", "604800", ("week", "weeks")),
        ("month", "1", ("month", "months")),
        ("month", "12", ("year", "years")),
        ("business day", "1", ("business day", "business days", "working day", "working days")),
        ("byte", "1e3", ("kb",)),
        ("byte", "1e6", ("mb",)),
        ("byte", "1e9", ("gb", "gigabyte", "gigabytes")),
        ("byte", "1e12", ("tb", "terabyte", "terabytes")),
        ("gram", "1", ("g", "gram", "grams")),
        ("gram", "1000", ("kg", "kilo", "kilos", "kilogram", "kilograms")),
        ("metre", "0.001", ("mm", "millimetre", "millimetres", "millimeter", "millimeters")),
        ("metre", "0.01", ("cm", "centimetre", "centimetres", "centimeter", "centimeters")),
        ("metre", "1", ("m", "metre", "metres", "meter", "meters")),
        ("metre", "1000", ("km", "kilometre", "kilometres", "kilometer", "kilometers")),
        (
            "square metre",
            "1",
            ("m²", "sqm", "square metre", "square metres", "square meter", "square meters"),
        ),
        ("inch", "1", ("inch", "inches")),
        ("hertz", "1", ("hz",)),
        ("hertz", "1e6", ("mhz",)),
        ("hertz", "1e9", ("ghz",)),
        ("watt", "1", ("w", "watt", "watts")),
        ("milliamp hour", "1", ("mah",)),
        ("megapixel", "1", ("mp", "megapixel", "megapixels")),
        ("percent", "1", ("%", "percent", "per cent")),
    )
    for name in names
}
"""Name of a unit -> what it measures and how many of the base unit it is; a business day is not a day."""
