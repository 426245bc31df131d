"""Writes the Unicode tables of src/MiCse/Tokenization/Text: NormalFormTables.cs, CompatibilityTable.cs and CharacterClassTable.cs.

Normal forms are those of Unicode 9.0, the version that Hugging Face's tokenizers normalizes with: Python's unicodedata (14.0), restricted to the code
points that 9.0 assigned, which perl knows. Decompositions and combining classes of assigned code points never change.
Character classes are those of Unicode 16.0, which Oniguruma and Rust's regex have in tokenizers of 2025. They come from a file with a line
"code point in hexadecimal, category by its number in System.Globalization.UnicodeCategory" for every code point, as .NET 10 gives them.

    python3 tests/Reference/unicode_tables.py categories.txt
"""
import subprocess
import sys
import unicodedata as u

FOLDER = "src/MiCse/Tokenization/Text/"

ALL = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
perl = r'for my $c (0..0x10FFFF) { next if $c >= 0xD800 && $c < 0xE000; print "$c\n" if chr($c) =~ /\p{Present_In: 9.0}/ }'
PRESENT = {int(line) for line in subprocess.run(["perl", "-e", perl], capture_output=True, text=True, check=True).stdout.split()}
NAMES = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Zs Zl Zp Cc Cf Cs Co Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Cn".split()


def table(name, summary, words):
    lines, line = [f"    /// <summary>{summary}</summary>", f"    public const string {name} =", '        """'], "       "
    for word in words:
        if len(line) + 1 + len(word) > 140:
            lines.append(line)
            line = "       "
        line += " " + word
    return "\n".join([*lines, line, '        """;'])


def write(name, summary, *tables):
    with open(f"{FOLDER}{name}.cs", "w") as file:
        file.write("namespace MiCse.Tokenization.Text;\n\n")
        file.write(f"/// <summary>{summary} Written by tests/Reference/unicode_tables.py.</summary>\n")
        file.write(f"internal static class {name}\n{{\n" + "\n\n".join(tables) + "\n}\n")


def spell(first, last):
    return f"{first:X}" if first == last else f"{first:X}-{last:X}"


def ranges(value_of, codes=ALL, value_format=lambda v: f":{v}"):
    runs = []
    for c in codes:
        v = value_of(c)
        if not v:
            continue
        if runs and runs[-1][1] == c - 1 and runs[-1][2] == v:
            runs[-1][1] = c
        else:
            runs.append([c, c, v])
    return [spell(a, b) + value_format(v) for a, b, v in runs]


def mappings(compatibility):
    """first-last:target when neighbours become neighbours, first:target otherwise; "first" is left out where it follows the one before."""
    runs = []
    for c in sorted(PRESENT):
        if 0xAC00 <= c <= 0xD7A3:
            continue
        text = u.decomposition(chr(c))
        if not text or text.startswith("<") != compatibility:
            continue
        target = [int(part, 16) for part in text.split() if not part.startswith("<")]
        if runs and runs[-1][1] == c - 1 and len(target) == 1 == len(runs[-1][2]) and target[0] == runs[-1][2][0] + (c - runs[-1][0]):
            runs[-1][1] = c
        else:
            runs.append([c, c, target])
    words, after = [], None
    for first, last, target in runs:
        words.append(("" if first == last and first == after else spell(first, last)) + ":" + ".".join(f"{part:X}" for part in target))
        after = last + 1
    return words


def excluded():
    for c in sorted(PRESENT):
        text = u.decomposition(chr(c))
        if text and not text.startswith("<") and len(text.split()) == 2:
            first = int(text.split()[0], 16)
            nonstarter = u.combining(chr(c)) or u.combining(chr(first))
            if not nonstarter and u.normalize("NFC", u.normalize("NFD", chr(c))) != chr(c):
                yield c


def marks(c):
    # 1CF2 and 1CF3 became letters in Unicode 12.
    return c in PRESENT and (u.category(chr(c))[0] == "M" or c in (0x1CF2, 0x1CF3))


categories = {int(code, 16): NAMES[int(category)] for code, category, *_ in map(str.split, open(sys.argv[1]))}
WHITE_SPACE = {*range(9, 14), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000}
CIRCLED = [range(0x24B6, 0x24EA), range(0x1F130, 0x1F14A), range(0x1F150, 0x1F16A), range(0x1F170, 0x1F18A)]


def character_class(c):
    category = categories[c]
    if category[0] == "L":
        return "L"
    if category in ("Nd", "Nl"):
        return "N"
    if category == "No":
        return "O"
    if c in WHITE_SPACE:
        return "S"
    if category[0] == "M" or category == "Pc" or c in (0x200C, 0x200D) or any(c in r for r in CIRCLED):
        return "W"
    return ""


EXCLUDED = set(excluded())
write(
    "NormalFormTables", "What the canonical normal forms are made of, as Unicode 9.0 has it; code points are hexadecimal.",
    table("Canonical", "Canonical mappings, one step: first-last:target where neighbours become neighbours, else first:parts joined by dots; "
          "what follows the one before leaves its number out.", mappings(False)),
    table("Excluded", "Code points that are never composed although they decompose into two.", ranges(lambda c: c in EXCLUDED, value_format=lambda v: "")),
    table("CombiningClasses", "Canonical combining classes (decimal); 0 for all others.", ranges(lambda c: u.combining(chr(c)), sorted(PRESENT))),
    table("Marks", "Nonspacing, spacing and enclosing marks.", ranges(marks, value_format=lambda v: "")))
write(
    "CompatibilityTable", "What NFKC and NFKD replace besides, as Unicode 9.0 has it.",
    table("Mappings", "Compatibility mappings, one step, written as <see cref=\"NormalFormTables.Canonical\"/> is.", mappings(True)))
write(
    "CharacterClassTable", "What patterns of regular expressions ask for, as Unicode 16.0 has it.",
    table("Classes", r"Ranges of L: letters (\p{L}), N: decimal digits and letter numbers, O: other numbers (with N: \p{N}), S: white space (\s), "
          r"W: what else is a word character (with L and N: \w).", ranges(character_class)))
