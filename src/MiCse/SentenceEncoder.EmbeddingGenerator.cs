using Microsoft.Extensions.AI;

namespace MiCse;

public sealed partial class SentenceEncoder : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>Under this name, <see cref="GeneratedEmbeddings{TEmbedding}.AdditionalProperties"/> has the numbers of the texts that were cut, counted from 0, where some were.</summary>
    public const string TruncatedProperty = "truncated";

    /// <summary>The embeddings of texts, in their order. No thread waits for them.</summary>
    /// <exception cref="NotSupportedException">Another number of dimensions than <see cref="Dimensions"/> is asked for.</exception>
    async Task<GeneratedEmbeddings<Embedding<float>>> IEmbeddingGenerator<string, Embedding<float>>.GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.Dimensions is { } dimensions && dimensions != Dimensions)
        {
            throw new NotSupportedException(
                $"The embeddings of {ModelId} have {Dimensions} dimensions, not {dimensions}; leave EmbeddingGenerationOptions.Dimensions out, or take another model.");
        }

        IReadOnlyList<string> texts = [.. values];
        var encoded = await EncodeAsync(texts, cancellationToken: cancellationToken).ConfigureAwait(false);
        var tokens = encoded.TokenCounts.Sum(count => (long)count);
        var createdAt = _time?.GetUtcNow();
        return new GeneratedEmbeddings<Embedding<float>>(Enumerable.Range(0, texts.Count).Select(
            row => new Embedding<float>(encoded.Embeddings[row].ToArray()) { ModelId = ModelId, CreatedAt = createdAt }))
        {
            Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens },
            AdditionalProperties = encoded.TruncatedCount == 0 ? null : new() { [TruncatedProperty] = Enumerable.Range(0, texts.Count).Where(row => encoded.Truncated[row]).ToArray() },
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
}
