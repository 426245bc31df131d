using MiCse.Inference;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Numerics;
using MiCse.Tensors;
using MiCse.Tokenization;
using MiCse.Weights;

namespace MiCse.Initialization;

/// <summary>
/// Narrower feed-forward parts: of every layer the intermediate neurons whose output varies most over some texts. What a neuron that is left out adds on average is added to the
/// bias instead, where there is one. A start for training, since what varies about it is lost.
/// </summary>
internal sealed class FeedForwardPruning
{
    private const int TextsPerBatch = 32;

    private readonly Dictionary<string, Func<Tensor, Tensor>> _changes = [];

    private FeedForwardPruning(int size) => Size = size;

    /// <summary>The neurons that are kept in every layer: the new intermediate size.</summary>
    public int Size { get; }

    /// <summary>Draws texts to run the model on, each as likely as any other (Vitter's algorithm R).</summary>
    /// <param name="texts">The texts, enumerated once.</param>
    /// <param name="count">Texts to draw at most.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="cancellationToken">Looked at at every text.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IReadOnlyList<string> Sample(IEnumerable<string> texts, int count, long seed, CancellationToken cancellationToken = default)
    {
        var (sample, random, seen) = (new List<string>(), new RandomSequence(seed), 0);
        foreach (var text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            seen++;
            if (sample.Count < count)
            {
                sample.Add(text);
            }
            else if (random.Next(seen) is var place && place < count)
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
    /// <exception cref="ArgumentException">The layers are not wider, or there are no texts.</exception>
    /// <exception cref="Files.ModelFormatException">The model cannot be used.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static FeedForwardPruning Of(
        ModelFolder model, IReadOnlyList<string> texts, int size, int? threads = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        if (size < 1 || size > model.Config.IntermediateSize || model.Config.Layers == 0)
        {
            throw new ArgumentException($"The feed-forward parts of {model.Path} have {(model.Config.Layers == 0 ? 0 : model.Config.IntermediateSize)} neurons in each layer, of which {size} cannot be kept.");
        }

        if (texts.Count == 0)
        {
            throw new ArgumentException("There is no text to tell by which neurons matter.");
        }

        var tokenizer = Tokenizer.Load(model.TransformerPath);
        using var checkpoint = model.OpenCheckpoint();
        var weights = EncoderWeights.From(checkpoint, model.Config);
        var batches = texts.Chunk(TextsPerBatch).Select(batch => Array.ConvertAll(batch, text => tokenizer.Tokenize(model.Preparation.Apply(text), model.MaxTokens).Ids));
        var statistics = InputMeasurement.Of(weights, batches, new Team(threads ?? Environment.ProcessorCount, cancellationToken), progress);
        var pruning = new FeedForwardPruning(size);
        foreach (var layer in WeightNames.LayersWithWeights(model.Config))
        {
            pruning.Add(WeightNames.Layer(layer), weights, statistics);
        }

        return pruning;
    }

    /// <summary>A weight as it is in the narrower model.</summary>
    /// <param name="name">Its canonical name.</param>
    /// <param name="weight">As it was.</param>
    public Tensor Apply(string name, Tensor weight) => _changes.TryGetValue(name, out var change) ? change(weight) : weight;

    private void Add(WeightNames.LayerNames names, EncoderWeights weights, InputStatistics statistics)
    {
        var hasBias = weights.Config.Plan.Biases.HasFlag(Biases.Output);
        var input = statistics.Of(names.Output.Weight) ?? throw new InvalidOperationException($"The input of {names.Output.Weight} was not measured.");
        var (means, squares) = (input.Means(), input.MeanSquares());
        var width = means.Length;
        var output = weights[names.Output.Weight].ToSingles(); // [hidden, intermediate]
        var importance = new double[width];
        for (var at = 0; at < output.Length; at++)
        {
            importance[at % width] += (double)output[at] * output[at];
        }

        for (var neuron = 0; neuron < width; neuron++)
        {
            importance[neuron] *= squares[neuron] - (hasBias ? means[neuron] * means[neuron] : 0);
        }

        int[] kept = [.. Enumerable.Range(0, width).OrderByDescending(neuron => importance[neuron]).Take(Size).Order()];
        foreach (var inner in new[] { names.Intermediate, names.Gate })
        {
            _changes[inner.Weight] = _changes[inner.Bias] = weight => weight.SelectRows(kept);
        }

        _changes[names.Output.Weight] = weight => Columns(weight, kept);
        _changes[names.Output.Bias] = bias => WithMeans(bias, output, means, kept);
    }

    private static Tensor Columns(Tensor table, int[] columns) => Tensor.From(
        table.Name, [table.Shape[0], columns.Length], table.ToSingles().Chunk((int)table.Shape[1]).SelectMany(row => columns.Select(column => row[column])).ToArray());

    private static Tensor WithMeans(Tensor bias, float[] output, double[] means, int[] kept)
    {
        var missing = (double[])means.Clone();
        foreach (var neuron in kept)
        {
            missing[neuron] = 0;
        }

        return Tensor.From(bias.Name, bias.Shape, bias.ToSingles().Select((value, row) =>
            (float)(value + output.AsSpan(row * means.Length, means.Length).ToArray().Select((weight, neuron) => weight * missing[neuron]).Sum())).ToArray());
    }
}
