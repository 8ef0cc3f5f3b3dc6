"""Compares normal forms from Swift with Python's. Each line is `text;normal form`, with scalars in hexadecimal."""
import sys
import unicodedata


def text(digits):
    return "".join(chr(int(scalar, 16)) for scalar in digits.split())


with open(sys.argv[1], encoding="utf-8") as file:
    wrong = [line for line in file if unicodedata.normalize("NFC", text(line.split(";")[0])) != text(line.split(";")[1])]
sys.exit(f"{len(wrong)} differ, for example {wrong[0]}" if wrong else 0)
