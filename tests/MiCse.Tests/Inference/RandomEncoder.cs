using System.Runtime.InteropServices;
using CsCheck;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Weights;

namespace MiCse.Tests.Inference;

/// <summary>Small encoders of odd shapes with random weights, and inputs for them.</summary>
internal static class RandomEncoder
{
    /// <summary>Configurations: head sizes 1 to 16, 1 to 3 layers, all families, one that there is not, and plans of any kind.</summary>
    public static Gen<EncoderShape> Configs { get; } = Gen.Select(
        Gen.Int[0, 2 * ModelFamily.All.Count], Gen.Int, (index, seed) =>
            index < ModelFamily.All.Count ? ModelFamily.All[index] : index == ModelFamily.All.Count ? FakeFamily.Instance : new PlannedFamily(Plan(new Random(seed)))).SelectMany(family => Gen.Select(
        Gen.Int[1, 4],
        Gen.Int[1, 16],
        Gen.Int[1, 3],
        Gen.Int[1, 50],
        Gen.Int[0, 2].Select(index => new[] { 1e-12, 1e-5, 0.01 }[index]),
        (heads, headSize, layers, intermediate, epsilon) =>
        {
            // What is turned is turned in pairs, and the base of a pair alone has nothing to grow by.
            headSize = IsTurned(family) ? 4 * ((headSize + 3) / 4) : headSize;
            return new EncoderShape(family)
            {
                VocabularySize = 40,
                HiddenSize = Math.Max(2, heads * headSize),
                Heads = heads * headSize == 1 ? 1 : heads,
                Layers = layers,
                IntermediateSize = intermediate,
                MaxPositions = 24,
                // A norm of few dimensions may have next to no variance, and then enlarges every rounding.
                LayerNormEpsilon = family is PlannedFamily || family.Keys.EmbeddingSize is not null ? 0.01 : epsilon,
                TypeVocabularySize = 2,
                PadTokenId = Math.Min(family.PadTokenId, 3),
                EmbeddingSize = family.Keys.EmbeddingSize is null ? null : 5,
            };
        }));

    /// <summary>A plan whose parts are drawn one by one.</summary>
    private static EncoderPlan Plan(Random random)
    {
        var (window, global, growth, groups) = (random.Next(0, 12), random.Next(1, 4), random.Next(3), random.Next(1, 4));
        return new EncoderPlan
        {
            Positions = random.Next(3) switch { 0 => null, 1 => new LearnedPositions(), _ => new LearnedPositions(1) },
            Rotary = random.Next(2) == 0 ? null : new RotaryPositions(layer => layer % 2 == 0 ? 100 : 3000) { Scaling = growth == 0 ? new DynamicScaling(1.5, 10) : null },
            RelativeBias = random.Next(3) == 0 ? new RelativeBias(12, 9) { TableRows = 14 } : null,
            TokenTypes = (TokenTypes)random.Next(3),
            EmbeddingSize = random.Next(2) == 0 ? null : random.Next(4, 9),
            Biases = (Biases)random.Next(8),
            Norm = (NormPlacement)random.Next(2),
            NormsFirstInput = random.Next(2) == 0,
            NormBiases = random.Next(2) == 0,
            FinalNorm = random.Next(2) == 0,
            Activation = (Activation)random.Next(4),
            Gated = random.Next(2) == 0,
            Window = random.Next(2) == 0 ? null : layer => layer % global == 0 ? null : window,
            SharedWeights = random.Next(2) == 0 ? null : layer => layer % groups,
        };
    }

    private static bool IsTurned(ModelFamily family) => Shape(family).Plan.Rotary is not null;

    /// <summary>An encoder of the reference's shape whose positions are counted from its padding id on.</summary>
    public static EncoderShape Small { get; } = new("roberta")
    {
        VocabularySize = 40,
        HiddenSize = 24,
        Heads = 3,
        Layers = 3,
        IntermediateSize = 40,
        MaxPositions = 42,
        PadTokenId = 1,
    };

    /// <summary>Weights for a configuration, with a pooler.</summary>
    public static EncoderWeights Weights(EncoderShape config, int seed)
    {
        var random = new Random(seed);
        var optional = WeightNames.Optional(config).Where(part => part.Module == WeightNames.Pooler);
        var weights = WeightNames.Required(config).Concat(optional.SelectMany(part => new[] { new WeightNames.Shaped(part.Module.Weight, part.Shape), new WeightNames.Shaped(part.Module.Bias, part.Shape[..1]) }));
        var file = new CheckpointNames(config.Family.NamesOf(config)).ToFile(weights.Select(weight => Random(weight.Name, weight.Shape)));
        return EncoderWeights.From(file.ToDictionary(tensor => tensor.Name), config, "random weights");

        Tensor Random(string name, long[] shape)
        {
            var center = name.EndsWith("LayerNorm.weight", StringComparison.Ordinal) ? 1 : 0;
            var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = center + (float)(random.NextDouble() - 0.5) * 0.7f;
            }

            return new Tensor(name, TensorType.Float32, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        }
    }

    private static EncoderShape Shape(ModelFamily family) =>
        new(family) { VocabularySize = 9, HiddenSize = 4, Layers = 2, Heads = 2, IntermediateSize = 6, MaxPositions = 8 };

    /// <summary>A sequence of ids that starts with a token that is not padding.</summary>
    public static int[] Ids(Random random, EncoderShape config, int length) =>
        [2, .. Enumerable.Range(1, length - 1).Select(_ => random.Next(config.VocabularySize))];
}
