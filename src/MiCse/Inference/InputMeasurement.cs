using MiCse.Inference.Layers;
using MiCse.Models;
using MiCse.Numerics;
using MiCse.Weights;

namespace MiCse.Inference;

/// <summary>Measures what goes into the linear layers of an encoder, on texts of random words: which of their dimensions are large hardly depends on the text.</summary>
internal static class InputMeasurement
{
    private const int Texts = 8;
    private const int Tokens = 32;
    private const long Seed = 8;

    /// <summary>Runs the encoder in float32.</summary>
    public static InputStatistics Of(EncoderWeights weights)
    {
        var (config, random) = (weights.Config, new RandomSequence(Seed));
        var statistics = new InputStatistics();
        using var transformer = new Transformer(new CheckpointGraphWeights(weights), EncoderPrecision.Float32, threads: 1, statistics);
        using var workspace = new Workspace(config, EncoderPrecision.Float32);
        var texts = Enumerable.Range(0, Texts).Select(_ => Enumerable.Range(0, Math.Min(Tokens, config.MaxTokens)).Select(_ => random.Next(config.VocabularySize)).ToArray());
        transformer.Run(new TransformerInput([.. texts]), [config.Layers], firstOnly: false, workspace, new Team(1, CancellationToken.None));
        return statistics;
    }
}
