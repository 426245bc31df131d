#:project ../../src/MiCse

// The table of docs/label-free-selection.md from what `micse train --json` printed: dotnet run docs/label-free-selection/table.cs -- FILE.json …
using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Evaluation;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
(string Name, Func<Checkpoint, double> Value)[] criteria =
[
    ("held-out loss", checkpoint => checkpoint.Loss),
    ("held-out InfoNCE", checkpoint => checkpoint.ContrastiveLoss),
    ("held-out AMI, negated", checkpoint => -checkpoint.MutualInformation),
    ("alignment", checkpoint => checkpoint.Alignment),
    ("uniformity", checkpoint => checkpoint.Uniformity),
    ("alignment + uniformity", checkpoint => checkpoint.Alignment + checkpoint.Uniformity),
    ("last step", checkpoint => -checkpoint.Step),
];

foreach (var file in args)
{
    Checkpoint[] run = [.. JsonNode.Parse(File.ReadAllText(file))!["evaluations"]!.AsArray().Select(node => Checkpoint.From(node!))];
    var best = run.MaxBy(checkpoint => checkpoint.Score)!;
    Console.WriteLine($"**{Path.GetFileNameWithoutExtension(file)}**: {run.Length} checkpoints, the best has {100 * best.Score:F2} at step {best.Step}.\n");
    Console.WriteLine("| criterion, lowest is kept | Spearman with STS-B dev | step kept | STS-B dev there | below the best |\n|---|---|---|---|---|");
    foreach (var (name, value) in criteria)
    {
        var kept = run.MinBy(value)!;
        var correlation = Correlation.Spearman([.. run.Select(checkpoint => -value(checkpoint))], [.. run.Select(checkpoint => checkpoint.Score)]);
        Console.WriteLine($"| {name} | {correlation:F2} | {kept.Step} | {100 * kept.Score:F2} | {100 * (best.Score - kept.Score):F2} |");
    }

    Console.WriteLine();
}

internal sealed record Checkpoint(int Step, double Score, double Loss, double ContrastiveLoss, double MutualInformation, double Alignment, double Uniformity)
{
    public static Checkpoint From(JsonNode node) => new(
        node["step"]!.GetValue<int>(),
        node["score"]!.GetValue<double>(),
        node["heldOut"]!["loss"]!.GetValue<double>(),
        node["heldOut"]!["contrastiveLoss"]!.GetValue<double>(),
        node["heldOut"]!["attentionMutualInformation"]!.GetValue<double>(),
        node["heldOut"]!["alignment"]!.GetValue<double>(),
        node["heldOut"]!["uniformity"]!.GetValue<double>());
}
