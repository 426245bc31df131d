namespace MiCse.Tests.Tokenization.Models;

/// <summary>The best path of a word, step by step: every place, every piece that ends there, every place it may start from.</summary>
internal sealed class SlowUnigram(IReadOnlyList<(string Piece, double Score)> pieces, int unknown, bool byteFallback)
{
    public List<int> Spell(string word)
    {
        var characters = word.EnumerateRunes().Select(rune => rune.ToString()).ToList();
        var best = new (double Sum, int Start, int Id)?[characters.Count + 1];
        best[0] = (0, 0, -1);
        for (var start = 0; start < characters.Count; start++)
        {
            var sum = best[start]!.Value.Sum;
            for (var end = start + 1; end <= characters.Count; end++)
            {
                // Of equal pieces the last counts. Starts are tried in order, so that only a better way replaces an earlier one.
                var id = IdOf(string.Concat(characters[start..end]));
                if (id >= 0)
                {
                    Reach(end, sum + pieces[id].Score, start, id);
                }
                else if (end == start + 1)
                {
                    Reach(end, sum + pieces.Min(entry => entry.Score) - 10, start, unknown);
                }
            }
        }

        return Ids(characters, best);

        void Reach(int end, double sum, int start, int id)
        {
            if (best[end] is not { } known || sum > known.Sum)
            {
                best[end] = (sum, start, id);
            }
        }
    }

    private List<int> Ids(List<string> characters, (double Sum, int Start, int Id)?[] best)
    {
        var (parts, end) = (new List<(string Text, bool IsUnknown)>(), characters.Count);
        while (end > 0)
        {
            var (_, start, id) = best[end]!.Value;
            var text = string.Concat(characters[start..end]);
            if (id == unknown && parts is [{ IsUnknown: true }, ..])
            {
                parts[0] = (text + parts[0].Text, true);
            }
            else
            {
                parts.Insert(0, (text, id == unknown));
            }

            end = start;
        }

        return [.. parts.SelectMany(part => IdsOf(part.Text))];
    }

    private List<int> IdsOf(string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text).Select(value => IdOf($"<0x{value:X2}>")).ToList();
        return IdOf(text) >= 0 ? [IdOf(text)] : byteFallback && !bytes.Contains(-1) ? bytes : [unknown];
    }

    private int IdOf(string piece)
    {
        for (var id = pieces.Count - 1; id >= 0; id--)
        {
            if (pieces[id].Piece == piece)
            {
                return id;
            }
        }

        return -1;
    }
}
