using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using MiCse.TrainingSpeed;

// One process a measurement, so that its largest size is the variant's own; rounds take turns, so that a noisy moment hits all alike.
var data = new Option<string>("--data") { Description = "Sentences, one a line.", DefaultValueFactory = _ => "../shared/data/wikipedia/en-sentences.txt.gz" };
var tokenizer = new Option<string>("--tokenizer") { Description = "The folder of a tokenizer.", DefaultValueFactory = _ => "../shared/data/bert-base-uncased" };
var layers = new Option<int>("--layers") { DefaultValueFactory = _ => 4 };
var hidden = new Option<int>("--hidden") { DefaultValueFactory = _ => 256 };
var heads = new Option<int>("--heads") { DefaultValueFactory = _ => 4 };
var threads = new Option<int>("--threads") { DefaultValueFactory = _ => Environment.ProcessorCount };
var seconds = new Option<double>("--seconds") { Description = "How long each variant is measured in each round.", DefaultValueFactory = _ => 10 };
var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 3 };
var output = new Option<string?>("--output", "-o") { Description = "The Markdown file to write besides printing it." };
var only = new Option<int?>("--variant") { Description = "Measure this one alone and print it as JSON.", Hidden = true };
var root = new RootCommand("Measures training steps: precision, attention maps, padding, and what attention mutual information costs.")
{
    data, tokenizer, layers, hidden, heads, threads, seconds, rounds, output, only, SlicedTraining.Command(),
};
root.SetAction(parsed =>
{
    var setting = new Setting(
        parsed.GetRequiredValue(data),
        parsed.GetRequiredValue(tokenizer),
        parsed.GetValue(layers),
        parsed.GetValue(hidden),
        parsed.GetValue(heads),
        parsed.GetValue(threads),
        parsed.GetValue(seconds));
    if (parsed.GetValue(only) is { } variant)
    {
        Console.WriteLine(JsonSerializer.Serialize(Measure.Run(Variant.All[variant], setting)));
        return 0;
    }

    var measured = Variant.All.Select(_ => new List<Measurement>()).ToList();
    for (var round = 0; round < parsed.GetValue(rounds); round++)
    {
        for (var index = 0; index < Variant.All.Count; index++)
        {
            Console.Error.WriteLine($"round {round + 1}: {Variant.All[index]}");
            measured[index].Add(MeasureApart(index));
        }
    }

    var table = SpeedTable.Write(string.Join(' ', args), setting, [.. Variant.All.Zip(measured, (one, all) => (one, (IReadOnlyList<Measurement>)all))]);
    Console.Write(table);
    if (parsed.GetValue(output) is { } file)
    {
        File.WriteAllText(file, table);
    }

    return 0;
});
return root.Parse(args).Invoke();

Measurement MeasureApart(int variant)
{
    // The host runs a .dll where there is no executable of its own.
    string[] host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) != "dotnet" ? [path] : ["dotnet", Environment.GetCommandLineArgs()[0]];
    using var process = Process.Start(new ProcessStartInfo(host[0], [.. host[1..], .. args, "--variant", $"{variant}"]) { RedirectStandardOutput = true })!;
    var json = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return process.ExitCode == 0
        ? JsonSerializer.Deserialize<Measurement>(json)!
        : throw new InvalidOperationException($"{Variant.All[variant]} was not measured.");
}
