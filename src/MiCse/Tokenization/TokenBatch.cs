namespace MiCse.Tokenization;

/// <summary>Sequences padded to one length: ids and mask of shape [sequences, tokens], row-major.</summary>
internal sealed class TokenBatch
{
    /// <summary>Pads sequences on the right with <paramref name="padId"/>.</summary>
    /// <param name="sequences">Ids with special tokens; none empty.</param>
    /// <param name="padId">The id of the padding token.</param>
    public TokenBatch(IReadOnlyList<int[]> sequences, int padId)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        Count = sequences.Count;
        Length = sequences.Count == 0 ? 0 : sequences.Max(ids => ids.Length);
        Ids = new int[Count * Length];
        Mask = new int[Count * Length];
        for (var row = 0; row < Count; row++)
        {
            var ids = sequences[row];
            ids.CopyTo(Ids, row * Length);
            Ids.AsSpan(row * Length + ids.Length, Length - ids.Length).Fill(padId);
            Mask.AsSpan(row * Length, ids.Length).Fill(1);
        }
    }

    /// <summary>Number of sequences.</summary>
    public int Count { get; }

    /// <summary>Tokens per sequence, padding included.</summary>
    public int Length { get; }

    /// <summary>Token ids.</summary>
    public int[] Ids { get; }

    /// <summary>1 for a token, 0 for padding.</summary>
    public int[] Mask { get; }
}
