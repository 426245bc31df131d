using MiCse.VectorData;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.VectorData;

namespace MiCse.Tests.VectorData.Conformance;

public sealed class DependencyInjectionTests : StoreFixture
{
    public static TheoryData<ServiceLifetime, object?> LifetimesAndKeys => new MatrixTheoryData<ServiceLifetime, object?>(Enum.GetValues<ServiceLifetime>(), [null, "key", 8]);

    [Theory]
    [MemberData(nameof(LifetimesAndKeys))]
    public void Store_and_collection_live_as_long_as_they_are_asked_to(ServiceLifetime lifetime, object? key)
    {
        using var provider = Services(lifetime, key).BuildServiceProvider();
        Lives<MiCseVectorStore>(provider, lifetime, key);
        Lives<VectorStore>(provider, lifetime, key);
        Lives<VectorStoreCollection<string, Article>>(provider, lifetime, key);
        Lives<IVectorSearchable<Article>>(provider, lifetime, key);
        Assert.Null(provider.GetService<IKeywordHybridSearchable<Article>>());
    }

    [Theory]
    [MemberData(nameof(LifetimesAndKeys))]
    public void What_was_registered_before_does_not_stand_in_the_way(ServiceLifetime lifetime, object? key)
    {
        using var elsewhere = new MiCseVectorStore(Folder + "-elsewhere");
        IServiceCollection services = new ServiceCollection();
        services.Add(new ServiceDescriptor(typeof(VectorStore), key, (_, _) => elsewhere, lifetime));
        services.Add(new ServiceDescriptor(typeof(VectorStoreCollection<string, Article>), key, (_, _) => elsewhere.GetCollection<string, Article>("other"), lifetime));
        using var provider = Services(lifetime, key, services).BuildServiceProvider();
        using var scope = provider.CreateScope();

        Assert.NotSame(elsewhere, Resolve<MiCseVectorStore>(scope.ServiceProvider, key));
        Assert.Equal("articles", Resolve<VectorStoreCollection<string, Article>>(scope.ServiceProvider, key).Name);
    }

    [Theory]
    [MemberData(nameof(LifetimesAndKeys))]
    public void The_embedding_generator_is_found_when_it_is_needed(ServiceLifetime lifetime, object? key)
    {
        var asked = 0;
        var services = new ServiceCollection().AddSingleton<IEmbeddingGenerator>(_ =>
        {
            asked++;
            return new BracketGenerator();
        });
        Services(lifetime, key, services);
        Assert.Equal(0, asked);
        using var provider = services.BuildServiceProvider();
        using var scope = provider.CreateScope();
        _ = Resolve<VectorStoreCollection<string, Article>>(scope.ServiceProvider, key);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task A_key_has_the_generator_of_its_own()
    {
        using var provider = new ServiceCollection()
            .AddSingleton<IEmbeddingGenerator>(new BracketGenerator(last: 1))
            .AddKeyedSingleton<IEmbeddingGenerator>("two", new BracketGenerator(last: 2))
            .AddKeyedMiCseVectorStore("one", Folder + "-1").AddKeyedMiCseVectorStore("two", Folder + "-2").BuildServiceProvider();
        foreach (var (key, last) in new[] { ("one", 1f), ("two", 2f) })
        {
            var collection = provider.GetRequiredKeyedService<VectorStore>(key).GetCollection<string, Numbered>("numbers", Definition(new VectorStoreKeyProperty("Key", typeof(string)), Vector()));
            await collection.EnsureCollectionExistsAsync(Token);
            await collection.UpsertAsync([.. new[] { 1f, 2f }.Select(z => new Numbered { Key = $"{z}", Vector = new float[] { 1, 0, z } })], Token);
            Assert.Equal($"{last}", (await collection.SearchAsync("[1, 0, 9]", 1, null, Token).SingleAsync(Token)).Record.Key);
        }
    }

    [Fact]
    public void Arguments_are_checked()
    {
        Assert.Throws<ArgumentNullException>(() => VectorStoreServices.AddMiCseVectorStore(null!, Folder));
        Assert.Throws<ArgumentNullException>(() => VectorStoreServices.AddKeyedMiCseVectorStore(null!, "key", Folder));
        Assert.Throws<ArgumentNullException>(() => VectorStoreServices.AddMiCseCollection<string, Article>(null!, "articles"));
        var services = new ServiceCollection();
        Assert.Throws<ArgumentNullException>(() => services.AddMiCseCollection<string, Article>(null!));
        Assert.Throws<ArgumentNullException>(() => services.AddKeyedMiCseCollection<string, Article>("key", null!));
        Assert.Throws<ArgumentException>(() => services.AddMiCseCollection<string, Article>(""));
        Assert.Throws<ArgumentException>(() => services.AddKeyedMiCseCollection<string, Article>("key", ""));
        Assert.Throws<ArgumentException>(() => services.AddMiCseVectorStore(""));
    }

    private static T Resolve<T>(IServiceProvider provider, object? key)
        where T : notnull => key is null ? provider.GetRequiredService<T>() : provider.GetRequiredKeyedService<T>(key);

    private static void Lives<T>(ServiceProvider provider, ServiceLifetime lifetime, object? key)
        where T : class
    {
        using var first = provider.CreateScope();
        using var second = provider.CreateScope();
        var (one, two, three) = (Resolve<T>(first.ServiceProvider, key), Resolve<T>(second.ServiceProvider, key), Resolve<T>(second.ServiceProvider, key));
        Assert.Equal((lifetime == ServiceLifetime.Singleton, lifetime != ServiceLifetime.Transient), (ReferenceEquals(one, two), ReferenceEquals(two, three)));
    }

    private IServiceCollection Services(ServiceLifetime lifetime, object? key, IServiceCollection? services = null) => key is null
        ? (services ?? new ServiceCollection()).AddMiCseVectorStore(Folder, lifetime).AddMiCseCollection<string, Article>("articles", null, lifetime)
        : (services ?? new ServiceCollection()).AddKeyedMiCseVectorStore(key, Folder, lifetime).AddKeyedMiCseCollection<string, Article>(key, "articles", null, lifetime);
}
