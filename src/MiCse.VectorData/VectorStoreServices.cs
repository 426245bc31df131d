using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.VectorData;

namespace MiCse.VectorData;

/// <summary>Puts a <see cref="MiCseVectorStore"/> and its collections among the services of an application.</summary>
public static class VectorStoreServices
{
    /// <summary>
    /// Adds a store, as <see cref="VectorStore"/> and as <see cref="MiCseVectorStore"/>. Its embedding generator is the one that is among the services, if
    /// there is one: <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> of string and float, else <see cref="IEmbeddingGenerator"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="folder">The store's folder; it need not exist.</param>
    /// <param name="lifetime">How long a store lives. The default is one for the whole application, in which writers wait for each other.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddMiCseVectorStore(
        this IServiceCollection services, string folder, ServiceLifetime lifetime = ServiceLifetime.Singleton) =>
        AddKeyedMiCseVectorStore(services, null, folder, lifetime);

    /// <summary>The same under a key, for an application of several stores; its embedding generator is the one under that key, else the one without.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The key; null for none.</param>
    /// <param name="folder">The store's folder; it need not exist.</param>
    /// <param name="lifetime">How long a store lives; the default is as long as the application.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddKeyedMiCseVectorStore(
        this IServiceCollection services, object? serviceKey, string folder, ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        services.Add(Describe(serviceKey, lifetime, (provider, key) => new MiCseVectorStore(folder, Generator(provider, key))));
        services.Add(Describe<VectorStore>(serviceKey, lifetime, Required<MiCseVectorStore>));
        return services;
    }

    /// <summary>Adds a collection of the store, as <see cref="VectorStoreCollection{TKey, TRecord}"/> and <see cref="IVectorSearchable{TRecord}"/>.</summary>
    /// <typeparam name="TKey">Type of the keys.</typeparam>
    /// <typeparam name="TRecord">Type of the records.</typeparam>
    /// <param name="services">The services, which <see cref="AddMiCseVectorStore"/> has added a store to.</param>
    /// <param name="name">The collection's name.</param>
    /// <param name="definition">What the properties are; null takes their attributes.</param>
    /// <param name="lifetime">How long a collection lives, no longer than its store; the default is as long as the application.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddMiCseCollection<TKey, TRecord>(
        this IServiceCollection services,
        string name,
        VectorStoreCollectionDefinition? definition = null,
        ServiceLifetime lifetime = ServiceLifetime.Singleton)
        where TKey : notnull
        where TRecord : class => AddKeyedMiCseCollection<TKey, TRecord>(services, null, name, definition, lifetime);

    /// <summary>The same under the key of its store.</summary>
    /// <typeparam name="TKey">Type of the keys.</typeparam>
    /// <typeparam name="TRecord">Type of the records.</typeparam>
    /// <param name="services">The services, which <see cref="AddKeyedMiCseVectorStore"/> has added a store to.</param>
    /// <param name="serviceKey">The key; null for none.</param>
    /// <param name="name">The collection's name.</param>
    /// <param name="definition">What the properties are; null takes their attributes.</param>
    /// <param name="lifetime">How long a collection lives, no longer than its store; the default is as long as the application.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddKeyedMiCseCollection<TKey, TRecord>(
        this IServiceCollection services,
        object? serviceKey,
        string name,
        VectorStoreCollectionDefinition? definition = null,
        ServiceLifetime lifetime = ServiceLifetime.Singleton)
        where TKey : notnull
        where TRecord : class
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        services.Add(Describe(serviceKey, lifetime, (provider, key) => Required<MiCseVectorStore>(provider, key).GetCollection<TKey, TRecord>(name, definition)));
        services.Add(Describe<IVectorSearchable<TRecord>>(serviceKey, lifetime, Required<VectorStoreCollection<TKey, TRecord>>));
        return services;
    }

    private static ServiceDescriptor Describe<T>(object? serviceKey, ServiceLifetime lifetime, Func<IServiceProvider, object?, T> create)
        where T : class => serviceKey is null
        ? new ServiceDescriptor(typeof(T), provider => create(provider, null), lifetime)
        : new ServiceDescriptor(typeof(T), serviceKey, (provider, key) => create(provider, key), lifetime);

    private static T Required<T>(IServiceProvider provider, object? serviceKey)
        where T : notnull => serviceKey is null ? provider.GetRequiredService<T>() : provider.GetRequiredKeyedService<T>(serviceKey);

    private static IEmbeddingGenerator? Generator(IServiceProvider provider, object? serviceKey)
    {
        var keyed = serviceKey is null ? null
            : provider.GetKeyedService<IEmbeddingGenerator<string, Embedding<float>>>(serviceKey) ?? provider.GetKeyedService<IEmbeddingGenerator>(serviceKey);
        return keyed ?? provider.GetService<IEmbeddingGenerator<string, Embedding<float>>>() ?? provider.GetService<IEmbeddingGenerator>();
    }
}
