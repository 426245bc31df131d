using MiCse.EncodingSpeed.Contestants;
using MiCse.Vectors;

namespace MiCse.EncodingSpeed.Measures;

/// <summary>Contestants on the same texts, in turns: a noisy moment of the machine hits all alike.</summary>
internal static class Race
{
    /// <param name="contestants">In the order of the report; the first is what the others' embeddings are compared with.</param>
    /// <param name="rounds">How often they take turns, each time with another part of the texts.</param>
    /// <param name="parts">Parts of the texts.</param>
    public static IReadOnlyList<Result> Run(IReadOnlyList<ContestantProcess> contestants, int rounds, int parts)
    {
        var many = contestants.Select(_ => new List<Answer>()).ToList();
        var single = contestants.Select(_ => new List<Answer>()).ToList();
        for (var round = 0; round < rounds; round++)
        {
            for (var index = 0; index < contestants.Count; index++)
            {
                Console.Error.WriteLine($"round {round + 1} of {rounds}: {contestants[index].Name}");
                single[index].Add(contestants[index].EncodeSingle());
                many[index].Add(contestants[index].EncodePart(round, parts));
            }
        }

        return [.. contestants.Select((contestant, index) => new Result(
            contestant.Name,
            [.. many[index].Select(answer => answer.Seconds)],
            [.. single[index].Select(answer => answer.Seconds)],
            many[index][^1].PeakBytes,
            many[index].Zip(many[0]).Concat(single[index].Zip(single[0]))
                .Min(pair => Similarity.Cosine(pair.First.Embedding, pair.Second.Embedding)),
            many[index].Max(answer => answer.PaddingShare)))];
    }
}
