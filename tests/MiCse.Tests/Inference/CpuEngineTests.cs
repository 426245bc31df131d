using CsCheck;
using MiCse.Checkpoints;
using MiCse.Inference;
using MiCse.Inference.Layers;
using MiCse.Models;
using MiCse.Numerics;
using MiCse.Weights;

namespace MiCse.Tests.Inference;

public class CpuEngineTests
{
    private static readonly EncoderShape Config = RandomEncoder.Small;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly EncoderWeights Weights = RandomEncoder.Weights(Config, 7);

    [Theory]
    [InlineData(EncoderPrecision.Float32)]
    [InlineData(EncoderPrecision.Int8)]
    public void Leaving_out_what_nobody_reads_of_the_last_layer_changes_no_byte(EncoderPrecision precision) => Gen.Select(
        RandomEncoder.Configs, Gen.Bool.Select(head => head ? Pooling.Cls : Pooling.ClsBeforePooler), Gen.Int[1, 20].Array[1, 8], Gen.Int).Sample(
        (config, pooling, lengths, seed) =>
        {
            var random = new Random(seed);
            int[][] texts = Array.ConvertAll(lengths, length => RandomEncoder.Ids(random, config, length));
            using var encoder = new CpuEngine(RandomEncoder.Weights(config, seed), pooling, normalize: false, threads: 1, precision);

            var all = encoder.Encode(new TransformerInput(texts), new Team(1, Token), firstOnly: false);

            Assert.Equal(all.Values.ToArray(), encoder.Encode(texts, Token).Values.ToArray());
        },
        iter: 40);

    [Fact]
    public void An_encoder_without_layers_gives_each_text_its_own_first_token()
    {
        var config = Config with { Layers = 0 };
        using var encoder = new CpuEngine(RandomEncoder.Weights(config, 7), Pooling.ClsBeforePooler, normalize: false, threads: 1);
        int[][] texts = [[5, 6, 7], [8, 9]];
        var together = encoder.Encode(texts, Token);
        Assert.Equal(encoder.Encode([texts[1]], Token)[0].ToArray(), together[1].ToArray());
        Assert.NotEqual(together[0].ToArray(), together[1].ToArray());
    }

    [Fact]
    public void Many_callers_at_once_get_the_bytes_that_one_caller_gets()
    {
        using var encoder = new CpuEngine(Weights, Pooling.ClsBeforePooler, normalize: false, threads: 2);
        var random = new Random(3);
        var batches = Enumerable.Range(0, 40)
            .Select(_ => Enumerable.Range(0, 4).Select(_ => RandomEncoder.Ids(random, Config, random.Next(2, 40))).ToArray())
            .ToArray();
        var expected = batches.Select(batch => encoder.Encode(batch, Token).Values.ToArray()).ToArray();
        var found = new float[batches.Length][];
        Parallel.For(0, batches.Length, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, index =>
            found[index] = encoder.Encode(batches[index], Token).Values.ToArray());
        Assert.Equal(expected, found);
    }

    [Theory]
    [InlineData(Pooling.ClsBeforePooler)]
    [InlineData(Pooling.Cls)]
    [InlineData(Pooling.Mean)]
    [InlineData(Pooling.MeanOfLastTwo)]
    [InlineData(Pooling.MeanOfFirstAndLast)]
    public void A_text_has_the_same_bytes_alone_beside_any_others_and_on_all_cores(Pooling pooling)
    {
        var config = Config with { HiddenSize = 72, Heads = 6, IntermediateSize = 288 };
        using var encoder = new CpuEngine(RandomEncoder.Weights(config, 2), pooling, normalize: false, threads: 3);
        Gen.Select(Gen.Int[2, 40].Array[1, 12], Gen.Int).Sample(
            (lengths, seed) =>
            {
                var random = new Random(seed);
                var texts = Array.ConvertAll(lengths, length => RandomEncoder.Ids(random, config, length));
                var together = encoder.Encode(texts, Token);
                Assert.Equal(together.Values.ToArray(), encoder.EncodeOnAllCores(texts, Token).Values.ToArray());
                for (var row = 0; row < texts.Length; row++)
                {
                    Assert.Equal(together[row].ToArray(), encoder.Encode([texts[row]], Token)[0].ToArray());
                    Assert.Equal(together[row].ToArray(), encoder.EncodeOnAllCores([texts[row]], Token)[0].ToArray());
                }
            },
            iter: 60);
    }

    [Fact]
    public void An_empty_batch_gives_no_rows()
    {
        using var encoder = new CpuEngine(Weights, Pooling.Mean, normalize: false, threads: 1);
        var embeddings = encoder.Encode([], Token);
        Assert.Equal((0, Config.HiddenSize), (embeddings.Count, embeddings.Dimensions));
    }

    [Fact]
    public void Cancellation_stops_within_a_batch()
    {
        var config = Config with { HiddenSize = 384, Heads = 6, IntermediateSize = 1536, MaxPositions = 514, Layers = 6 };
        using var encoder = new CpuEngine(RandomEncoder.Weights(config, 1), Pooling.Mean, normalize: false, threads: 1);
        var random = new Random(1);
        // Seconds of work if it is not stopped.
        var batch = Enumerable.Range(0, 20).Select(_ => RandomEncoder.Ids(random, config, 512)).ToArray();
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        Assert.Throws<OperationCanceledException>(() => encoder.Encode(batch, source.Token));
    }

    [Fact]
    public void Weights_may_lie_at_any_byte_of_the_file()
    {
        var aligned = File.ReadAllBytes(Fixture.Path("bert-random", "model.safetensors"));
        var length = BitConverter.ToInt64(aligned);
        var path = Path.GetTempFileName();
        try
        {
            // One more blank at the end of the header moves all weights by a byte.
            File.WriteAllBytes(path, [.. BitConverter.GetBytes(length + 1), .. aligned.AsSpan(8, (int)length), (byte)' ', .. aligned.AsSpan(8 + (int)length)]);
            using var checkpoint = Checkpoint.Open(path);
            var weights = EncoderWeights.From(checkpoint, EncoderShape.Load(Fixture.Path("bert-random", "config.json")));
            using var encoder = new CpuEngine(weights, Pooling.ClsBeforePooler, normalize: false, threads: 1);
            using var expected = ReferenceCase.Open("bert-random", 2);
            var sequences = Enumerable.Range(0, expected.Batch).Select(row => expected.Sequence(row).Ids).ToArray();
            Close.Assert(expected.Singles("sentemb.cls_before_pooler"), encoder.Encode(sequences, Token).Values.ToArray(), 5e-5);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_checkpoint_may_be_closed_before_the_encoder()
    {
        var path = Fixture.Path("bert-random", "model.safetensors");
        using var expected = ReferenceCase.Open("bert-random", 2);
        CpuEngine encoder;
        using (var checkpoint = Checkpoint.Open(path))
        {
            var weights = EncoderWeights.From(checkpoint, EncoderShape.Load(Fixture.Path("bert-random", "config.json")));
            encoder = new CpuEngine(weights, Pooling.ClsBeforePooler, normalize: false, threads: 1);
        }

        using (encoder)
        {
            var sequences = Enumerable.Range(0, expected.Batch).Select(row => expected.Sequence(row).Ids).ToArray();
            Close.Assert(expected.Singles("sentemb.cls_before_pooler"), encoder.Encode(sequences, Token).Values.ToArray(), 5e-5);
        }
    }
}
