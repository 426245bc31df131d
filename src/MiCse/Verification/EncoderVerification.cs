using MiCse.Vectors;

namespace MiCse.Verification;

/// <summary>Checks that an embedding depends on its text alone.</summary>
internal static class EncoderVerification
{
    /// <summary>Every text alone, against all together and against all in reverse order with half of them left out.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="texts">What to encode.</param>
    /// <param name="cancellationToken">Stops within a batch.</param>
    public static VerificationCheck Batches(SentenceEncoder encoder, IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(texts);
        int[] others = [.. Enumerable.Range(0, texts.Count).Reverse().Where(index => index % 2 == 0)];
        var rows = texts.Count + others.Length;
        var (expected, found) = (new EmbeddingMatrix(rows, encoder.Dimensions), new EmbeddingMatrix(rows, encoder.Dimensions));
        var together = encoder.Encode(texts, null, cancellationToken).Embeddings;
        var reversed = encoder.Encode([.. others.Select(index => texts[index])], null, cancellationToken).Embeddings;
        for (var index = 0; index < texts.Count; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            encoder.Encode(texts[index], cancellationToken).CopyTo(expected[index]);
            together[index].CopyTo(found[index]);
        }

        for (var place = 0; place < others.Length; place++)
        {
            expected[others[place]].CopyTo(expected[texts.Count + place]);
            reversed[place].CopyTo(found[texts.Count + place]);
        }

        return EmbeddingComparison.SameBytes("alone and in batches", expected, found);
    }

    /// <summary>The same model with other numbers of threads.</summary>
    /// <param name="load">Loads the model for so many threads; disposed here.</param>
    /// <param name="threads">The numbers of threads, at least 2 of them.</param>
    /// <param name="texts">What to encode.</param>
    /// <param name="cancellationToken">Stops within a batch.</param>
    /// <exception cref="ArgumentException">Fewer than two numbers of threads.</exception>
    public static VerificationCheck Threads(
        Func<int, SentenceEncoder> load, IReadOnlyList<int> threads, IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(load);
        ArgumentNullException.ThrowIfNull(threads);
        ArgumentNullException.ThrowIfNull(texts);
        if (threads.Count < 2)
        {
            throw new ArgumentException("At least two numbers of threads are needed to compare.", nameof(threads));
        }

        var first = Encode(threads[0]);
        var checks = threads.Skip(1).Select(count => EmbeddingComparison.SameBytes(
            $"with {string.Join(", ", threads.SkipLast(1))} and {threads[^1]} threads", first, Encode(count)));
        return checks.Aggregate((worse, check) => check.MaxAbsoluteDifference > worse.MaxAbsoluteDifference || !check.Ok ? check : worse);

        EmbeddingMatrix Encode(int count)
        {
            using var encoder = load(count);
            // One text alone too: it may be computed on all threads together.
            var all = encoder.Encode(texts, null, cancellationToken).Embeddings;
            var embeddings = new EmbeddingMatrix(texts.Count + 1, encoder.Dimensions);
            all.Values.CopyTo(embeddings.Values);
            encoder.Encode(texts[^1], cancellationToken).CopyTo(embeddings[texts.Count]);
            return embeddings;
        }
    }
}
