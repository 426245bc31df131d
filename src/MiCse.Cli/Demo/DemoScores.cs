using MiCse.Evaluation.Statistics;
using MiCse.Vectors;

namespace MiCse.Cli.Demo;

/// <summary>What a model makes of the held-out sentences: a value for each pair and each query, so that models can be compared on the same samples.</summary>
internal sealed class DemoScores
{
    private readonly double[] _scores;
    private readonly double[] _cosines;
    private readonly int[] _ranks;
    private readonly SampledSpearman _spearman;

    /// <summary>Takes a model's values.</summary>
    /// <param name="scores">The score of each pair.</param>
    /// <param name="cosines">The cosine of each pair.</param>
    /// <param name="ranks">For each query the rank of the first ticket of its topic, from 1.</param>
    public DemoScores(double[] scores, double[] cosines, int[] ranks) =>
        (_scores, _cosines, _ranks, _spearman) = (scores, cosines, ranks, new SampledSpearman(cosines, scores));

    /// <summary>Pairs.</summary>
    public int Pairs => _cosines.Length;

    /// <summary>Queries.</summary>
    public int Queries => _ranks.Length;

    /// <summary>Encodes the sentences and compares them.</summary>
    public static DemoScores Of(SentenceEncoder encoder, DemoData data, CancellationToken cancellationToken)
    {
        var tickets = Encode(encoder, data.Tickets.Select(ticket => ticket.Text));
        var queries = Encode(encoder, data.Queries.Select(query => query.Text));
        var first = Encode(encoder, data.Pairs.Select(pair => pair.First));
        var second = Encode(encoder, data.Pairs.Select(pair => pair.Second));
        return new DemoScores(
            [.. data.Pairs.Select(pair => pair.Score)],
            [.. data.Pairs.Select((_, row) => Similarity.Cosine(first[row], second[row]))],
            [.. data.Queries.Select((query, row) => Rank(queries[row], query.Topic, tickets, data.Tickets))]);

        EmbeddingMatrix Encode(SentenceEncoder model, IEnumerable<string> texts) => model.Encode([.. texts], null, cancellationToken).Embeddings;
    }

    /// <summary>Spearman's correlation of cosines and scores × 100, over all pairs.</summary>
    public double Spearman() => 100 * Correlation.Spearman(_cosines, _scores);

    /// <inheritdoc cref="Spearman()"/>
    public double Spearman(ReadOnlySpan<int> sample) => 100 * _spearman.Of(sample);

    /// <summary>Queries whose most similar ticket is of their topic, in %.</summary>
    public double FirstHits(ReadOnlySpan<int> sample) => Mean(sample, rank => rank == 1 ? 100 : 0);

    /// <summary>The mean reciprocal rank of the first ticket of a query's topic × 100.</summary>
    public double ReciprocalRank(ReadOnlySpan<int> sample) => Mean(sample, rank => 100.0 / rank);

    private double Mean(ReadOnlySpan<int> sample, Func<int, double> value)
    {
        var sum = 0.0;
        foreach (var query in sample)
        {
            sum += value(_ranks[query]);
        }

        return sum / sample.Length;
    }

    // One more than the tickets of other topics that are more similar than the best of this one.
    private static int Rank(ReadOnlySpan<float> query, string topic, EmbeddingMatrix embeddings, IReadOnlyList<DemoTicket> tickets)
    {
        var cosines = new double[tickets.Count];
        var best = double.NegativeInfinity;
        for (var row = 0; row < cosines.Length; row++)
        {
            cosines[row] = Similarity.Cosine(query, embeddings[row]);
            best = tickets[row].Topic == topic ? Math.Max(best, cosines[row]) : best;
        }

        return 1 + cosines.Count(cosine => cosine > best);
    }
}
