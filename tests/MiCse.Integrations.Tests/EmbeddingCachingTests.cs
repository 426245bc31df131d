using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MiCse.Extensions.AI;

namespace MiCse.Integrations.Tests;

public sealed class EmbeddingCachingTests
{
    private readonly MemoryDistributedCache _cache = new(Options.Create(new MemoryDistributedCacheOptions()));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_model_never_gets_the_vectors_of_the_first()
    {
        using var first = SentenceEncoder.Load(ModelSource.BuiltIn);
        using var second = SentenceEncoder.Load(ModelSource.BuiltIn, new SentenceEncoderOptions { Pooling = MiCse.Models.Pooling.Max });
        var plain = (One: Cached(first, builder => builder.UseDistributedCache(_cache)), Two: Cached(second, builder => builder.UseDistributedCache(_cache)));
        var keyed = (One: Cached(first, builder => builder.UseMiCseCache(_cache)), Two: Cached(second, builder => builder.UseMiCseCache(_cache)));

        // What Microsoft's own cache does, which this is for.
        var old = await Vector(plain.One, "text");
        Assert.Equal(old, await Vector(plain.Two, "text"));

        Assert.Equal(first.Encode("text", Token), await Vector(keyed.One, "text"));
        Assert.Equal(second.Encode("text", Token), await Vector(keyed.Two, "text"));
        Assert.Equal(second.Encode("text", Token), await Vector(keyed.Two, "text"));
    }

    [Fact]
    public async Task A_text_is_encoded_once()
    {
        using var encoder = SentenceEncoder.Load(ModelSource.BuiltIn);
        var asked = 0;
        using var generator = encoder.AsBuilder().UseMiCseCache(_cache).Use((texts, options, inner, cancellation) =>
        {
            asked++;
            return inner.GenerateAsync(texts, options, cancellation);
        }).Build();
        await generator.GenerateAsync(["one", "two"], null, Token);
        await generator.GenerateAsync(["two", "one"], null, Token);
        Assert.Equal(1, asked);
        await generator.GenerateAsync(["three"], null, Token);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task The_cache_may_come_from_the_services_and_be_set_up()
    {
        DistributedCachingEmbeddingGenerator<string, Embedding<float>>? set = null;
        var services = new ServiceCollection().AddSingleton<IDistributedCache>(_cache).AddMiCse();
        services.AddEmbeddingGenerator(provider => provider.GetRequiredService<SentenceEncoder>()).UseMiCseCache(configure: cache =>
        {
            cache.CacheKeyAdditionalValues = ["tenant"];
            set = cache;
        });
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>().GenerateVectorAsync("text", cancellationToken: Token);
        Assert.Equal(["tenant", provider.GetRequiredService<SentenceEncoder>().Fingerprint], set!.CacheKeyAdditionalValues!);
    }

    [Fact]
    public void Without_a_model_to_tell_it_is_refused()
    {
        using var nobody = new Nobody();
        Assert.Contains("No SentenceEncoder stands behind", Assert.Throws<InvalidOperationException>(() => Cached(nobody, builder => builder.UseMiCseCache(_cache))).Message, StringComparison.Ordinal);
    }

    private static IEmbeddingGenerator<string, Embedding<float>> Cached(
        IEmbeddingGenerator<string, Embedding<float>> generator, Action<EmbeddingGeneratorBuilder<string, Embedding<float>>> cache)
    {
        var builder = generator.AsBuilder();
        cache(builder);
        return builder.Build();
    }

    private static async Task<float[]> Vector(IEmbeddingGenerator<string, Embedding<float>> generator, string text) =>
        (await generator.GenerateVectorAsync(text, cancellationToken: Token)).ToArray();

    private sealed class Nobody : IEmbeddingGenerator<string, Embedding<float>>
    {
        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
