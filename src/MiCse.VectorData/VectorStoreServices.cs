using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.VectorData;

namespace MiCse.VectorData;

/// <summary>Puts a <see cref="MiCseVectorStore"/> and its collections among the services of an application.</summary>
public static class VectorStoreServices
{
    /// <summary>
    /// Adds one store for the whole application, as <see cref="VectorStore"/> and as <see cref="MiCseVectorStore"/>. Its embedding generator is the
    /// <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> of string and float that is among the services, if there is one.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="folder">The store's folder; it need not exist.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddMiCseVectorStore(this IServiceCollection services, string folder)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return services
            .AddSingleton(provider => new MiCseVectorStore(folder, provider.GetService<IEmbeddingGenerator<string, Embedding<float>>>()))
            .AddSingleton<VectorStore>(provider => provider.GetRequiredService<MiCseVectorStore>());
    }

    /// <summary>Adds a collection of the store, as <see cref="VectorStoreCollection{TKey, TRecord}"/> and <see cref="IVectorSearchable{TRecord}"/>.</summary>
    /// <typeparam name="TKey">Type of the keys.</typeparam>
    /// <typeparam name="TRecord">Type of the records.</typeparam>
    /// <param name="services">The services, which <see cref="AddMiCseVectorStore"/> has added a store to.</param>
    /// <param name="name">The collection's name.</param>
    /// <param name="definition">What the properties are; null takes their attributes.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddMiCseCollection<TKey, TRecord>(
        this IServiceCollection services, string name, VectorStoreCollectionDefinition? definition = null)
        where TKey : notnull
        where TRecord : class
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return services
            .AddSingleton(provider => provider.GetRequiredService<MiCseVectorStore>().GetCollection<TKey, TRecord>(name, definition))
            .AddSingleton<IVectorSearchable<TRecord>>(provider => provider.GetRequiredService<VectorStoreCollection<TKey, TRecord>>());
    }
}
