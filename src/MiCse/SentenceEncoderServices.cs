using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace MiCse;

/// <summary>Puts a <see cref="SentenceEncoder"/> among the services of an application.</summary>
public static class SentenceEncoderServices
{
    /// <summary>
    /// Adds one encoder for the whole application, as <see cref="SentenceEncoder"/>, as <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> of string and
    /// float, and as <see cref="IEmbeddingGenerator"/>. It is loaded when it is first asked for, while that thread waits, and disposed with the services.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="model">A folder, the built-in model, or the id of a model on the Hugging Face Hub, as <see cref="ModelSource"/> takes it.</param>
    /// <param name="options">How it runs; null for the defaults.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddMiCse(
        this IServiceCollection services, string model = ModelSource.BuiltIn, SentenceEncoderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(model);
        return services
            .AddSingleton(_ => SentenceEncoder.Load(model, options))
            .AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(provider => provider.GetRequiredService<SentenceEncoder>())
            .AddSingleton<IEmbeddingGenerator>(provider => provider.GetRequiredService<SentenceEncoder>());
    }

    /// <summary>The same under a key, for an application of several models.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The key.</param>
    /// <param name="model">A folder, the built-in model, or the id of a model on the Hugging Face Hub, as <see cref="ModelSource"/> takes it.</param>
    /// <param name="options">How it runs; null for the defaults.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddKeyedMiCse(
        this IServiceCollection services, object? serviceKey, string model = ModelSource.BuiltIn, SentenceEncoderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(model);
        return services
            .AddKeyedSingleton(serviceKey, (_, _) => SentenceEncoder.Load(model, options))
            .AddKeyedSingleton<IEmbeddingGenerator<string, Embedding<float>>>(
                serviceKey, (provider, key) => provider.GetRequiredKeyedService<SentenceEncoder>(key))
            .AddKeyedSingleton<IEmbeddingGenerator>(serviceKey, (provider, key) => provider.GetRequiredKeyedService<SentenceEncoder>(key));
    }
}
