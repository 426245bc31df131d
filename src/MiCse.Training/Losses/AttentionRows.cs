using static TorchSharp.torch;

namespace MiCse.Training.Losses;

/// <summary>
/// The attention probabilities of two views as pairs of rows. The selected layers are numbered 2j + m: a row holds one sentence,
/// one head and one parity m; its columns are all (j, query, key).
/// </summary>
/// <param name="First">Rows of the first views. [sentences · heads · 2, layers/2 · tokens · tokens]</param>
/// <param name="Second">Rows of the second views, laid out alike.</param>
/// <param name="Common">Where both views are above zero: neither padded nor dropped.</param>
internal sealed record AttentionRows(Tensor First, Tensor Second, Tensor Common)
{
    /// <param name="attentionMaps">One per layer, each [sequences, heads, query, key]; their number is even.</param>
    /// <param name="sequencesPerSentence">
    /// The sequences of one sentence are neighbours: first view, second view and, if there are three, a hard negative, which is left out.
    /// </param>
    /// <exception cref="ArgumentException">An odd number of layers, or sequences that do not divide into sentences.</exception>
    public static AttentionRows From(IReadOnlyList<Tensor> attentionMaps, int sequencesPerSentence)
    {
        if (attentionMaps.Count == 0 || attentionMaps.Count % 2 != 0)
        {
            throw new ArgumentException(
                $"Attention mutual information needs an even number of layers, not {attentionMaps.Count}.", nameof(attentionMaps));
        }

        return From(attentionMaps, 2, sequencesPerSentence);
    }

    /// <summary>The rows of one layer alone: [sentences · heads, tokens · tokens].</summary>
    /// <inheritdoc cref="From(IReadOnlyList{Tensor}, int)"/>
    public static AttentionRows OfLayer(Tensor attentionMap, int sequencesPerSentence) => From([attentionMap], 1, sequencesPerSentence);

    /// <summary>Only some of the rows.</summary>
    /// <param name="rows">Their indices, ascending. [kept]</param>
    public AttentionRows Keep(Tensor rows) =>
        rows.shape[0] == First.shape[0]
            ? this
            : new AttentionRows(First.index_select(0, rows), Second.index_select(0, rows), Common.index_select(0, rows));

    private static AttentionRows From(IReadOnlyList<Tensor> maps, int parities, int sequencesPerSentence)
    {
        if (sequencesPerSentence < 2 || maps[0].shape[0] % sequencesPerSentence != 0)
        {
            throw new ArgumentException(
                $"{maps[0].shape[0]} sequences are not sentences of {sequencesPerSentence} (at least 2) each.", nameof(sequencesPerSentence));
        }

        var first = ViewRows(maps, 0, parities, sequencesPerSentence);
        var second = ViewRows(maps, 1, parities, sequencesPerSentence);
        return new AttentionRows(first, second, first.gt(0).logical_and(second.gt(0)));
    }

    private static Tensor ViewRows(IReadOnlyList<Tensor> maps, int view, int parities, int sequencesPerSentence)
    {
        var (heads, queries, keys) = (maps[0].shape[1], maps[0].shape[2], maps[0].shape[3]);
        var views = maps.Select(map => map.unflatten(0, [-1, sequencesPerSentence]).select(1, view)); // [sentences, heads, query, key]
        return stack(views, 2) // [sentences, heads, layers, query, key]
            .reshape(-1, heads, maps.Count / parities, parities, queries, keys) // [sentences, heads, j, m, query, key]
            .transpose(2, 3) // [sentences, heads, m, j, query, key]
            .reshape(-1, maps.Count / parities * queries * keys); // [sentences · heads · parities, layers/parities · tokens · tokens]
    }
}
