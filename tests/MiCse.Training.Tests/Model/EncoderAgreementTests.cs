using MiCse.Checkpoints;
using MiCse.Inference;
using MiCse.Models;
using MiCse.Tests;
using MiCse.Tokenization;
using MiCse.Training.Model;
using MiCse.Weights;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Model;

/// <summary>What was trained is what runs: the TorchSharp encoder and the one that texts go through agree on the same checkpoint.</summary>
public class EncoderAgreementTests
{
    public static TheoryData<string> Families => [.. ModelFamily.All.Append(FakeFamily.Instance).Select(family => family.ModelType)];

    [Theory]
    [InlineData("bert-random")]
    [InlineData("roberta-random")]
    public void The_two_encoders_agree(string folder) => Compare(Fixture.Path(folder));

    [Theory]
    [MemberData(nameof(FamilyGolden.Names), MemberType = typeof(FamilyGolden))]
    public void They_agree_on_a_model_of_every_family(string family) => Compare(Fixture.Shared("fixtures", "families", family));

    [Theory]
    [MemberData(nameof(Families))]
    public void They_agree_on_fresh_weights_of_every_family(string modelType)
    {
        using var scope = NewDisposeScope();
        var family = ModelFamily.All.Append(FakeFamily.Instance).Single(family => family.ModelType == modelType);
        var shape = new EncoderShape(family)
        {
            VocabularySize = 50, HiddenSize = 16, Layers = 3, Heads = 2, IntermediateSize = 32, MaxPositions = 40, InitializerRange = 0.3,
            PadTokenId = Math.Min(family.PadTokenId, 3), EmbeddingSize = family.Keys.EmbeddingSize is null ? null : 12,
        };
        using var module = new EncoderModule(shape, 0, 0);
        var canonical = CheckpointLoading.Export(module);
        var file = new CheckpointNames(family.NamesOf(shape)).ToFile(canonical);
        Compare(EncoderWeights.From(file.ToDictionary(tensor => tensor.Name), shape, "fresh weights"));
    }

    private static void Compare(string folder)
    {
        using var checkpoint = Checkpoint.Open(Path.Combine(folder, "model.safetensors"));
        Compare(EncoderWeights.From(checkpoint, EncoderShape.Load(Path.Combine(folder, "config.json"))));
    }

    private static void Compare(EncoderWeights weights)
    {
        using var scope = NewDisposeScope();
        var config = weights.Config;
        using var torchs = new EncoderModule(config, 0.1, 0.1);
        CheckpointLoading.Load(torchs, weights);
        torchs.eval();
        using var cls = new CpuEngine(weights, Pooling.ClsBeforePooler, normalize: false, threads: 2);
        using var mean = new CpuEngine(weights, Pooling.Mean, normalize: false, threads: 2);
        var random = new Random(1);
        var sequences = new[] { 3, 17, 30, 1, 8 }.Select(length =>
            Enumerable.Range(0, length).Select(_ => random.Next(5, config.VocabularySize)).ToArray()).ToArray();
        var batch = new TokenBatch(sequences, config.PadTokenId);

        var mask = tensor(batch.Mask).reshape(batch.Count, batch.Length);
        var hidden = torchs.Forward(tensor(batch.Ids).reshape(batch.Count, batch.Length).to(ScalarType.Int64), mask).LastHiddenState;
        var weighted = hidden * mask.unsqueeze(-1);

        TensorAssert.Near(hidden.select(1, 0), Rows(cls), 1e-5, "[CLS]");
        TensorAssert.Near(weighted.sum(1) / mask.sum(1).unsqueeze(-1), Rows(mean), 1e-5, "mean");

        Tensor Rows(CpuEngine encoder)
        {
            var embeddings = encoder.Encode(sequences);
            return stack(Enumerable.Range(0, batch.Count).Select(row => tensor(embeddings[row].ToArray())));
        }
    }
}
