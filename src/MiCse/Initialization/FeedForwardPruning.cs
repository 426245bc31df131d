using System.Numerics.Tensors;
using MiCse.Inference;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Numerics;
using MiCse.Weights;
using Tensor = MiCse.Tensors.Tensor;

namespace MiCse.Initialization;

/// <summary>
/// Narrower feed-forward parts: of every layer the neurons that explain most of the variance of its output over some texts. The activations of the others are predicted from those that are
/// kept by ridge regression: its coefficients are added to the columns of the output matrix, its intercept to the bias. A layer without that bias has second moments about the origin in
/// place of the covariance, and no intercept. A start for training, since what no linear combination predicts is lost.
/// </summary>
internal sealed class FeedForwardPruning
{
    /// <summary>Tokens of a text that are looked at.</summary>
    public const int MostTokens = 128;

    private const int TextsPerBatch = 32;

    // A smaller share of the mean square than this is no variance but what single precision makes of a constant.
    private const double Rounding = 1e-6;

    private readonly Dictionary<string, Func<Tensor, Tensor>> _changes = [];

    private FeedForwardPruning(int size) => Size = size;

    /// <summary>The neurons that are kept in every layer: the new intermediate size.</summary>
    public int Size { get; }

    /// <summary>Draws texts to run the model on, each as likely as any other (Vitter's algorithm R).</summary>
    /// <param name="texts">The texts, enumerated once.</param>
    /// <param name="count">Texts to draw at most.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="progress">Told the number of texts read.</param>
    /// <param name="cancellationToken">Looked at at every text.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IReadOnlyList<string> Sample(IEnumerable<string> texts, int count, long seed, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        var (sample, random, seen) = (new List<string>(), new RandomSequence(seed), 0L);
        foreach (var text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            seen++;
            progress?.Report(seen);
            if (sample.Count < count)
            {
                sample.Add(text);
            }
            else if (random.Next((int)Math.Min(seen, int.MaxValue)) is var place && place < count)
            {
                sample[place] = text;
            }
        }

