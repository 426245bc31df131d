using CsCheck;
using MiCse.Export;
using MiCse.Inference;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Tests.Data;
using MiCse.Tests.Inference;
using MiCse.Tokenization;
using MiCse.Vectors;
using MiCse.Weights;
using Microsoft.ML.OnnxRuntime;

namespace MiCse.Tests.Export;

/// <summary>Exported files as any program runs them: ONNX Runtime with its default settings, int64 inputs, padding.</summary>
public sealed class OnnxFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(EncoderPrecision.Float32, 0.999999)]
    [InlineData(EncoderPrecision.Int8, 0.998)]
    public void A_file_gives_the_embeddings_of_the_encoder(EncoderPrecision precision, double least) => Gen.Select(
        // Fewer numbers have no direction that a cosine could compare.
        RandomEncoder.Configs.Where(config => config.HiddenSize >= 16), Gen.Enum<Pooling>(), Gen.Int).Sample(
        (config, pooling, seed) =>
        {
            var random = new Random(seed);
            var weights = RandomEncoder.Weights(config, seed);
            var texts = Enumerable.Range(0, 4).Select(_ => RandomEncoder.Ids(random, config, random.Next(2, config.MaxTokens + 1))).ToArray();
            using var encoder = new CpuEngine(weights, pooling, normalize: true, threads: 1, precision);
            using var file = Write(weights, pooling, precision);

            var (states, embeddings) = Run(file, config, new TokenBatch(texts, config.PadTokenId));

            for (var row = 0; row < texts.Length; row++)
            {
                var expected = encoder.Encode([texts[row]], Token)[0].ToArray();
                Assert.InRange(Similarity.Cosine(expected, embeddings[row]), least, 1.000001);
                Assert.Equal(1, Similarity.Dot(embeddings[row], embeddings[row]), 5);
                if (pooling == Pooling.ClsBeforePooler)
                {
                    Assert.InRange(Similarity.Cosine(expected, states[row]), least, 1.000001);
                }
            }
        },
        iter: 60,
        threads: 1);

    [Fact]
    public void Token_types_are_an_input_where_tokenizers_give_them()
    {
        var bert = RandomEncoder.Small with { Family = ModelFamily.Of("bert"), PadTokenId = 0 };
        using var first = Write(RandomEncoder.Weights(bert, 1), Pooling.Mean, EncoderPrecision.Int8);
        using var second = Write(RandomEncoder.Weights(RandomEncoder.Small, 1), Pooling.Mean, EncoderPrecision.Int8);

        Assert.Equal(["input_ids", "attention_mask", "token_type_ids"], first.InputNames);
        Assert.Equal(["input_ids", "attention_mask"], second.InputNames);
        Assert.Equal(["last_hidden_state", "sentence_embedding"], first.OutputNames);
    }

    private InferenceSession Write(EncoderWeights weights, Pooling pooling, EncoderPrecision precision)
    {
        var path = _folder.File($"{Guid.NewGuid()}.onnx");
        using (var stream = File.Create(path))
        {
            EncoderGraph.Write(stream, new CheckpointGraphWeights(weights, InputMeasurement.Of), EmbeddingChain.Of(pooling, normalize: true), new Dictionary<string, Tensor>(), precision);
        }

        return new InferenceSession(path);
    }

    /// <summary>The last hidden state of [CLS] and the embedding of each text.</summary>
    private static (float[][] States, float[][] Embeddings) Run(InferenceSession file, EncoderShape config, TokenBatch batch)
    {
        var (tokens, hidden) = (batch.Length, config.HiddenSize);
        using var options = new RunOptions();
        using var ids = Input(batch.Ids);
        using var mask = Input(batch.Mask);
        using var types = Input(new int[batch.Ids.Length]);
        using var outputs = file.Run(options, file.InputNames, [.. new[] { ids, mask, types }.Take(file.InputNames.Count)], ["last_hidden_state", "sentence_embedding"]);
        Assert.Equal([batch.Count, tokens, hidden], outputs[0].GetTensorTypeAndShape().Shape);
        var states = outputs[0].GetTensorDataAsSpan<float>().ToArray().Chunk(tokens * hidden).Select(text => text[..hidden]).ToArray();
        return (states, [.. outputs[1].GetTensorDataAsSpan<float>().ToArray().Chunk(hidden)]);

        OrtValue Input(int[] values) => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(values, value => (long)value), [batch.Count, tokens]);
    }
}
