using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Cli.Help;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Hub;

namespace MiCse.Cli.Commands;

/// <summary>The models that need no download.</summary>
internal sealed class ModelsCommand : MiCseCommand
{
    private const string ModelFolder = "models--";
    private readonly Option<bool> _json = CommonOptions.Json();

    public ModelsCommand()
        : base("models", "Lists the models of the Hub that are in the cache, and those that came with this program.", "micse models") => AddGroup("Output", _json);

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var cache = HubOptions.FromEnvironment(streams.Variable).CacheFolder;
        List<Found> models = [.. BuiltIn(), .. Cached(cache)];
        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, new JsonObject
            {
                ["cache"] = cache,
                ["models"] = Json.Array(models.Select(model => new JsonObject
                {
                    ["name"] = model.Name,
                    ["commit"] = model.Commit,
                    ["complete"] = model.Complete,
                    ["bytes"] = model.Bytes,
                    ["folder"] = model.Folder,
                })),
            });
            return ExitCode.Done;
        }

        Columns.Write(streams.Output, [["model", "MB", "commit", "folder"], .. models.Select(ToRow)], 1);
        return ExitCode.Done;
    }

    private static IEnumerable<Found> BuiltIn()
    {
        for (var root = new DirectoryInfo(AppContext.BaseDirectory); root is not null; root = root.Parent)
        {
            var folder = new DirectoryInfo(Path.Combine(root.FullName, "models"));
            if (folder.Exists)
            {
                return folder.EnumerateDirectories().Where(model => File.Exists(Path.Combine(model.FullName, "config.json")))
                    .OrderBy(model => model.Name, StringComparer.Ordinal).Select(model => new Found(model.Name, Commit: null, Complete: true, Size(model), model.FullName));
            }
        }

        return [];
    }

    // models--ORGANISATION--NAME/snapshots/COMMIT; config.json is linked last, so that a folder that has it is whole.
    private static IEnumerable<Found> Cached(string cache) =>
        from repository in Folders(cache)
        where repository.Name.StartsWith(ModelFolder, StringComparison.Ordinal)
        from commit in Folders(Path.Combine(repository.FullName, "snapshots"))
        select new Found(
            repository.Name[ModelFolder.Length..].Replace("--", "/", StringComparison.Ordinal),
            commit.Name,
            File.Exists(Path.Combine(commit.FullName, "config.json")),
            Size(commit),
            commit.FullName);

    private static IEnumerable<DirectoryInfo> Folders(string path) =>
        Directory.Exists(path) ? new DirectoryInfo(path).EnumerateDirectories().OrderBy(folder => folder.Name, StringComparer.Ordinal) : [];

    // What a link leads to is counted; one that leads nowhere is an interrupted download.
    private static long Size(DirectoryInfo folder) => folder.EnumerateFiles("*", SearchOption.AllDirectories)
        .Select(file => file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file)
        .Sum(file => file.Exists ? file.Length : 0);

    private static string[] ToRow(Found model) =>
    [
        model.Name,
        (model.Bytes / 1e6).ToString("N1", CultureInfo.InvariantCulture),
        model.Commit is null ? "built in" : $"{model.Commit[..Math.Min(8, model.Commit.Length)]}{(model.Complete ? "" : ", incomplete")}",
        model.Folder,
    ];

    private sealed record Found(string Name, string? Commit, bool Complete, long Bytes, string Folder);
}
