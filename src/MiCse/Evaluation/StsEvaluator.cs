using System.Numerics.Tensors;
using MiCse.Data;
using MiCse.Vectors;
using Microsoft.Extensions.AI;

namespace MiCse.Evaluation;

/// <summary>
/// Scores an encoder on STS tasks as SentEval does: the cosine of the two embeddings of a pair against the gold score. The files are read
/// once, at construction; every run encodes each distinct sentence once. Immutable, so that runs may overlap.
/// </summary>
public sealed class StsEvaluator
{
    private const int BatchSize = 512;

    private readonly IReadOnlyList<(StsTask Task, IReadOnlyList<StsSubset> Subsets)> _tasks;
    private readonly IReadOnlyList<MissingTask> _missing;
    private readonly EvaluationSplit _split;
    private readonly string[] _sentences;
    private readonly Dictionary<string, int> _rows = new(StringComparer.Ordinal);

    /// <summary>Reads the tasks; those whose files are not there will be listed in <see cref="EvaluationReport.Missing"/>.</summary>
    /// <param name="folder">SentEval's downstream folder: it holds STS/ and SICK/.</param>
    /// <param name="tasks">The tasks, for example from <see cref="StsTask.Select"/>.</param>
    /// <param name="split">The split; a task without a development set is scored on its test set.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="DataFormatException">A file that is there is not what SentEval makes; file and line are named.</exception>
    public StsEvaluator(string folder, IEnumerable<StsTask> tasks, EvaluationSplit split = EvaluationSplit.Test)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{folder}: there is no such folder; expected SentEval's downstream folder, which holds STS and SICK.");
        }

        _split = split;
        StsTask[] all = [.. tasks];
        _missing = [.. all.Select(task => (task.Name, File: task.MissingFile(folder, split))).Where(task => task.File is not null)
            .Select(task => new MissingTask(task.Name, task.File!))];
        _tasks = [.. all.Where(task => task.MissingFile(folder, split) is null).Select(task => (task, task.Read(folder, split)))];

        // By length, so that a batch needs little padding.
        _sentences = [.. _tasks.SelectMany(task => task.Subsets).SelectMany(subset => subset.Pairs)
            .SelectMany(pair => (string[])[pair.First, pair.Second]).Distinct(StringComparer.Ordinal).OrderBy(sentence => sentence.Length)];
        for (var row = 0; row < _sentences.Length; row++)
        {
            _rows.Add(_sentences[row], row);
        }
    }

    /// <summary>Distinct sentences that a run encodes.</summary>
    public int SentenceCount => _sentences.Length;

    /// <summary>The tasks that will be listed as missing.</summary>
    public IReadOnlyList<MissingTask> Missing => _missing;

    /// <summary>Letter counts have cosines that are equal in exact arithmetic only: tests against the reference round them as it did.</summary>
    internal Func<double, double> AdjustCosine { get; init; } = cosine => cosine;

    /// <summary>Encodes the sentences in batches and scores every task.</summary>
    /// <param name="encode">Texts → embeddings, row by row.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellationToken">Asked between batches and passed on.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="InvalidOperationException">The encoder returned another number of rows, or a value that is not finite.</exception>
    public EvaluationReport Evaluate(
        Func<IReadOnlyList<string>, CancellationToken, EmbeddingMatrix> encode,
        IProgress<EvaluationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encode);
        var embeddings = new List<float[]>(_sentences.Length);
        foreach (var batch in _sentences.Chunk(BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var matrix = encode(batch, cancellationToken);
            for (var row = 0; row < matrix.Count; row++)
            {
                embeddings.Add(matrix[row].ToArray());
            }

            Check(batch, matrix.Count, embeddings);
            progress?.Report(new EvaluationProgress(embeddings.Count, _sentences.Length));
        }

        return Score(embeddings);
    }

    /// <summary>The same for any embedding generator.</summary>
    /// <inheritdoc cref="Evaluate"/>
    public async Task<EvaluationReport> EvaluateAsync(
        IEmbeddingGenerator<string, Embedding<float>> generator,
        IProgress<EvaluationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(generator);
        var embeddings = new List<float[]>(_sentences.Length);
        foreach (var batch in _sentences.Chunk(BatchSize))
        {
            var generated = await generator.GenerateAsync(batch, cancellationToken: cancellationToken).ConfigureAwait(false);
            embeddings.AddRange(generated.Select(embedding => embedding.Vector.ToArray()));
            Check(batch, generated.Count, embeddings);
            progress?.Report(new EvaluationProgress(embeddings.Count, _sentences.Length));
        }

        return Score(embeddings);
    }

    private static void Check(string[] batch, int count, List<float[]> embeddings)
    {
        if (count != batch.Length)
        {
            throw new InvalidOperationException($"The encoder returned {count} embeddings for {batch.Length} sentences.");
        }

        for (var i = 0; i < count; i++)
        {
            if (embeddings[embeddings.Count - count + i].AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            {
                throw new InvalidOperationException(
                    $"The encoder returned an embedding with a value that is not finite for the sentence \"{batch[i]}\".");
            }
        }
    }

    private EvaluationReport Score(List<float[]> embeddings)
    {
        var results = new List<StsResult>();
        foreach (var (task, subsets) in _tasks)
        {
            var similarities = new List<double>();
            var gold = new List<double>();
            var scores = new List<KeyValuePair<string, StsScore>>();
            foreach (var subset in subsets)
            {
                double[] subsetSimilarities = [.. subset.Pairs.Select(pair =>
                    AdjustCosine(Cosine(embeddings[_rows[pair.First]], embeddings[_rows[pair.Second]])))];
                double[] subsetGold = [.. subset.Pairs.Select(pair => pair.Gold)];
                scores.Add(new(subset.Name, StsScore.Of(subsetSimilarities, subsetGold)));
                similarities.AddRange(subsetSimilarities);
                gold.AddRange(subsetGold);
            }

            results.Add(new StsResult(task.Name, task.SplitFor(_split), StsScore.Of([.. similarities], [.. gold]), scores));
        }

        return new EvaluationReport(results, _missing);
    }

    /// <summary>The cosine in double precision; 0 when one side is zero, as SentEval has it.</summary>
    private static double Cosine(float[] first, float[] second)
    {
        double[] a = Widen(first), b = Widen(second);
        // One root of the product, not a product of roots: equal vectors then have exactly 1, and no tie between them is broken by rounding.
        var norms = Math.Sqrt(TensorPrimitives.Dot<double>(a, a) * TensorPrimitives.Dot<double>(b, b));
        return norms == 0 ? 0 : TensorPrimitives.Dot<double>(a, b) / norms;
    }

    private static double[] Widen(float[] values)
    {
        var wide = new double[values.Length];
        TensorPrimitives.ConvertChecked<float, double>(values, wide);
        return wide;
    }
}
