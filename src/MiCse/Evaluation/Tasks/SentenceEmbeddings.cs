namespace MiCse.Evaluation.Tasks;

/// <summary>The embeddings that are still needed, by sentence.</summary>
internal sealed class SentenceEmbeddings
{
    private readonly Dictionary<string, float[]> _rows = new(StringComparer.Ordinal);

    /// <summary>Length of an embedding; 0 as long as there is none.</summary>
    public int Dimensions { get; private set; }

    public float[] this[string sentence] => _rows[sentence];

    /// <summary>Keeps what an encoder returned for a batch.</summary>
    /// <exception cref="InvalidOperationException">
    /// The encoder returned another number of rows, rows of another length, or a value that is not finite.
    /// </exception>
    public void Add(IReadOnlyList<string> sentences, IReadOnlyList<float[]> embeddings)
    {
        if (embeddings.Count != sentences.Count)
        {
            throw new InvalidOperationException($"The encoder returned {embeddings.Count} embeddings for {sentences.Count} sentences.");
        }

        for (var i = 0; i < sentences.Count; i++)
        {
            if (embeddings[i].AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            {
                throw new InvalidOperationException(
                    $"The encoder returned an embedding with a value that is not finite for the sentence \"{sentences[i]}\".");
            }

            if (Dimensions != 0 && embeddings[i].Length != Dimensions)
            {
                throw new InvalidOperationException($"The encoder returned embeddings of {Dimensions} and of {embeddings[i].Length} numbers.");
            }

            Dimensions = embeddings[i].Length;
            _rows[sentences[i]] = embeddings[i];
        }
    }

    /// <summary>Forgets embeddings.</summary>
    public void Remove(IEnumerable<string> sentences)
    {
        foreach (var sentence in sentences)
        {
            _rows.Remove(sentence);
        }
    }
}
