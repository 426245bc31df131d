using MiCse.Inference;
using MiCse.Models;
using MiCse.Tests;
using MiCse.Tokenization;
using MiCse.Training.Inference;
using MiCse.Verification;
using TorchSharp;

namespace MiCse.Training.Tests.Inference;

/// <summary>Embeddings by libtorch beside those of the library's own engine, on the processor, where both can be had.</summary>
public sealed class TorchEngineTests : IDisposable
{
    private static readonly string[] Texts = ["the man plays guitar", "it is raining", "hello world !", "", "a dog sings in the snow , and a woman plays music", "it is raining"];

    private readonly string _model = TinyModel.Write(Directory.CreateTempSubdirectory("micse-").FullName);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static SentenceEncoderOptions OnTorch => new() { Backend = new TorchBackend(ComputeDevice.Cpu), Threads = 1 };

    public void Dispose() => Directory.Delete(_model, recursive: true);

    [Theory]
    [InlineData(Pooling.ClsBeforePooler)]
    [InlineData(Pooling.Mean)]
    [InlineData(Pooling.MeanOfFirstAndLast)]
    [InlineData(Pooling.Max)]
    public void In_float32_it_gives_the_vectors_of_the_own_engine(Pooling pooling)
    {
        using var own = SentenceEncoder.Load(_model, new SentenceEncoderOptions { Pooling = pooling });
        using var torchs = SentenceEncoder.Load(_model, OnTorch with { Pooling = pooling });

        var check = EmbeddingComparison.Near("engines", own.Encode(Texts, cancellationToken: Cancellation).Embeddings, torchs.Encode(Texts, cancellationToken: Cancellation).Embeddings, 1e-5);

        Assert.True(check.Ok, $"{check.MaxAbsoluteDifference}");
        Assert.Equal((own.Dimensions, EncoderPrecision.Float32), (torchs.Dimensions, torchs.Precision));
    }

    [Theory]
    [MemberData(nameof(FamilyModels.Names), MemberType = typeof(FamilyModels))]
    public void All_families_agree_in_float32_and_nearly_in_16_bits(string family)
    {
        using var models = new FamilyModels();
        var folder = models.Open(family).Path;
        var options = new SentenceEncoderOptions { Pooling = Pooling.Mean };
        string[] texts = [.. Enumerable.Range(0, 20).Select(FamilyModels.Sentence)];
        using var own = SentenceEncoder.Load(folder, options);
        var expected = own.Encode(texts, cancellationToken: Cancellation).Embeddings;

        Assert.InRange(Cosine(null), 0.99999, 1.00001);
        Assert.InRange(Cosine(EncoderPrecision.Float16), 0.9999, 1.00001);
        Assert.InRange(Cosine(EncoderPrecision.BFloat16), 0.998, 1.00001);

        double Cosine(EncoderPrecision? precision)
        {
            using var torchs = SentenceEncoder.Load(folder, options with { Backend = new TorchBackend(ComputeDevice.Cpu), Precision = precision });
            Assert.Equal(precision ?? EncoderPrecision.Float32, torchs.Precision);
            return EmbeddingComparison.Near(family, expected, torchs.Encode(texts, cancellationToken: Cancellation).Embeddings, 1).WorstCosine;
        }
    }

    [Fact]
    public void Modules_after_the_pooling_prompts_and_token_states_are_the_own_engines()
    {
        var options = new SentenceEncoderOptions { Pooling = Pooling.Mean, Prompt = "hello : ", Dimensions = 5, Normalize = true };
        using var own = SentenceEncoder.Load(_model, options);
        using var torchs = SentenceEncoder.Load(_model, options with { Backend = new TorchBackend(ComputeDevice.Cpu) });

        Assert.True(EmbeddingComparison.Near("prompts", own.Encode(Texts, cancellationToken: Cancellation).Embeddings, torchs.Encode(Texts, cancellationToken: Cancellation).Embeddings, 1e-5).Ok);
        Assert.True(EmbeddingComparison.Near("states", own.EncodeTokens(Texts[0], Cancellation).States, torchs.EncodeTokens(Texts[0], Cancellation).States, 1e-4).Ok);
    }

