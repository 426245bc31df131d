using MiCse.Files;
using MiCse.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace MiCse.Tests;

public sealed class SentenceEncoderFingerprintTests : IDisposable
{
    private readonly SmallModel _model = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void It_differs_where_vectors_do_and_nowhere_else()
    {
        var first = Fingerprint(new());
        Assert.Matches("^[0-9a-f]{32}$", first);
        Assert.Equal(first, Fingerprint(new() { Threads = 1, Pooling = Pooling.ClsBeforePooler, Precision = EncoderPrecision.Float32, MaxTokens = 32 }));
        List<string> others =
        [
            first,
            Fingerprint(new() { Pooling = Pooling.Mean }),
            Fingerprint(new() { Precision = EncoderPrecision.Int8 }),
            Fingerprint(new() { MaxTokens = 31 }),
        ];
        File.AppendAllText(Path.Combine(_model.Path, "tokenizer.json"), " ");
        others.Add(Fingerprint(new()));
        var weights = Path.Combine(_model.Path, "model.safetensors");
        var bytes = File.ReadAllBytes(weights);
        bytes[^1] ^= 1;
        File.WriteAllBytes(weights, bytes);
        others.Add(Fingerprint(new()));
        Assert.Equal(others.Count, others.Distinct().Count());
    }

    [Fact]
    public void It_is_kept_and_never_that_of_other_weights()
    {
        using var asked = SentenceEncoder.Load(_model.Path);
        using var late = SentenceEncoder.Load(_model.Path);
        var before = asked.Fingerprint;

        File.SetLastWriteTimeUtc(Path.Combine(_model.Path, "model.safetensors"), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.Equal(before, asked.Fingerprint);
        Assert.Contains("has changed since", Assert.Throws<ModelFormatException>(() => late.Fingerprint).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_models_can_share_a_cache_of_microsoft_extensions_ai()
    {
        IDistributedCache cache = new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions()));
        using var cls = SentenceEncoder.Load(_model.Path);
        using var mean = SentenceEncoder.Load(_model.Path, new SentenceEncoderOptions { Pooling = Pooling.Mean });

        Assert.Equal(cls.Encode("the cat", TestContext.Current.CancellationToken), await Cached(cls));
        Assert.Equal(mean.Encode("the cat", TestContext.Current.CancellationToken), await Cached(mean));
        Assert.Equal(cls.Encode("the cat", TestContext.Current.CancellationToken), await Cached(cls));

        async Task<float[]> Cached(SentenceEncoder encoder)
        {
            var generator = encoder.AsBuilder()
                .UseDistributedCache(cache, caching => caching.CacheKeyAdditionalValues = [encoder.Fingerprint])
                .Build();
            return (await generator.GenerateVectorAsync("the cat", cancellationToken: TestContext.Current.CancellationToken)).ToArray();
        }
    }

    private string Fingerprint(SentenceEncoderOptions options)
    {
        using var encoder = SentenceEncoder.Load(_model.Path, options);
        return encoder.Fingerprint;
    }
}
