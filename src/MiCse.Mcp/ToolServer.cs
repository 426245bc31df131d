using System.CommandLine;
using System.Reflection;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Search;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace MiCse.Mcp;

/// <summary>The server as a program: what the options say → tools that a client calls, until it closes the input.</summary>
internal static class ToolServer
{
    private const string Instructions =
        "Sentence embeddings computed on this machine. similarity orders texts by how near their meaning is to another text; search finds the texts of an index that are nearest to a query; "
        + "embed gives the vectors themselves, which are long: ask for it only where vectors are needed.";

    /// <summary>Answers until the input ends or the program is to stop. The model is loaded meanwhile, so that a client's first question is answered at once.</summary>
    /// <exception cref="MiCse.Files.ModelFormatException">The model cannot be loaded.</exception>
    /// <exception cref="MiCse.Files.DataFormatException">An index cannot be read, or is of another model.</exception>
    /// <exception cref="ArgumentException">An option cannot be.</exception>
    public static async Task RunAsync(ParseResult arguments, McpOptions options, Stream input, Stream output, CancellationToken stop)
    {
        var indexes = Indexes(arguments.GetValue(options.Indexes) ?? []);
        var settings = new SentenceEncoderOptions { Precision = arguments.GetValue(options.Precision), Threads = arguments.GetValue(options.Threads) };
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var loading = LoadAsync(arguments.GetRequiredValue(options.Model), settings, indexes, ending.Token);
        var tools = new EmbeddingTools(loading, indexes, arguments.GetRequiredValue(options.MaxTexts));
        var streams = new AnsweredStreams(new InterruptibleInput(input, ending.Token), output, ending.Token);
        var transport = new StreamServerTransport(streams.Input, streams.Output, "micse");
        await using (transport.ConfigureAwait(false))
        {
            var server = McpServer.Create(transport, new McpServerOptions
            {
                ServerInfo = new Implementation { Name = "micse", Title = "miCSE sentence embeddings", Version = Version() },
                ServerInstructions = Instructions,
                ToolCollection =
                [
                    Tool(tools.EmbedAsync, "embed"),
                    Tool(tools.SimilarityAsync, "similarity"),
                    Tool(tools.SearchAsync, "search", indexes.Count == 0 ? null : $"{EmbeddingTools.Searches} The indexes: {string.Join(", ", indexes.Keys)}."),
                ],
            });
            await using (server.ConfigureAwait(false))
            {
                try
                {
                    var running = server.RunAsync(ending.Token);
                    if (await Task.WhenAny(running, loading).ConfigureAwait(false) == loading)
                    {
                        await loading.ConfigureAwait(false);
                    }

                    await running.ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                }
                finally
                {
                    await ending.CancelAsync().ConfigureAwait(false);
                }
            }
        }

        if (loading.IsCompletedSuccessfully)
        {
            await (await loading.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
    }

    private static CheckedTool Tool(Delegate method, string name, string? description = null) => new(McpServerTool.Create(
        method,
        new McpServerToolCreateOptions { Name = name, Description = description, ReadOnly = true, Idempotent = true, Destructive = false, OpenWorld = false, UseStructuredContent = true }));

    private static async Task<SentenceEncoder> LoadAsync(
        string model, SentenceEncoderOptions settings, IReadOnlyDictionary<string, string> indexes, CancellationToken stop)
    {
        await Task.Yield();
        var encoder = await SentenceEncoder.LoadAsync(model, settings, cancellationToken: stop).ConfigureAwait(false);
        try
        {
            foreach (var folder in indexes.Values)
            {
                using var index = VectorIndex.Open(folder);
                index.Source.Require(VectorSource.Of(encoder, model), folder);
            }

            return encoder;
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    private static Dictionary<string, string> Indexes(string[] given)
    {
        var indexes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var index in given)
        {
            var sign = index.IndexOf('=', StringComparison.Ordinal);
            var (name, folder) = sign > 0 ? (index[..sign], index[(sign + 1)..]) : (Path.GetFileName(Path.TrimEndingDirectorySeparator(index)), index);
            if (!indexes.TryAdd(name, folder))
            {
                throw new ArgumentException($"--index: two indexes are called {name}.");
            }
        }

        return indexes;
    }

    private static string Version() =>
        typeof(SentenceEncoder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
