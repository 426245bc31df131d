using MiCse.Inference;
using MiCse.Tests;
using MiCse.Verification;

namespace MiCse.Training.Tests;

/// <summary>The two engines on one model folder, in the library and through <c>micse verify</c>.</summary>
public sealed class LibtorchEncoderTests : IDisposable
{
    private static readonly string[] Texts = ["the man plays guitar", "it is raining", "hello world !", "", "a dog sings in the snow , and a woman plays music"];

    private readonly string _model = TinyModel.Write(Directory.CreateTempSubdirectory("micse-").FullName);

    public void Dispose() => Directory.Delete(_model, recursive: true);

    [Theory]
    [InlineData(Pooling.ClsBeforePooler)]
    [InlineData(Pooling.Mean)]
    [InlineData(Pooling.MeanOfLastTwo)]
    public void Both_engines_give_the_same_embeddings(Pooling pooling)
    {
        using var encoder = SentenceEncoder.Load(_model, new SentenceEncoderOptions { Pooling = pooling });

        var found = LibtorchEncoder.Encode(encoder, Texts, TestContext.Current.CancellationToken);

        var check = EmbeddingComparison.Near("engines", encoder.Encode(Texts, cancellationToken: TestContext.Current.CancellationToken).Embeddings, found, 1e-5);
        Assert.True(check.Ok, $"{check.MaxAbsoluteDifference}");
        Assert.InRange(check.MeanCosine, 0.999999, 1.000001);
    }

    [Fact]
    public void Verify_compares_them_where_libtorch_can_pool()
    {
        var run = CommandRun.Of("verify", "--model", _model, "--libtorch", "--json");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("this encoder and libtorch in fp32", run.Json.GetProperty("checks")[2].GetProperty("name").GetString());

        var refused = CommandRun.Of("verify", "--model", _model, "--libtorch", "--pooling", "cls");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("needs a head", refused.Error, StringComparison.Ordinal);
    }
}
