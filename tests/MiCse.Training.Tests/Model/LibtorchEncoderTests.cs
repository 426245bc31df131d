using System.Collections;
using MiCse.Models;
using MiCse.Tests;
using MiCse.Training.Model;
using MiCse.Training.Native;
using MiCse.Verification;

namespace MiCse.Training.Tests.Model;

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
    [InlineData(Pooling.Max)]
    [InlineData(Pooling.MeanSqrtLength)]
    [InlineData(Pooling.WeightedMean)]
    [InlineData(Pooling.LastToken)]
    public void Both_engines_give_the_same_embeddings(Pooling pooling)
    {
        using var encoder = SentenceEncoder.Load(_model, new SentenceEncoderOptions { Pooling = pooling });

        var found = LibtorchEncoder.Encode(encoder, Texts, TestContext.Current.CancellationToken);

        var check = EmbeddingComparison.Near("engines", encoder.Encode(Texts, cancellationToken: TestContext.Current.CancellationToken).Embeddings, found, 1e-5);
        Assert.True(check.Ok, $"{check.MaxAbsoluteDifference}");
        Assert.InRange(check.MeanCosine, 0.999999, 1.000001);
    }

    [Fact]
    public void Encoding_waits_for_trainings_because_it_draws_their_random_numbers()
    {
        using var encoder = SentenceEncoder.Load(_model, new SentenceEncoderOptions { Pooling = Pooling.Mean });
        var texts = new ObservedTexts(Texts);

        LibtorchEncoder.Encode(encoder, texts, TestContext.Current.CancellationToken);

        Assert.True(texts.Read);
        Assert.True(texts.ReadExclusively);
    }

    [Fact]
    public void Modules_are_made_where_no_training_can_run()
    {
        using var encoder = SentenceEncoder.Load(_model);
        using var checkpoint = encoder.Folder.OpenCheckpoint();

        Assert.Throws<InvalidOperationException>(() => TrainableModel.Load(checkpoint, encoder.Folder.Config, TorchContext.Cpu(), 0, 0));
        LibTorch.RunExclusively(() => TrainableModel.Load(checkpoint, encoder.Folder.Config, TorchContext.Cpu(), 0, 0)).Dispose();
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

    /// <summary>Texts that know whether they were read where no training can run.</summary>
    private sealed class ObservedTexts(string[] texts) : IReadOnlyList<string>
    {
        public bool Read { get; private set; }

        public bool ReadExclusively { get; private set; } = true;

        public int Count => texts.Length;

        public string this[int index] => texts[index];

        public IEnumerator<string> GetEnumerator()
        {
            Read = true;
            ReadExclusively &= LibTorch.IsHeldByThisThread;
            return texts.AsEnumerable().GetEnumerator();
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
