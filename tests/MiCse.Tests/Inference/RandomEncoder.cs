using System.Runtime.InteropServices;
using CsCheck;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Weights;

namespace MiCse.Tests.Inference;

/// <summary>Small encoders of odd shapes with random weights, and inputs for them.</summary>
internal static class RandomEncoder
{
    /// <summary>Configurations: head sizes 1 to 16, 1 to 3 layers, both architectures.</summary>
    public static Gen<BertConfig> Configs { get; } = Gen.Select(
        Gen.Enum<BertArchitecture>(),
        Gen.Int[1, 4],
        Gen.Int[1, 16],
        Gen.Int[1, 3],
        Gen.Int[1, 50],
        Gen.Int[0, 2].Select(index => new[] { 1e-12, 1e-5, 0.01 }[index]),
        (architecture, heads, headSize, layers, intermediate, epsilon) => new BertConfig
        {
            Architecture = architecture,
            VocabularySize = 40,
            HiddenSize = Math.Max(2, heads * headSize),
            Heads = heads * headSize == 1 ? 1 : heads,
            Layers = layers,
            IntermediateSize = intermediate,
            MaxPositions = 24,
            LayerNormEpsilon = epsilon,
            PadTokenId = architecture == BertArchitecture.Bert ? 0 : 1,
            TypeVocabularySize = 2,
        });

    /// <summary>A RoBERTa of the reference's shape.</summary>
    public static BertConfig Small { get; } = new()
    {
        Architecture = BertArchitecture.Roberta,
        VocabularySize = 40,
        HiddenSize = 24,
        Heads = 3,
        Layers = 3,
        IntermediateSize = 40,
        MaxPositions = 42,
        PadTokenId = 1,
    };

    /// <summary>Weights for a configuration, with a pooler.</summary>
    public static EncoderWeights Weights(BertConfig config, int seed)
    {
        var random = new Random(seed);
        var (hidden, inner) = (config.HiddenSize, config.IntermediateSize);
        var tensors = new Dictionary<string, Tensor>();
        Add(WeightNames.WordEmbeddings, 0, config.VocabularySize, hidden);
        Add(WeightNames.PositionEmbeddings, 0, config.MaxPositions, hidden);
        Add(WeightNames.TokenTypeEmbeddings, 0, config.TypeVocabularySize, hidden);
        AddAffine(WeightNames.EmbeddingsNorm, 1, hidden);
        AddAffine(WeightNames.Pooler, 0, hidden, hidden);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var names = WeightNames.Layer(layer);
            AddAffine(names.Query, 0, hidden, hidden);
            AddAffine(names.Key, 0, hidden, hidden);
            AddAffine(names.Value, 0, hidden, hidden);
            AddAffine(names.AttentionOutput, 0, hidden, hidden);
            AddAffine(names.AttentionNorm, 1, hidden);
            AddAffine(names.Intermediate, 0, inner, hidden);
            AddAffine(names.Output, 0, hidden, inner);
            AddAffine(names.OutputNorm, 1, hidden);
        }

        return EncoderWeights.From(tensors, config, "random weights");

        void AddAffine(WeightNames.Affine names, float center, params long[] shape)
        {
            Add(names.Weight, center, shape);
            Add(names.Bias, 0, shape[0]);
        }

        void Add(string name, float center, params long[] shape)
        {
            var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = center + (float)(random.NextDouble() - 0.5) * 0.7f;
            }

            tensors[name] = new Tensor(name, TensorType.Float32, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        }
    }

    /// <summary>A sequence of ids that starts with a token that is not padding.</summary>
    public static int[] Ids(Random random, BertConfig config, int length) =>
        [2, .. Enumerable.Range(1, length - 1).Select(_ => random.Next(config.VocabularySize))];
}
