using System.Text;
using MiCse.Tokenization.Files;
using MiCse.Tokenization.Text;

namespace MiCse.Tests.Tokenization;

/// <summary>bert-base-uncased's algorithm word for word, on lists of code points, with nothing clever in it.</summary>
internal sealed class SlowWordPiece(string[] vocabulary)
{
    public int[] Tokenize(string text) =>
        [IdOf("[CLS]"), .. SplitSpecial(text).SelectMany(part => IsSpecial(part) ? [IdOf(part)] : Words(part).SelectMany(Pieces)), IdOf("[SEP]")];

    private static IEnumerable<string> SplitSpecial(string text)
    {
        var rest = "";
        for (var index = 0; index < text.Length;)
        {
            var special = SpecialTokenNames.Bert.All.FirstOrDefault(name => text[index..].StartsWith(name, StringComparison.Ordinal));
            if (special is null)
            {
                rest += text[index++];
                continue;
            }

            yield return rest;
            yield return special;
            rest = "";
            index += special.Length;
        }

        yield return rest;
    }

    private static List<string> Words(string text)
    {
        var cleaned = text.EnumerateRunes()
            .Where(rune => !Has(rune, CodePointTraits.Removed) || rune.Value is '\t' or '\n' or '\r')
            .Select(rune => Has(rune, CodePointTraits.WhiteSpace) ? new Rune(' ') : rune);
        var spaced = cleaned.SelectMany(rune => Has(rune, CodePointTraits.Ideograph) ? [new Rune(' '), rune, new Rune(' ')] : new List<Rune> { rune });
        var plain = Ordered(spaced.SelectMany(rune => Has(rune, CodePointTraits.HasBase) ? Runes(CodePoints.BaseOf(rune.Value)) : [rune]))
            .Where(rune => !Has(rune, CodePointTraits.NonspacingMark))
            .SelectMany(rune => Has(rune, CodePointTraits.HasLowerCase) ? Runes(CodePoints.LowerCaseOf(rune.Value)) : [rune]);
        var words = new List<string> { "" };
        foreach (var rune in plain)
        {
            if (Has(rune, CodePointTraits.WhiteSpace))
            {
                words.Add("");
            }
            else if (Has(rune, CodePointTraits.Punctuation))
            {
                words.AddRange([rune.ToString(), ""]);
            }
            else
            {
                words[^1] += rune;
            }
        }

        return [.. words.Where(word => word.Length > 0)];
    }

    /// <summary>Exchanges neighbours until every run of nonstarters is ordered. Removed accents count as class 255: they only separate or not.</summary>
    private static List<Rune> Ordered(IEnumerable<Rune> runes)
    {
        var list = runes.ToList();
        for (var changed = true; changed;)
        {
            changed = false;
            for (var index = 1; index < list.Count; index++)
            {
                if (Has(list[index], CodePointTraits.Nonstarter) && ClassOf(list[index - 1]) > ClassOf(list[index]))
                {
                    (list[index - 1], list[index], changed) = (list[index], list[index - 1], true);
                }
            }
        }

        return list;

        int ClassOf(Rune rune) => !Has(rune, CodePointTraits.Nonstarter) ? 0
            : Has(rune, CodePointTraits.NonspacingMark) ? 255 : Decompositions.ClassOf(rune.Value);
    }

    private IEnumerable<int> Pieces(string word)
    {
        var characters = word.EnumerateRunes().Select(rune => rune.ToString()).ToList();
        var ids = new List<int>();
        var start = 0;
        while (characters.Count <= 100 && start < characters.Count)
        {
            var prefix = start > 0 ? "##" : "";
            var end = characters.Count;
            while (end > start && !vocabulary.Contains(prefix + string.Concat(characters[start..end])))
            {
                end--;
            }

            if (end == start)
            {
                break;
            }

            ids.Add(IdOf(prefix + string.Concat(characters[start..end])));
            start = end;
        }

        return start < characters.Count ? [IdOf("[UNK]")] : ids;
    }

    private static List<Rune> Runes(string text) => [.. text.EnumerateRunes()];

    private static bool IsSpecial(string part) => SpecialTokenNames.Bert.All.Contains(part);

    private static bool Has(Rune rune, CodePointTraits trait) => CodePoints.TraitsOf(rune.Value).HasFlag(trait);

    private int IdOf(string token) => Array.IndexOf(vocabulary, token);
}
