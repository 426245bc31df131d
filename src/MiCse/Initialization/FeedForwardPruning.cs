using System.Runtime.InteropServices;
using MiCse.Inference;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Numerics;
using MiCse.Tensors;
using MiCse.Tokenization;
using MiCse.Weights;

namespace MiCse.Initialization;

/// <summary>
/// Narrower feed-forward parts: of every layer the neurons whose share in its output varies most over some texts, by the variance of a neuron's activation times the squared
/// length of its column of the output matrix. What a neuron that is left out adds on average goes to the bias; a layer without that bias keeps those with the largest mean square
/// instead. A start for training, since what varies is lost.
/// </summary>
internal sealed class FeedForwardPruning
{
    /// <summary>Tokens of a text that are looked at.</summary>
    public const int MostTokens = 128;

    private const int TextsPerBatch = 32;

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

        var tokenizer = Tokenizer.Load(model.TransformerPath);
        using var checkpoint = model.OpenCheckpoint();
        var weights = EncoderWeights.From(checkpoint, model.Config);
        var batches = texts.Chunk(TextsPerBatch).Select(batch => Array.ConvertAll(batch, text => tokenizer.Tokenize(model.Preparation.Apply(text), Math.Min(model.MaxTokens, MostTokens)).Ids));
        var statistics = InputMeasurement.Of(weights, batches, new InputStatistics(rows: 0), new Team(threads ?? Environment.ProcessorCount, cancellationToken), progress);
        var pruning = new FeedForwardPruning(size);
        foreach (var layer in WeightNames.LayersWithWeights(model.Config))
        {
            pruning.Add(WeightNames.Layer(layer), weights, statistics);
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
        if (hasBias)
        {
            foreach (var neuron in kept)
            {
                means[neuron] = 0;
            }

            var shift = new float[output.Length / width];
            for (var row = 0; row < shift.Length; row++)
            {
                var sum = 0.0;
                for (var neuron = 0; neuron < width; neuron++)
                {
                    sum += output[(row * width) + neuron] * means[neuron];
                }

                shift[row] = (float)sum;
            }

            _changes[names.Output.Bias] = bias => Tensor.From(bias.Name, bias.Shape, bias.ToSingles().Zip(shift, (value, more) => value + more).ToArray());
        }
    }

    private static Tensor Columns(Tensor table, int[] columns) => new(table.Name, TensorType.Float32, [table.Shape[0], columns.Length], stream =>
    {
        ReadOnlySpan<float> all = table.ToSingles();
        var (width, row) = ((int)table.Shape[1], new float[columns.Length]);
        for (var start = 0; start < all.Length; start += width)
        {
            for (var index = 0; index < columns.Length; index++)
            {
                row[index] = all[start + columns[index]];
            }

            stream.Write(MemoryMarshal.AsBytes<float>(row));
        }
    });
}
