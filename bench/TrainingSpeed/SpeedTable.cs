using System.Globalization;
using System.Text;

namespace MiCse.TrainingSpeed;

/// <summary>The measurements as Markdown: medians over the rounds.</summary>
internal static class SpeedTable
{
    /// <param name="command">The arguments that made it.</param>
    /// <param name="setting">What all variants have in common.</param>
    /// <param name="rows">The variants with their measurements, one a round.</param>
    public static string Write(string command, Setting setting, IReadOnlyList<(Variant Variant, IReadOnlyList<Measurement> Rounds)> rows)
    {
        var text = new StringBuilder();
        text.Append(Invariant(
            $"""
            # Speed of training steps

                dotnet run -c Release --project bench/TrainingSpeed -- {command}

            {setting.Layers} layers of {setting.Hidden}, {setting.Heads} heads; {setting.Threads} {(setting.Threads == 1 ? "thread" : "threads")} on {Environment.ProcessorCount} processors; medians of {rows[0].Rounds.Count} rounds of {setting.Seconds:0.#} s.

            | variant | tokens/s | tokens per processor second | ms of processor time a step | padding | share of peak | forward | backward | clip and optimise | batch | peak MB |
            |---|---|---|---|---|---|---|---|---|---|---|

            """));
        foreach (var (variant, rounds) in rows)
        {
            string[] cells =
            [
                variant.ToString(),
                Median(rounds, round => round.TokensPerSecond).ToString("N0", CultureInfo.InvariantCulture),
                Median(rounds, round => round.TokensPerProcessorSecond).ToString("N0", CultureInfo.InvariantCulture),
                Median(rounds, round => 1000 * round.ProcessorSecondsPerStep).ToString("N0", CultureInfo.InvariantCulture),
                Percent(rounds, round => round.PaddingShare),
                Percent(rounds, round => round.ShareOfPeak),
                Percent(rounds, round => Part(round, StepPart.Forward)),
                Percent(rounds, round => Part(round, StepPart.Backward)),
                Percent(rounds, round => Part(round, StepPart.Optimizer)),
                Percent(rounds, round => Part(round, StepPart.Batch)),
                Median(rounds, round => round.PeakBytes / 1e6).ToString("N0", CultureInfo.InvariantCulture),
            ];
            text.Append(Invariant($"| {string.Join(" | ", cells)} |\n"));
        }

        text.Append("\nProcessor time for a token of one variant against that of another, the median of the rounds' ratios (of the same batches it is that of a step):\n\n| variant | against | ratio |\n|---|---|---|\n");
        foreach (var (variant, other) in Pairs(rows.Select(row => row.Variant)))
        {
            var ratios = Rounds(variant).Zip(Rounds(other), (one, another) => another.TokensPerProcessorSecond / one.TokensPerProcessorSecond);
            text.Append(Invariant($"| {variant} | {other} | {Median(ratios):0.00} |\n"));
        }

        return text.ToString();

        IReadOnlyList<Measurement> Rounds(Variant variant) => rows.Single(row => row.Variant == variant).Rounds;
    }

    /// <summary>The comparisons that decide something: miCSE with SimCSE, and everything else with what differs in one respect.</summary>
    private static IEnumerable<(Variant Variant, Variant Other)> Pairs(IEnumerable<Variant> variants)
    {
        var all = variants.ToHashSet();
        (Func<Variant, bool> Is, Func<Variant, Variant> Other)[] comparisons =
        [
            (variant => variant.Objective == Objective.MiCse, variant => variant with { Objective = Objective.SimCse }),
            (variant => variant.Precision == Training.Model.Precision.BFloat16, variant => variant with { Precision = Training.Model.Precision.Float32 }),
            (variant => variant.Maps == AttentionMaps.EveryLayer, variant => variant with { Maps = AttentionMaps.WhereNeeded }),
            (variant => variant.Batching != Batching.Longest, variant => variant with { Batching = Batching.Longest }),
        ];
        return
            from comparison in comparisons
            from variant in all
            where comparison.Is(variant) && all.Contains(comparison.Other(variant))
            select (variant, comparison.Other(variant));
    }

    private static double Part(Measurement round, StepPart part) => round.Parts[(int)part] / round.Parts.Sum();

    private static string Percent(IReadOnlyList<Measurement> rounds, Func<Measurement, double> value) =>
        Median(rounds, value).ToString("0.0 %", CultureInfo.InvariantCulture);

    private static double Median(IReadOnlyList<Measurement> rounds, Func<Measurement, double> value) => Median(rounds.Select(value));

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
