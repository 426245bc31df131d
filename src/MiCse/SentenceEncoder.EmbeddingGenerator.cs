using Microsoft.Extensions.AI;

namespace MiCse;

public sealed partial class SentenceEncoder : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>Encodes on the thread pool.</summary>
    /// <exception cref="NotSupportedException">Another number of dimensions than <see cref="Dimensions"/> is asked for.</exception>
    async Task<GeneratedEmbeddings<Embedding<float>>> IEmbeddingGenerator<string, Embedding<float>>.GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.Dimensions is { } dimensions && dimensions != Dimensions)
        {
            throw new NotSupportedException($"The embeddings of this model have {Dimensions} dimensions, not {dimensions}.");
        }

        IReadOnlyList<string> texts = [.. values];
        var encoded = await Task.Run(() => Encode(texts, cancellationToken: cancellationToken), cancellationToken).ConfigureAwait(false);
        var tokens = encoded.TokenCounts.Sum(count => (long)count);
        return new GeneratedEmbeddings<Embedding<float>>(
            Enumerable.Range(0, texts.Count)
                .Select(row => new Embedding<float>(encoded.Embeddings[row].ToArray()) { ModelId = ModelId }))
        {
            Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens },
        };
    }

    /// <summary>This encoder, or its <see cref="EmbeddingGeneratorMetadata"/>.</summary>
    object? IEmbeddingGenerator.GetService(Type serviceType, object? serviceKey)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("micse", null, ModelId, Dimensions)
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    private string ModelId => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Folder.Path)));
}
