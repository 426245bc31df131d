using System.Text;

namespace MiCse.TokenizerParity;

/// <summary>Random strings that hurt tokenizers: each is a few runs, each run of one alphabet.</summary>
/// <param name="seed">Seed.</param>
/// <param name="added">Spellings of the tokens that are looked for in the text.</param>
internal sealed class RandomStrings(int seed, IReadOnlyList<string> added)
{
    private static readonly string[] Words =
        ["the", "Hello", "world", "don't", "I'LL", "we've", "naïve", "Straße", "ŒUVRE", "привет", "Мир", "Ελληνικά", "ΣΊΣΥΦΟΣ", "שָׁלוֹם", "السَّلامُ", "हिन्दी",
         "ภาษาไทย", "中文", "日本語", "カタカナ", "ｶﾞｷﾞ", "한국어", "İstanbul", "ǅ", "ﬁnal", "①②", "½", "١٢٣", "१२३", "…", "``", "''", "“quoted”", "e-mail", "x_y"];

    private static readonly string[] Emoji = ["😀", "👩\u200D👩\u200D👧", "🏳️\u200D🌈", "👍🏽", "🇩🇪", "🇩", "☺️", "☺", "🧑🏿\u200D🚀", "#️⃣", "❤\uFE0F", "\u200D", "\uFE0F"];
    private static readonly string[] Marks = ["\u0300", "\u0301", "\u0308", "\u0327", "\u0316", "\u0345", "\u05B4", "\u0651", "\u093C", "\u094D", "\u0E33", "\u0EB3", "\u302E", "\u1D165", "\u20DD", "\u0903", "\u1AB0", "\U0001D165", "\U0001D16D"];
    private static readonly string[] Spaces = [" ", " ", " ", "  ", "\t", "\n", "\r\n", "\r", "\u00A0", "\u2003", "\u3000", "\u200B", "\u2028", "\u0085", "\u2581", "\u1680", "\u180E", "\uFEFF", "\u000B"];
    private static readonly string[] Punctuation = [".", ",", "!", "?", "'", "\"", "-", "—", "(", ")", "[", "]", "{", "}", "<", ">", "|", "&", "%", "$", "€", "+", "=", "~", "^", "`", "´", "¨", "¿", "。", "、", "「", "﹏", "／", "·", "‧"];
    private static readonly (int First, int Last)[] Blocks =
        [(0x00, 0x7F), (0x80, 0x24F), (0x250, 0x36F), (0x370, 0x5FF), (0x600, 0x8FF), (0x900, 0xDFF), (0xE00, 0x109F), (0x1100, 0x11FF), (0x1E00, 0x20CF), (0x2100, 0x2BFF),
         (0x2E80, 0x33FF), (0x4E00, 0x9FFF), (0xA640, 0xABFF), (0xAC00, 0xD7FF), (0xF900, 0xFFFF), (0x10000, 0x11FFF), (0x1B000, 0x1D7FF), (0x1E000, 0x1FAFF), (0x20000, 0x2FA1F), (0xE0000, 0xE01EF)];

    private readonly Random _random = new(seed);

    /// <summary>The next string.</summary>
    public string Next()
    {
        var text = new StringBuilder();
        for (var runs = _random.Next(1, 7); runs > 0; runs--)
        {
            AppendRun(text);
        }

        return text.ToString();
    }

    private void AppendRun(StringBuilder text)
    {
        var length = _random.Next(200) == 0 ? _random.Next(50, 400) : _random.Next(1, 8);
        switch (_random.Next(13))
        {
            case 0 or 1 or 2:
                Repeat(length, () => text.Append(Pick(Words)).Append(_random.Next(4) == 0 ? "" : " "));
                break;
            case 3:
                Repeat(length, () => text.Append(Pick(Emoji)));
                break;
            case 4:
                Repeat(length, () => text.Append(_random.Next(3) == 0 ? CharacterOf(Pick(Blocks)) : "aeoAnkか"[_random.Next(7)].ToString()).Append(Pick(Marks)));
                break;
            case 5:
                Repeat(Math.Min(length, 12), () => text.Append(Pick(Spaces)));
                break;
            case 6:
                Repeat(length, () => text.Append(Pick(Punctuation)).Append(_random.Next(3) == 0 ? Pick(Words) : ""));
                break;
            case 7:
                Repeat(length, () => text.Append((char)_random.Next(0x1100, 0x1200)));
                break;
            case 8 when added.Count > 0:
                text.Append(Pick(Spaces)[..1]).Append(_random.Next(4) == 0 ? Pick(added).ToUpperInvariant() : Pick(added)).Append(_random.Next(2) == 0 ? Pick(Spaces) : Pick(Words));
                break;
            case 9:
                // Bytes at random, read as UTF-8.
                var bytes = new byte[length];
                _random.NextBytes(bytes);
                text.Append(Encoding.UTF8.GetString(bytes));
                break;
            case 10:
                var one = CharacterOf(Pick(Blocks));
                Repeat(length, () => text.Append(one));
                break;
            case 11:
                Repeat(length, () => text.Append((char)_random.Next('0', 'z' + 1)));
                break;
            default:
                var block = Pick(Blocks);
                Repeat(length, () => text.Append(CharacterOf(block)));
                break;
        }
    }

    private static void Repeat(int count, Action append)
    {
        for (var number = 0; number < count; number++)
        {
            append();
        }
    }

    private T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    private string CharacterOf((int First, int Last) block)
    {
        var codePoint = _random.Next(block.First, block.Last + 1);
        return Rune.IsValid(codePoint) && codePoint != 0 ? new Rune(codePoint).ToString() : " ";
    }
}
