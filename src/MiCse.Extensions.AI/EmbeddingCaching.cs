using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace MiCse.Extensions.AI;

/// <summary>Caches of embeddings that tell models apart.</summary>
public static class EmbeddingCaching
{
    /// <summary>
    /// Keeps embeddings in a cache, under keys of the text, the options and <see cref="SentenceEncoder.Fingerprint"/>. The keys of
    /// <c>UseDistributedCache</c> alone have no model in them, so that after a change of the model the vectors of the old one would come back.
    /// </summary>
    /// <param name="builder">A pipeline that ends in a <see cref="SentenceEncoder"/>.</param>
    /// <param name="storage">The cache; null takes the <see cref="IDistributedCache"/> among the services.</param>
    /// <param name="configure">Sets what else the cache has to set; null for nothing.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="InvalidOperationException">When it is built: no <see cref="SentenceEncoder"/> stands behind it, or there is no cache.</exception>
    public static EmbeddingGeneratorBuilder<string, Embedding<float>> UseMiCseCache(
        this EmbeddingGeneratorBuilder<string, Embedding<float>> builder,
        IDistributedCache? storage = null,
        Action<DistributedCachingEmbeddingGenerator<string, Embedding<float>>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Use((generator, services) =>
        {
            var encoder = generator.GetService<SentenceEncoder>()
                ?? throw new InvalidOperationException($"No {nameof(SentenceEncoder)} stands behind this generator, so that a cache could not tell its model from another.");
            var cache = new DistributedCachingEmbeddingGenerator<string, Embedding<float>>(generator, storage ?? services.GetRequiredService<IDistributedCache>());
            configure?.Invoke(cache);
            cache.CacheKeyAdditionalValues = [.. cache.CacheKeyAdditionalValues ?? [], encoder.Fingerprint];
            return cache;
        });
    }
}
