namespace MiCse.Data.Corpora;

/// <summary>
/// The stretches of a text between brackets and between double quotes, as far as these are closed in the same paragraph. Found in one pass.
/// </summary>
internal sealed class Enclosures
{
    private const string Opening = "([“«";
    private const string Closing = ")]”»";

    /// <summary>By place between characters: first how many stretches begin there less those that end, then how many there are.</summary>
    private readonly int[] _depth;
    private readonly int _longest;

    /// <param name="text">The text.</param>
    /// <param name="longest">An opening mark whose closing one is farther away was never closed.</param>
    public Enclosures(string text, int longest)
    {
        _depth = new int[text.Length + 2];
        _longest = longest;
        Stack<int>[] open = [.. Opening.Select(_ => new Stack<int>())];
        var openQuote = -1;
        var lineBreaks = 0;
        for (var position = 0; position < text.Length; position++)
        {
            var character = text[position];
            lineBreaks = !char.IsWhiteSpace(character) ? 0 : character == '\n' ? lineBreaks + 1 : lineBreaks;
            if (lineBreaks == 2)
            {
                Array.ForEach(open, positions => positions.Clear());
                openQuote = -1;
            }
            else if (character == '"')
            {
                openQuote = Quote(text, position, openQuote);
            }
            else if (Opening.IndexOf(character, StringComparison.Ordinal) is >= 0 and var kind)
            {
                open[kind].Push(position);
            }
            else if (Closing.IndexOf(character, StringComparison.Ordinal) is >= 0 and var closed && open[closed].TryPop(out var start))
            {
                Enclose(start, position);
            }
        }

        for (var place = 1; place < _depth.Length; place++)
        {
            _depth[place] += _depth[place - 1];
        }
    }

    /// <summary>Whether the place before a character lies within a pair of marks.</summary>
    public bool Contain(int place) => _depth[place] > 0;

    // The same mark opens and closes: the blanks beside it tell which. One that could do both closes what is open.
    private int Quote(string text, int position, int open)
    {
        var afterBlank = position == 0 || char.IsWhiteSpace(text[position - 1]) || Opening.Contains(text[position - 1]);
        var beforeBlank = position + 1 == text.Length || char.IsWhiteSpace(text[position + 1]);
        if (open >= 0 && !afterBlank && position - open <= _longest)
        {
            Enclose(open, position);
            return -1;
        }

        return afterBlank && !beforeBlank ? position : open;
    }

    private void Enclose(int start, int end)
    {
        if (end - start <= _longest)
        {
            _depth[start + 1]++;
            _depth[end + 1]--;
        }
    }
}
