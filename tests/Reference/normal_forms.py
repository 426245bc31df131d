"""Texts and their normal forms, by Python's unicodedata: tests/Fixtures/tokenizer/normal_forms.jsonl, and the hash of what every code point becomes.

    python3 tests/Reference/normal_forms.py tests/Fixtures/tokenizer/normal_forms.jsonl

Made with Python 3.11 (Unicode 14.0), on code points that Unicode 9.0 assigns (perl knows them): their normal forms never change.
"""
import hashlib
import json
import random
import subprocess
import sys
import unicodedata

FORMS = ["NFC", "NFD", "NFKC", "NFKD"]
PERL = r'for my $c (0..0x10FFFF) { next if $c >= 0xD800 && $c < 0xE000; print "$c\n" if chr($c) =~ /\p{Present_In: 9.0}/ }'
PRESENT = [int(line) for line in subprocess.run(["perl", "-e", PERL], capture_output=True, text=True, check=True).stdout.split()]


def forms(text):
    return {form: unicodedata.normalize(form, text) for form in FORMS}


present = set(PRESENT)
digest = hashlib.sha256()
for code in range(0x110000):
    if not 0xD800 <= code < 0xE000:
        row = forms(chr(code)) if code in present else dict.fromkeys(FORMS, chr(code))
        digest.update(("\t".join([chr(code), *row.values()]) + "\n").encode())
print(digest.hexdigest())

generator = random.Random(1)
marks = [code for code in PRESENT if unicodedata.combining(chr(code))]
composed = [code for code in PRESENT if unicodedata.decomposition(chr(code)) and not 0xAC00 <= code <= 0xD7A3]
kinds = [
    lambda: generator.choice("aeiouAOUsn cK<=>"),
    lambda: chr(generator.choice(marks)),
    lambda: chr(generator.choice(composed)),
    lambda: unicodedata.normalize("NFD", chr(generator.choice(composed))),
    lambda: chr(generator.randrange(0xAC00, 0xD7A4)),
    lambda: chr(generator.choice([*range(0x1100, 0x1113), *range(0x1161, 0x1176), *range(0x11A7, 0x11C3)])),
    lambda: chr(generator.choice(PRESENT)),
    lambda: generator.choice("\u0300\u0301\u0307\u0323\u0327\u0328\u0338\u3099\u0345"),
]
with open(sys.argv[1], "w") as file:
    for _ in range(400):
        text = "".join(generator.choice(kinds)() for _ in range(generator.randrange(1, 12)))
        file.write(json.dumps({"text": text, **forms(text)}) + "\n")
