"""Trade item and shipment numbers: check digits, and every GTIN as 14 digits.

Source: GS1 General Specifications, "Check digit calculations" and "UPC-E".
"""

from __future__ import annotations

from app.domain.unreadable import Gs1Damaged

GTIN_LENGTHS = frozenset({8, 12, 13, 14})


def is_digits(text: str) -> bool:
    """Whether the text is one or more of 0 to 9; digits of other scripts are not."""
    return text.isascii() and text.isdigit()


def check_digit(digits: str) -> str:
    """The modulo 10 digit that GTIN, SSCC, GLN and their kind put behind `digits`."""
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-weighted % 10)


def ends_in_check_digit(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it."""
    return len(digits) > 1 and is_digits(digits) and check_digit(digits[:-1]) == digits[-1]


def is_gtin(text: str) -> bool:
    """Whether the text is a GTIN-8, 12, 13 or 14 with its right check digit."""
    return len(text) in GTIN_LENGTHS and ends_in_check_digit(text)


def is_sscc(text: str) -> bool:
    """Whether the text is the 18 digits of an SSCC, check digit included."""
    return len(text) == 18 and ends_in_check_digit(text)


def gtin14(text: str) -> str:
    """A GTIN-8, 12, 13 or 14 as the 14 digits by which products are known here.

    Raises:
        Gs1Damaged: other characters than digits, another length, or a wrong check digit.
    """
    if not is_digits(text) or len(text) not in GTIN_LENGTHS:
        raise Gs1Damaged(text, ai="01", wanted="8, 12, 13 or 14 digits")
    if not ends_in_check_digit(text):
        raise Gs1Damaged(text, ai="01", position=len(text) - 1, wanted=f"check digit {check_digit(text[:-1])}")
    return text.zfill(14)


def same_code(text: str, expected_text: str) -> bool:
    """Whether two texts are one code; a GTIN may be written with 8 to 14 digits."""
    if text == expected_text:
        return True
    return is_gtin(text) and is_gtin(expected_text) and text.zfill(14) == expected_text.zfill(14)


def expand_upce(text: str) -> str:
    """The 12 digits of the UPC-A that a UPC-E stands for.

    Args:
        text: 6 digits; 7 with the number system (0 or 1) in front; 8 with the check digit behind.

    Raises:
        Gs1Damaged: it is no UPC-E, or its check digit is wrong.
    """
    if not is_digits(text) or len(text) not in (6, 7, 8):
        raise Gs1Damaged(text, wanted="6, 7 or 8 digits")
    full = text if len(text) > 6 else "0" + text
    if full[0] not in "01":
        raise Gs1Damaged(text, wanted="number system 0 or 1")
    maker_and_item, last = full[1:6], full[6]
    if last in "012":
        body = maker_and_item[:2] + last + "0000" + maker_and_item[2:]
    elif last == "3":
        body = maker_and_item[:3] + "00000" + maker_and_item[3:]
    elif last == "4":
        body = maker_and_item[:4] + "00000" + maker_and_item[4:]
    else:
        body = maker_and_item + "0000" + last
    digits = full[0] + body
    check = check_digit(digits)
    if len(full) == 8 and full[7] != check:
        raise Gs1Damaged(text, position=7, wanted=f"check digit {check}")
    return digits + check
