using System.Runtime.InteropServices;
using MiCse.Checkpoints;
using MiCse.Export;
using MiCse.Files;
using MiCse.Inference;
using MiCse.Models;
using MiCse.Tests.Data;
using MiCse.Tests.Inference;
using MiCse.Tokenization;
using MiCse.Vectors;
using MiCse.Weights;
using Microsoft.ML.OnnxRuntime;

namespace MiCse.Tests.Export;

/// <summary>The graphs of every family, run by ONNX Runtime against the golden numbers of the references, and read back by this library.</summary>
public sealed class FamilyExportTests : IDisposable
{
    private static readonly string[] Folders = ["distilbert", "mpnet", "xlm-roberta", "modernbert", "electra", "albert", "nomic-bert"];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, EncoderPrecision> Exports => [.. Folders.SelectMany(family => new[] { EncoderPrecision.Float32, EncoderPrecision.Int8 }.Select(precision => (family, precision)))];

    public static TheoryData<string> Families => [.. Folders];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Families))]
    public void ONNX_Runtime_computes_the_reference(string family)
    {
        using var model = Open(family, out var config);
        using var cases = Checkpoint.Open(Path.Combine(Fixture.Shared("fixtures", "families", family), "cases.safetensors"));
        using var session = Write(EncoderWeights.From(model, config), EncoderPrecision.Float32);
        for (var index = 0; index < 4; index++)
        {
            var name = $"case{index}.";
            var shape = cases.Tensors[name + "input_ids"].Shape;
            var mask = Integers("attention_mask");
            var types = cases.Tensors.ContainsKey(name + "token_type_ids") ? Integers("token_type_ids") : new long[mask.Length];

            var (states, embeddings) = Run(session, [.. shape], Integers("input_ids"), mask, types);

            Close.Assert(Attended(cases.Tensors[name + "last_hidden_state"].ToSingles()), Attended(states), 5e-5);
            Close.Assert(cases.Tensors[name + "pooled.mean"].ToSingles(), embeddings, 5e-5);

            // What stands at padding is a matter of the implementation.
            float[] Attended(float[] values) => [.. values.Where((_, element) => mask[element / config.HiddenSize] != 0)];

            long[] Integers(string what) => MemoryMarshal.Cast<byte, long>(cases.Tensors[name + what].Bytes).ToArray();
        }
    }

    [Theory]
    [MemberData(nameof(Exports))]
    public void A_text_is_encoded_alike_by_both_and_beside_any_padding(string family, EncoderPrecision precision)
    {
        using var model = Open(family, out var config);
        var weights = EncoderWeights.From(model, config);
        using var session = Write(weights, precision);
        using var engine = new CpuEngine(weights, Pooling.Mean, normalize: false, threads: 1, precision);
        var random = new Random(5);
        var texts = new[] { 3, 30, 17, 1, 29 }.Select(length => Enumerable.Range(0, length).Select(_ => random.Next(5, 100)).ToArray()).ToArray();

        var together = Encode(session, config, texts);

        var expected = engine.Encode(texts, TestContext.Current.CancellationToken);
        for (var text = 0; text < texts.Length; text++)
        {
            var alone = Encode(session, config, [texts[text]])[0];
            Close.Assert(alone, together[text], precision == EncoderPrecision.Float32 ? 1e-5 : 0.05);
            if (precision == EncoderPrecision.Float32)
            {
                Close.Assert(expected[text].ToArray(), together[text], 5e-5);
            }
            else
            {
                Assert.InRange(Similarity.Cosine(expected[text], together[text]), 0.999, 1.000001);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_float32_file_is_a_checkpoint_with_the_same_weights(string family)
    {
        using var model = Open(family, out var config);
        var weights = EncoderWeights.From(model, config);
        Write(weights, EncoderPrecision.Float32).Dispose();
        using var file = Checkpoint.Open(_folder.File("model.onnx"));

        var read = EncoderWeights.From(file, config);

        Assert.All(WeightNames.Required(config), weight => Assert.Equal(weights[weight.Name].ToSingles(), read[weight.Name].ToSingles()));
        Assert.Equal(WeightNames.CountParameters(config), new CheckpointGraphWeights(read).ParameterCount);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void An_int8_file_is_read_back_to_the_same_bytes(string family)
    {
        using var model = Open(family, out var config);
        var weights = EncoderWeights.From(model, config);
        Write(weights, EncoderPrecision.Int8).Dispose();
        using var file = MappedFile.Open(_folder.File("model.onnx"));
        var read = OnnxGraphWeights.Read(file, config);
        using var before = new CpuEngine(weights, Pooling.Mean, normalize: false, threads: 1, EncoderPrecision.Int8);
        using var after = new CpuEngine(read, EmbeddingChain.Of(Pooling.Mean), new Dictionary<string, MiCse.Tensors.Tensor>(), threads: 1, EncoderPrecision.Int8);
        int[][] texts = [[7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18], [60, 7]];

        Assert.Equal(WeightNames.CountParameters(config), read.ParameterCount);
        Assert.Equal(
            before.Encode(texts, TestContext.Current.CancellationToken).Values.ToArray(), after.Encode(texts, TestContext.Current.CancellationToken).Values.ToArray());
    }

    [Fact]
    public void The_base_of_a_rotation_follows_the_length_of_each_text()
    {
        var config = new EncoderShape(new PlannedFamily(new EncoderPlan
        {
            Positions = null,
            TokenTypes = TokenTypes.None,
            Rotary = new RotaryPositions(layer => 100 + layer) { Scaling = new DynamicScaling(2, 6) },
        }))
        {
            VocabularySize = 110, HiddenSize = 24, Layers = 2, Heads = 3, IntermediateSize = 16, MaxPositions = 40,
        };
        var weights = RandomEncoder.Weights(config, 1);
        using var session = Write(weights, EncoderPrecision.Float32);
        using var engine = new CpuEngine(weights, Pooling.Mean, normalize: false, threads: 1);
        int[][] texts = [[.. Enumerable.Range(5, 30)], [9, 8, 7, 6, 5], [.. Enumerable.Range(20, 7)]];

        var found = Encode(session, config, texts);

        var expected = engine.Encode(texts, TestContext.Current.CancellationToken);
        Assert.All(Enumerable.Range(0, texts.Length), text => Close.Assert(expected[text].ToArray(), found[text], 2e-5));
    }

    private static Checkpoint Open(string family, out EncoderShape config)
    {
        var folder = Fixture.Shared("fixtures", "families", family);
        config = EncoderShape.Load(Path.Combine(folder, "config.json"));
        return Checkpoint.Open(Path.Combine(folder, "model.safetensors"));
    }

    private InferenceSession Write(EncoderWeights weights, EncoderPrecision precision)
    {
        var path = _folder.File("model.onnx");
        using (var stream = File.Create(path))
        {
            EncoderGraph.Write(stream, new CheckpointGraphWeights(weights, InputMeasurement.Of), EmbeddingChain.Of(Pooling.Mean), new Dictionary<string, MiCse.Tensors.Tensor>(), precision);
        }

        return new InferenceSession(path);
    }

    private static float[][] Encode(InferenceSession session, EncoderShape config, int[][] texts)
    {
        var batch = new TokenBatch(texts, config.PadTokenId);
        var (_, embeddings) = Run(
            session, [batch.Count, batch.Length], Array.ConvertAll(batch.Ids, id => (long)id), Array.ConvertAll(batch.Mask, value => (long)value), new long[batch.Ids.Length]);
        return [.. embeddings.Chunk(config.HiddenSize)];
    }

    private static (float[] States, float[] Embeddings) Run(InferenceSession session, long[] shape, long[] ids, long[] mask, long[] types)
    {
        using var options = new RunOptions();
        var inputs = new[] { ids, mask, types }.Take(session.InputNames.Count).Select(values => OrtValue.CreateTensorValueFromMemory(values, shape)).ToList();
        using var outputs = session.Run(options, session.InputNames, inputs, ["last_hidden_state", "sentence_embedding"]);
        inputs.ForEach(input => input.Dispose());
        return (outputs[0].GetTensorDataAsSpan<float>().ToArray(), outputs[1].GetTensorDataAsSpan<float>().ToArray());
    }
}
