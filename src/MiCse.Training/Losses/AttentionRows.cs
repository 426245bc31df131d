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

        if (sequencesPerSentence < 2 || attentionMaps[0].shape[0] % sequencesPerSentence != 0)
        {
            throw new ArgumentException(
                $"{attentionMaps[0].shape[0]} sequences are not sentences of {sequencesPerSentence} (at least 2) each.", nameof(sequencesPerSentence));
        }

        var first = ViewRows(attentionMaps, 0, sequencesPerSentence);
        var second = ViewRows(attentionMaps, 1, sequencesPerSentence);
        return new AttentionRows(first, second, first.gt(0).logical_and(second.gt(0)));
    }

    /// <summary>Only some of the rows.</summary>
    /// <param name="rows">Their indices, ascending. [kept]</param>
    public AttentionRows Keep(Tensor rows) =>
        rows.shape[0] == First.shape[0]
            ? this
            : new AttentionRows(First.index_select(0, rows), Second.index_select(0, rows), Common.index_select(0, rows));

    private static Tensor ViewRows(IReadOnlyList<Tensor> maps, int view, int sequencesPerSentence)
    {
        var (heads, queries, keys) = (maps[0].shape[1], maps[0].shape[2], maps[0].shape[3]);
        var views = maps.Select(map => map.unflatten(0, [-1, sequencesPerSentence]).select(1, view)); // [sentences, heads, query, key]
        return stack(views, 2) // [sentences, heads, layers, query, key]
            .reshape(-1, heads, maps.Count / 2, 2, queries, keys) // [sentences, heads, j, m, query, key]
            .transpose(2, 3) // [sentences, heads, m, j, query, key]
            .reshape(-1, maps.Count / 2 * queries * keys); // [sentences · heads · 2, layers/2 · tokens · tokens]
    }
}
