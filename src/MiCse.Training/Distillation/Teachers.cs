using MiCse.Inference;
using MiCse.Vectors;

namespace MiCse.Training.Distillation;

/// <summary>
/// One teacher, whose embeddings are taken as they are, or several: their embeddings of length 1 one after the other, so that a cosine is the mean of the teachers' cosines.
/// </summary>
internal sealed class Teachers(IReadOnlyList<SentenceEncoder> encoders)
{
    /// <summary>Length of an embedding.</summary>
    public int Dimensions { get; } = encoders.Sum(encoder => encoder.Dimensions);

    /// <summary>What they are called.</summary>
    public string Names { get; } = string.Join(", ", encoders.Select(encoder => encoder.ModelId));

    /// <summary>What their embeddings depend on.</summary>
    public string Fingerprint { get; } = string.Join(" ", encoders.Select(encoder => encoder.Fingerprint));

    /// <summary>Encodes texts.</summary>
    /// <param name="texts">Any strings.</param>
    /// <param name="progress">Told of the texts of the first teacher.</param>
    /// <param name="cancellationToken">Stops within a batch.</param>
    /// <returns>[texts, <see cref="Dimensions"/>]</returns>
    public EmbeddingMatrix Encode(IReadOnlyList<string> texts, IProgress<EncodeProgress>? progress, CancellationToken cancellationToken)
    {
        if (encoders is [var only])
        {
            return only.Encode(texts, progress, cancellationToken).Embeddings;
        }

        var all = new EmbeddingMatrix(texts.Count, Dimensions);
        var start = 0;
        foreach (var encoder in encoders)
        {
            var own = UnitRows.Of(encoder.Encode(texts, start == 0 ? progress : null, cancellationToken).Embeddings);
            for (var row = 0; row < texts.Count; row++)
            {
                own[row].CopyTo(all[row][start..]);
            }

            start += encoder.Dimensions;
        }

        return all;
    }
}
