using MiCse.Data;
using MiCse.EncodingSpeed.Contestants;
using MiCse.EncodingSpeed.Measures;
using MiCse.EncodingSpeed.Report;

namespace MiCse.EncodingSpeed;

/// <summary>The whole run: both models, the parts, the report.</summary>
internal static class Comparison
{
    private const int ColdStarts = 9;

    /// <returns>The report.</returns>
    public static string Run(Setting setting, string command)
    {
        Directory.CreateDirectory(setting.WorkFolder);
        List<string> remarks = [];
        CommandRun.Of("--help"); // builds the command line if need be
        var tokenizer = TokenizerSpeed.Measure(setting);
        var coldStart = Statistics.Median(Enumerable.Range(0, ColdStarts)
            .Select(_ => CommandRun.Of("similarity", Texts.Single, "Someone plays an instrument.").Seconds));
        var sorted = TextFiles.WriteSorted(setting);
        Shape[] measured = setting.Model is { } model ? [Shape.Of(model)] : [Shape.BertBase(setting), Shape.Default];
        var shapes = measured.Select(shape => Measure(shape, sorted, setting, remarks)).ToList();
        var wholeFile = CommandRun.Of(
            "encode", TextFiles.Write(setting, setting.FileSentences), "--threads", $"{setting.Threads}", "--output", Path.Combine(setting.WorkFolder, "embeddings.npy"));
        return new SpeedReport(command, setting).Write(shapes, tokenizer, coldStart, wholeFile, setting.Model is null ? Goals.Of(shapes[0], tokenizer, coldStart, wholeFile) : [], remarks);
    }

    private static ShapeResults Measure(Shape shape, string sorted, Setting setting, List<string> remarks)
    {
        var exported = shape.Exported(setting);
        var contestants = Names.InDotNet.Select(name => new ContestantProcess(name,
            [.. ThisProgram(), "--contestant", name, "--model", Names.RunsExport(name) ? exported : shape.Model, "--texts", sorted, "--threads", $"{setting.Threads}"])).ToList();
        try
        {
            contestants.AddRange(Transformers.Start(shape, sorted, setting, remarks));
            if (setting.Packages is { } packages)
            {
                // They take as many threads as there are processors: the process gets that many.
                contestants.AddRange(Names.OfPackages.Select(name => new ContestantProcess(
                    name, ["taskset", "-c", $"0-{setting.Threads - 1}", "dotnet", packages, name, shape.Model, sorted])));
            }

            var peak = ProductPeak.Measure(setting.Threads);
            var results = Race.Run(contestants, setting.Rounds, setting.Parts);
            var texts = TextFile.ReadTexts(sorted).ToArray();
            var encoded = Enumerable.Range(0, setting.Rounds).SelectMany(part => Texts.Part(texts, part, setting.Parts));
            return new ShapeResults(shape, shape.Work(encoded), peak, results);
        }
        finally
        {
            contestants.ForEach(contestant => contestant.Dispose());
        }
    }

    // The host runs a .dll where there is no executable of its own.
    private static string[] ThisProgram() => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) != "dotnet"
        ? [path]
        : ["dotnet", Environment.GetCommandLineArgs()[0]];
}
