namespace MiCse.Tokenization.Templates;

/// <summary>A token that a template puts into sequences.</summary>
/// <param name="Content">Its spelling.</param>
/// <param name="Id">Its id.</param>
internal sealed record SpecialToken(string Content, int Id)
{
    /// <summary>The same in a vocabulary whose ids are numbered anew.</summary>
    public SpecialToken WithId(Func<int, int> newId) => this with { Id = newId(Id) };
}

/// <summary>A part of a template: a special token, or the place of a text.</summary>
/// <param name="Token">The special token; null for a text.</param>
/// <param name="IsSecond">Whether the text is the second of a pair.</param>
/// <param name="TypeId">The token type of all ids of the part.</param>
internal sealed record TemplatePart(SpecialToken? Token, bool IsSecond, int TypeId);

/// <summary>The last stage of a tokenizer: which special tokens surround one text, and two. Immutable and thread-safe.</summary>
internal sealed class SequenceTemplate
{
    private readonly TemplatePart[] _single;
    private readonly TemplatePart[] _pair;

    /// <param name="single">A sequence of one text, which stands in it once.</param>
    /// <param name="pair">A sequence of two texts, each of which stands in it once.</param>
    public SequenceTemplate(IReadOnlyList<TemplatePart> single, IReadOnlyList<TemplatePart> pair)
    {
        (_single, _pair) = ([.. single], [.. pair]);
        (SingleAdded, PairAdded) = (single.Count - 1, pair.Count - 2);
    }

    /// <summary>A sequence of one text.</summary>
    public IReadOnlyList<TemplatePart> Single => _single;

    /// <summary>A sequence of two texts.</summary>
    public IReadOnlyList<TemplatePart> Pair => _pair;

    /// <summary>How many special tokens one text gets.</summary>
    public int SingleAdded { get; }

    /// <summary>How many special tokens two texts get.</summary>
    public int PairAdded { get; }

    /// <summary>The special token that one text starts with; null when there is none.</summary>
    public SpecialToken? Start => _single[0].Token;

    /// <summary>The special token that one text ends with; null when there is none.</summary>
    public SpecialToken? End => _single[^1].Token;

    /// <summary>A alone, and A B: no special tokens.</summary>
    public static SequenceTemplate Plain => new([Text()], [Text(), Text(second: true, typeId: 1)]);

    /// <summary>BERT's: start A end, and start A end B end with a token type of its own for the second text.</summary>
    public static SequenceTemplate Bert(SpecialToken start, SpecialToken end) => new(
        [Of(start), Text(), Of(end)],
        [Of(start), Text(), Of(end), Text(second: true, typeId: 1), Of(end, typeId: 1)]);

    /// <summary>RoBERTa's: start A end, and start A end end B end, all of one token type.</summary>
    public static SequenceTemplate Roberta(SpecialToken start, SpecialToken end) => new(
        [Of(start), Text(), Of(end)],
        [Of(start), Text(), Of(end), Of(end), Text(second: true), Of(end)]);

    /// <summary>Whether both give the same sequences.</summary>
    public bool IsSame(SequenceTemplate other) => Single.SequenceEqual(other.Single) && Pair.SequenceEqual(other.Pair);

    /// <summary>The sequence of one text.</summary>
    public int[] Build(ReadOnlySpan<int> text)
    {
        var ids = new int[SingleAdded + text.Length];
        Fill(_single, text, default, ids, default);
        return ids;
    }

    /// <summary>The sequence of two texts, and the token types of its ids.</summary>
    public (int[] Ids, int[] TypeIds) Build(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        var ids = new int[PairAdded + first.Length + second.Length];
        var types = new int[ids.Length];
        Fill(_pair, first, second, ids, types);
        return (ids, types);
    }

    /// <summary>Writes the ids, and the types where there is room for them.</summary>
    private static void Fill(TemplatePart[] parts, ReadOnlySpan<int> first, ReadOnlySpan<int> second, Span<int> ids, Span<int> types)
    {
        var position = 0;
        foreach (var part in parts)
        {
            var start = position;
            if (part.Token is { } token)
            {
                ids[position++] = token.Id;
            }
            else
            {
                var text = part.IsSecond ? second : first;
                text.CopyTo(ids[position..]);
                position += text.Length;
            }

            if (!types.IsEmpty)
            {
                types[start..position].Fill(part.TypeId);
            }
        }
    }

    private static TemplatePart Of(SpecialToken token, int typeId = 0) => new(token, false, typeId);

    private static TemplatePart Text(bool second = false, int typeId = 0) => new(null, second, typeId);
}