        return sample;
    }

    /// <summary>Runs the model on texts and chooses.</summary>
    /// <param name="model">The model.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="size">Neurons to keep.</param>
    /// <param name="threads">Worker threads; null: all processors.</param>
    /// <param name="progress">Told the number of texts that the model was run on.</param>
    /// <param name="cancellationToken">Looked at at every batch.</param>
    /// <exception cref="ArgumentException">As <see cref="Check"/> says, or there are no texts.</exception>
    /// <exception cref="Files.ModelFormatException">The model cannot be used.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static FeedForwardPruning Of(
        ModelFolder model, IReadOnlyList<string> texts, int size, int? threads = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        Check(model, size);
        if (texts.Count == 0)
        {
            throw new ArgumentException("There is no text to tell by which neurons matter.");
        }

        var tokenizer = FolderTokenizer.Load(model);
        using var checkpoint = model.OpenCheckpoint();
        var weights = EncoderWeights.From(checkpoint, model.Config);
        var batches = texts.Chunk(TextsPerBatch).Select(batch => Array.ConvertAll(batch, text => tokenizer.Tokenize(model.Preparation.Apply(text), Math.Min(model.MaxTokens, MostTokens)).Ids));
        var layers = WeightNames.LayersWithWeights(model.Config).Select(WeightNames.Layer).ToArray();
        var statistics = new InputStatistics(rows: 0, layers.Select(names => names.Output.Weight).ToHashSet(StringComparer.Ordinal).Contains);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads ?? Environment.ProcessorCount, CancellationToken = cancellationToken };
        InputMeasurement.Of(weights, batches, statistics, new Team(parallel.MaxDegreeOfParallelism, cancellationToken), progress);
        var pruning = new FeedForwardPruning(size);
        foreach (var names in layers)
        {
            pruning.Add(names, weights, statistics.Take(names.Output.Weight) ?? throw new InvalidOperationException($"The input of {names.Output.Weight} was not measured."), parallel);
        }

        return pruning;
    }

    /// <summary>Refuses a size that the layers of a model cannot have, before any text is read.</summary>
    /// <param name="model">The model.</param>
    /// <param name="size">Neurons to keep.</param>
    /// <exception cref="ArgumentException">Less than 1, more than the layers have, or there are no layers.</exception>
    /// <exception cref="Files.ModelFormatException">The family rounds such a size up.</exception>
    public static void Check(ModelFolder model, int size)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Config.Layers == 0)
        {
            throw new ArgumentException($"{model.Path} has no layers, so there is no feed-forward part to narrow.");
        }

        if (size < 1 || size > model.Config.IntermediateSize)
        {
            throw new ArgumentException($"The feed-forward parts of {model.Path} have {model.Config.IntermediateSize} neurons, of which {size} cannot be kept.");
        }

        ConfigReader.Check(model.Path, model.Config with { IntermediateSize = size });
    }

    /// <summary>A weight as it is in the narrower model.</summary>
    /// <param name="name">Its canonical name.</param>
    /// <param name="weight">As it was.</param>
    public Tensor Apply(string name, Tensor weight) => _changes.TryGetValue(name, out var change) ? change(weight) : weight;

    private void Add(WeightNames.LayerNames names, EncoderWeights weights, LinearInput input, ParallelOptions parallel)
    {
        var means = weights.Config.Plan.Biases.HasFlag(Biases.Output) ? input.Means() : new double[weights.Config.IntermediateSize];
        var (kept, output, shift) = Narrow(weights[names.Output.Weight].ToSingles(), Covariance(input.Products()!, means), means, Size, parallel);
        foreach (var inner in new[] { names.Intermediate, names.Gate })
        {
            _changes[inner.Weight] = _changes[inner.Bias] = weight => weight.SelectRows(kept);
        }

        _changes[names.Output.Weight] = weight => Tensor.From(weight.Name, [shift.Length, kept.Length], output);
        _changes[names.Output.Bias] = bias => Tensor.From(bias.Name, bias.Shape, bias.ToSingles().Zip(shift, (value, more) => value + more).ToArray());
    }

    private static double[][] Covariance(double[][] moments, double[] means)
    {
        for (var neuron = 0; neuron < means.Length; neuron++)
        {
            TensorPrimitives.MultiplyAdd(means.AsSpan(0, neuron + 1), -means[neuron], moments[neuron], moments[neuron]);
        }

        for (var neuron = 0; neuron < means.Length; neuron++)
        {
            var variance = moments[neuron][neuron];
            if (variance <= Rounding * (variance + (means[neuron] * means[neuron])))
            {
                // The same for every token, but for rounding.
                Array.Clear(moments[neuron]);
                foreach (var later in moments.AsSpan(neuron + 1))
                {
                    later[neuron] = 0;
                }
            }
        }

        return moments;
    }

    // The neurons to keep, ascending, the output matrix [hidden, kept], and what is added to its bias [hidden].
    private static (int[] Kept, float[] Output, float[] Shift) Narrow(float[] output, double[][] covariance, double[] means, int size, ParallelOptions parallel)
    {
        var factor = PivotedCholesky.Of(covariance, SquaredLengths(output, means.Length), size, parallel);
        int[] kept = [.. factor.Pivots.Order()];
        var shift = new float[output.Length / means.Length];
        var narrow = new float[shift.Length * size];
        ParallelLoop.For(0, shift.Length, parallel, row =>
        {
            var before = Array.ConvertAll(output[(row * means.Length)..((row + 1) * means.Length)], value => (double)value);
            var after = factor.OntoPivots(before);
            shift[row] = (float)(TensorPrimitives.Dot<double>(before, means) - TensorPrimitives.Dot<double>(after, means));
            for (var index = 0; index < size; index++)
            {
                narrow[(row * size) + index] = (float)after[kept[index]];
            }
        });
        return (kept, narrow, shift);
    }

    private static double[] SquaredLengths(float[] output, int width)
    {
        var lengths = new double[width];
        for (var at = 0; at < output.Length; at++)
        {
            lengths[at % width] += (double)output[at] * output[at];
        }

        return lengths;
    }
}
