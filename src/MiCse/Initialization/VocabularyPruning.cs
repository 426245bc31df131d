using MiCse.Tokenization;
using MiCse.Tokenization.Files;

namespace MiCse.Initialization;

/// <summary>
/// A tokenizer without the pieces that some texts do not need. Every text whose ids are among the kept pieces has the same pieces as before; any other is spelled with
/// those that are left. Added tokens, tokens with a role and single characters always stay, so that words remain spellable.
/// </summary>
internal sealed class VocabularyPruning
{
    private VocabularyPruning(Tokenizer tokenizer, IReadOnlyList<int> kept, IReadOnlyList<long> occurrences) => (Tokenizer, Kept, Occurrences) = (tokenizer, kept, occurrences);

    /// <summary>The tokenizer with the kept pieces, numbered anew in their old order.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The old id of each new one, ascending.</summary>
    public IReadOnlyList<int> Kept { get; }

    /// <summary>How often each new id occurs in the texts; special tokens do not count.</summary>
    public IReadOnlyList<long> Occurrences { get; }

    /// <summary>Counts the pieces of texts and leaves out those that occur least.</summary>
    /// <param name="tokenizer">The tokenizer to prune.</param>
    /// <param name="texts">The texts, enumerated once.</param>
    /// <param name="size">Pieces to keep at most; null keeps all that occur.</param>
    /// <param name="progress">Told the number of texts read.</param>
    /// <param name="cancellationToken">Looked at at every text.</param>
    /// <exception cref="ArgumentException">The pieces that always stay are more than <paramref name="size"/>, or the model is of a kind that cannot be pruned.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static VocabularyPruning Of(
        Tokenizer tokenizer, IEnumerable<string> texts, int? size = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(texts);
        var counts = new long[tokenizer.VocabularySize];
        var done = 0L;
        foreach (var text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var id in tokenizer.Tokenize(text).Ids)
            {
                counts[id]++;
            }

            progress?.Report(++done);
        }

        return Of(tokenizer, counts, size);
    }

    /// <summary>Keeps the pieces that occur most.</summary>
    /// <param name="tokenizer">The tokenizer to prune.</param>
    /// <param name="counts">How often each id occurs.</param>
    /// <param name="size">Pieces to keep at most; null keeps all that occur.</param>
    /// <exception cref="ArgumentException">As for the other.</exception>
    public static VocabularyPruning Of(Tokenizer tokenizer, IReadOnlyList<long> counts, int? size)
    {
        var pieces = PrunableModel.Of(tokenizer.Parts.Model);
        var kept = new SortedSet<int>(tokenizer.Parts.AddedTokens.Select(token => token.Id).Concat(tokenizer.Parts.Names.All.Select(tokenizer.Parts.IdOf)));
        kept.UnionWith(pieces.Essential);
        if (kept.Count > size)
        {
            throw new ArgumentException($"A vocabulary of {size} pieces is too small: {kept.Count} always stay (added tokens, and single characters with which words are spelled).", nameof(size));
        }

        foreach (var id in Enumerable.Range(0, counts.Count).Where(id => counts[id] > 0).OrderByDescending(id => counts[id]))
        {
            var needed = pieces.Needed(id, kept);
            if (size is { } most && kept.Count + needed.Count > most)
            {
                continue;
            }

            kept.UnionWith(needed);
        }

        int[] old = [.. kept];
        var pruned = new Tokenizer(Renumbered(tokenizer.Parts, old, pieces));
        var special = pruned.SpecialTokens;
        return new VocabularyPruning(pruned, old, [.. old.Select((id, index) => index == special.Start || index == special.End ? 0 : counts[id])]);
    }

    private static TokenizerParts Renumbered(TokenizerParts parts, int[] kept, PrunableModel pieces)
    {
        var numbers = kept.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        var tokens = kept.Select(id => id < parts.Model.Tokens.Count ? parts.Model.Tokens[id] : null).ToList();
        while (tokens.Count > 0 && tokens[^1] is null)
        {
            tokens.RemoveAt(tokens.Count - 1); // Added tokens beyond the model's vocabulary.
        }

        return parts with
        {
            Model = pieces.With(tokens),
            AddedTokens = [.. parts.AddedTokens.Select(token => token with { Id = numbers[token.Id] })],
            PostProcessor = parts.PostProcessor.WithIds(id => numbers[id]),
        };
    }
}
