using System.CommandLine;
using MiCse.Serving;
using MiCse.Serving.Servers;

// The other servers of the comparison are this program in another role.
switch (args)
{
    case ["empty-server"]:
        return await EmptyServer.RunAsync();
    case ["plain-server", var folder]:
        return await PlainServer.RunAsync(folder);
}

var model = new Option<string>("--model") { Description = "The model to serve.", DefaultValueFactory = _ => "micse-small-en" };
var data = new Option<string>("--data") { Description = "Sentences, one a line.", Required = true };
var seconds = new Option<int>("--seconds") { Description = "Seconds of each load.", DefaultValueFactory = _ => 120 };
var bulk = new Option<int>("--bulk-texts") { Description = "Texts of the bulk job.", DefaultValueFactory = _ => 100_000 };
var parts = new Option<string[]>("--parts")
{
    Description = "What is measured.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [Comparison.Starts, Comparison.Loads, Comparison.Bulk, Comparison.Throughput],
};
parts.AcceptOnlyFromAmong(Comparison.Starts, Comparison.Loads, Comparison.Bulk, Comparison.Throughput);
var servers = new Option<string[]>("--servers") { Description = "Which servers (llama: where bench/LlamaServer is built).", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => ["micse", "plain"] };
servers.AcceptOnlyFromAmong("micse", "plain", "llama");
var output = new Option<string?>("--output", "-o") { Description = "The report (default: standard output)." };
var root = new RootCommand("Measures the server beside others, from a second process over loopback.") { model, data, seconds, bulk, parts, servers, output };
root.SetAction(async (parsed, stop) =>
{
    var setting = new Setting(parsed.GetRequiredValue(model), parsed.GetRequiredValue(data), parsed.GetRequiredValue(seconds), parsed.GetRequiredValue(bulk));
    var report = await Comparison.RunAsync(setting, parsed.GetRequiredValue(parts), parsed.GetRequiredValue(servers), Console.Error, stop);
    if (parsed.GetValue(output) is { } file)
    {
        await File.WriteAllTextAsync(file, report, stop);
    }
    else
    {
        await Console.Out.WriteAsync(report);
    }
});
return await root.Parse(args).InvokeAsync();
