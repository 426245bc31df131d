using System.Numerics.Tensors;
using MiCse.Evaluation.Statistics;
using MiCse.Vectors;

namespace MiCse.Evaluation.Tasks;

/// <summary>An STS task in memory.</summary>
internal sealed class LoadedStsTask(StsTask task, IReadOnlyList<StsSubset> subsets, EvaluationSplit split) : LoadedTask(task)
{
    /// <summary>Gold scores from here on are pairs that belong together, as SimCSE has it.</summary>
    private const double PositiveGold = 4;

    public override IEnumerable<string> Sentences =>
        subsets.SelectMany(subset => subset.Pairs).SelectMany(pair => (string[])[pair.First, pair.Second]);

    /// <summary>
    /// Letter counts have cosines that are equal in exact arithmetic only: tests against the reference round them as it did.
    /// </summary>
    public Func<double, double> AdjustCosine { get; set; } = cosine => cosine;

    /// <summary>See <see cref="EvaluatorOptions.RemovedComponents"/>.</summary>
    public int RemovedComponents { get; init; }

    public override TaskResult Score(SentenceEmbeddings embeddings, CancellationToken cancellationToken)
    {
        embeddings = RemovedComponents == 0 ? embeddings : WithoutCommonComponents(embeddings);
        var pairs = new List<ScoredPair>();
        var scores = new List<KeyValuePair<string, StsScore>>();
        foreach (var subset in subsets)
        {
            ScoredPair[] scored = [.. subset.Pairs.Select(pair =>
                new ScoredPair(pair, AdjustCosine(Cosine(embeddings[pair.First], embeddings[pair.Second]))))];
            scores.Add(new(subset.Name, ScoreOf(scored)));
            pairs.AddRange(scored);
        }

        return new StsResult(Task.Name, split, ScoreOf(pairs), scores, pairs)
        {
            AlignmentUniformity = Task.Name == StsTask.BenchmarkName
                ? Space(pairs.ConvertAll(pair => pair.Pair), embeddings)
                : null,
        };
    }

    private SentenceEmbeddings WithoutCommonComponents(SentenceEmbeddings embeddings)
    {
        string[] sentences = [.. Sentences.Distinct(StringComparer.Ordinal)];
        var rows = Rows(sentences, embeddings);
        CommonComponents.Remove(rows, RemovedComponents);
        var remaining = new SentenceEmbeddings();
        remaining.Add(sentences, [.. Enumerable.Range(0, rows.Count).Select(row => rows[row].ToArray())]);
        return remaining;
    }

    private static StsScore ScoreOf(IReadOnlyCollection<ScoredPair> pairs) =>
        StsScore.Of([.. pairs.Select(pair => pair.Similarity)], [.. pairs.Select(pair => pair.Pair.Gold)]);

    /// <summary>Pairs that belong together are those of a high gold score; the different sentences are the space.</summary>
    private static AlignmentUniformity Space(IReadOnlyCollection<StsPair> pairs, SentenceEmbeddings embeddings)
    {
        StsPair[] positive = [.. pairs.Where(pair => pair.Gold >= PositiveGold)];
        return AlignmentUniformity.Of(
            Rows(positive.Select(pair => pair.First), embeddings), Rows(positive.Select(pair => pair.Second), embeddings),
            Rows(pairs.SelectMany(pair => (string[])[pair.First, pair.Second]).Distinct(StringComparer.Ordinal), embeddings));
    }

    private static EmbeddingMatrix Rows(IEnumerable<string> sentences, SentenceEmbeddings embeddings)
    {
        float[][] rows = [.. sentences.Select(sentence => embeddings[sentence])];
        return new EmbeddingMatrix([.. rows.SelectMany(row => row)], rows.Length, Math.Max(embeddings.Dimensions, 1));
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