    [Fact]
    public async Task Calls_at_the_same_time_get_their_own_vectors()
    {
        using var torchs = SentenceEncoder.Load(_model, OnTorch);
        var expected = Texts.Select(text => torchs.Encode(text, Cancellation)).ToArray();

        var found = await Task.WhenAll(Enumerable.Range(0, 24).Select(call => torchs.EncodeAsync(Texts[call % Texts.Length], Cancellation)));

        Assert.All(found.Index(), call => Assert.Equal(expected[call.Index % Texts.Length], call.Item, (one, other) => Math.Abs(one - other) < 1e-5));
    }

    [Fact]
    public void Parts_hold_similar_lengths_and_no_more_tokens_with_padding_than_there_is_room_for()
    {
        var random = new Random(3);
        TokenizedText[] texts = [.. Enumerable.Range(0, 300).Select(_ => new TokenizedText(new int[1 + random.Next(60)], false)), new TokenizedText(new int[500], false)];

        var parts = TorchEngine.Parts(texts, 256).ToArray();

        Assert.Equal(Enumerable.Range(0, texts.Length), parts.SelectMany(part => part).Order());
        Assert.All(parts, part => Assert.True(part.Length == 1 || part.Length * part.Max(text => texts[text].Ids.Length) <= 256));
        Assert.InRange(parts.Sum(part => part.Length * part.Max(text => texts[text].Ids.Length)), 0, texts.Sum(text => text.Ids.Length) * 1.15);
        Assert.Empty(TorchEngine.Parts([], 256));
    }

    [Fact]
    public void What_it_rounds_otherwise_shows_in_the_fingerprint()
    {
        using var own = SentenceEncoder.Load(_model);
        using var torchs = SentenceEncoder.Load(_model, OnTorch);
        using var half = SentenceEncoder.Load(_model, OnTorch with { Precision = EncoderPrecision.Float16 });

        Assert.Equal(3, new[] { own.Fingerprint, torchs.Fingerprint, half.Fingerprint }.Distinct().Count());
    }

    [Fact]
    public void Without_a_gpu_auto_is_the_own_engine_to_the_last_bit()
    {
        Assert.SkipWhen(torch.cuda.is_available(), "There is a GPU.");
        using var own = SentenceEncoder.Load(_model);
        using var automatic = SentenceEncoder.Load(_model, new SentenceEncoderOptions { Backend = new TorchBackend() });

        Assert.Equal(own.Fingerprint, automatic.Fingerprint);
        Assert.Equal(own.Encode(Texts, cancellationToken: Cancellation).Embeddings.Values.ToArray(), automatic.Encode(Texts, cancellationToken: Cancellation).Embeddings.Values.ToArray());
    }

    [Fact]
    public void What_libtorch_does_not_compute_is_refused_by_name()
    {
        var int8 = Assert.Throws<ArgumentException>(() => SentenceEncoder.Load(_model, OnTorch with { Precision = EncoderPrecision.Int8 }));
        var cls = Assert.Throws<ArgumentException>(() => SentenceEncoder.Load(_model, OnTorch with { Pooling = Pooling.Cls }));
        var half = Assert.Throws<ArgumentException>(() => SentenceEncoder.Load(_model, new SentenceEncoderOptions { Precision = EncoderPrecision.Float16 }));

        Assert.Equal($"{_model} is not computed on libtorch: int8 is computed by the library's own engine; choose the device cpu.", int8.Message);
        Assert.Contains("cls-before-pooler", cls.Message, StringComparison.Ordinal);
        Assert.Equal("Precision is fp16, which is computed on a GPU alone: choose that device, or fp32 or int8.", half.Message);
    }

    [Fact]
    public void A_gpu_that_is_not_there_is_one_sentence_that_says_what_to_do()
    {
        Assert.SkipWhen(torch.cuda.is_available(), "There is a GPU.");

        var missing = Assert.Throws<PlatformNotSupportedException>(() => SentenceEncoder.Load(_model, new SentenceEncoderOptions { Backend = new TorchBackend(ComputeDevice.Cuda) }));

        Assert.StartsWith("There is no GPU that libtorch can use: ", missing.Message, StringComparison.Ordinal);
        Assert.Contains("MICSE_LIBTORCH", missing.Message, StringComparison.Ordinal);
    }
}
