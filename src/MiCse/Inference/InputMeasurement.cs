using MiCse.Files;
using MiCse.Inference.Layers;
using MiCse.Models;
using MiCse.Numerics;
using MiCse.Tokenization;
using MiCse.Weights;

namespace MiCse.Inference;

/// <summary>
/// Measures what goes into the linear layers of an encoder. For quantization on texts of random words between the special tokens of its tokenizer: which dimensions are large
/// hardly depends on the words, but it does on start and end.
/// </summary>
internal static class InputMeasurement
{
    private const int Texts = 48;
    private const int Tokens = 32;
    private const long Seed = 8;

    /// <summary>Runs the encoder in float32, on random words alone.</summary>
    public static InputStatistics Of(EncoderWeights weights) => Of(weights, []);

    /// <summary>The same with the special tokens of a tokenizer.</summary>
    /// <param name="weights">A complete encoder.</param>
    /// <param name="tokenizerFolder">The folder of the tokenizer's files.</param>
    /// <exception cref="ModelFormatException">They cannot be used.</exception>
    public static InputStatistics Of(EncoderWeights weights, string tokenizerFolder) =>
        Of(weights, Array.FindAll(Tokenizer.Load(tokenizerFolder).Tokenize("").Ids, id => id < weights.Config.VocabularySize));

    private static InputStatistics Of(EncoderWeights weights, int[] specials)
    {
        var (config, random) = (weights.Config, new RandomSequence(Seed));
        var words = Math.Max(1, Math.Min(Tokens, config.MaxTokens) - specials.Length);
        var texts = Enumerable.Range(0, Texts).Select(_ => (int[])
            [.. specials.Take(1), .. Enumerable.Range(0, words).Select(_ => random.Next(config.VocabularySize)), .. specials.Skip(1)]);
        return Of(weights, [texts.ToArray()], new InputStatistics(), new Team(1, CancellationToken.None));
    }

    /// <summary>Runs the encoder in float32 on texts.</summary>
    /// <param name="weights">A complete encoder.</param>
    /// <param name="batches">The ids of the texts' tokens.</param>
    /// <param name="statistics">Where what is found is added, and returned.</param>
    /// <param name="team">The worker threads.</param>
    /// <param name="progress">Told the number of texts done.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static InputStatistics Of(EncoderWeights weights, IEnumerable<int[][]> batches, InputStatistics statistics, Team team, IProgress<long>? progress = null)
    {
        var (config, done) = (weights.Config, 0L);
        using var transformer = new Transformer(new CheckpointGraphWeights(weights), EncoderPrecision.Float32, threads: 1, statistics);
        using var workspace = new Workspace(config, EncoderPrecision.Float32);
        foreach (var batch in batches)
        {
            transformer.Run(new TransformerInput(batch), [config.Layers], firstOnly: false, workspace, team);
            progress?.Report(done += batch.Length);
        }

        return statistics;
    }
}
