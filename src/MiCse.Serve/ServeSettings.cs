using System.CommandLine;
using MiCse.Cli.Options;
using MiCse.Server.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MiCse.Serve;

/// <summary>What the options say, as the library and Kestrel take it.</summary>
internal static class ServeSettings
{
    private const int MostConnections = 4096;
    private const double MostSeconds = 7 * 86_400;

    /// <summary>Sets the server's options.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="options">Its options.</param>
    /// <param name="server">Where they go.</param>
    /// <param name="keys">Keys of the environment; null for none.</param>
    /// <exception cref="ArgumentException">A value cannot be.</exception>
    public static void Apply(ParseResult arguments, ServeOptions options, MiCseServerOptions server, string? keys)
    {
        var encoder = new SentenceEncoderOptions
        {
            MaxTokens = arguments.GetValue(options.MaxTokens), Precision = arguments.GetValue(options.Precision), Threads = arguments.GetValue(options.Threads),
            Backend = TorchPlugin.Load(options.Device.Of(arguments), arguments.GetValue(options.Device.LibTorch)),
        };
        foreach (var model in arguments.GetValue(options.Models) is { Length: > 0 } given ? given : [ModelSource.BuiltIn])
        {
            server.Models.Add(ServedModel.Parse(model, encoder));
        }

        foreach (var index in arguments.GetValue(options.Indexes) ?? [])
        {
            var sign = index.IndexOf('=', StringComparison.Ordinal);
            var (name, folder) = sign > 0 ? (index[..sign], index[(sign + 1)..]) : (Path.GetFileName(Path.TrimEndingDirectorySeparator(index)), index);
            if (!server.Indexes.TryAdd(name, folder))
            {
                throw new ArgumentException($"--index: two indexes are called {name}.");
            }
        }

        foreach (var key in ReadKeys(arguments.GetValue(options.KeyFile)).Concat(Split(keys)))
        {
            server.ApiKeys.Add(key);
        }

        foreach (var host in arguments.GetValue(options.AllowedHosts) ?? [])
        {
            server.AllowedHosts.Add(host);
        }

        server.Writable = arguments.GetValue(options.Writable);
        server.RequestsPerMinute = arguments.GetValue(options.RequestsPerMinute);
        server.MemoryBudget = arguments.GetValue(options.ModelMemory) is { } mebibytes ? (long)mebibytes << 20 : null;
        server.IdleUnload = arguments.GetValue(options.IdleUnload) is { } minutes ? Time("--idle-unload", minutes * 60) : null;
        server.Truncate = !arguments.GetValue(options.Strict);
        server.EmptyTexts = arguments.GetValue(options.RefuseEmpty) ? EmptyTextPolicy.Refuse : EmptyTextPolicy.Encode;
        server.AcceptIds = !arguments.GetValue(options.NoIds);
        server.Page = !arguments.GetValue(options.NoPage);
        server.Limits.BodyBytes = arguments.GetRequiredValue(options.MaxBody) << 20;
        server.Limits.AllBodyBytes = Math.Max(server.Limits.AllBodyBytes, server.Limits.BodyBytes);
        server.Limits.Texts = arguments.GetRequiredValue(options.MaxTexts);
        server.Limits.Requests = arguments.GetRequiredValue(options.MaxRequests);
        server.Limits.Wait = Time("--max-wait", arguments.GetRequiredValue(options.MaxWait));
        server.Limits.RequestTime = Time("--request-timeout", arguments.GetRequiredValue(options.RequestTimeout));
    }

    /// <summary>Bounds what Kestrel lets clients do.</summary>
    public static void Limit(KestrelServerLimits limits, ParseResult arguments, ServeOptions options)
    {
        limits.MaxConcurrentConnections = MostConnections;
        limits.MaxRequestBodySize = ((long)arguments.GetRequiredValue(options.MaxBody) << 20) + 1; // ours says it in the dialect's words
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        limits.MaxRequestHeadersTotalSize = 16 << 10;
        limits.MaxRequestHeaderCount = 64;
    }

    private static TimeSpan Time(string option, double seconds) =>
        seconds <= MostSeconds ? TimeSpan.FromSeconds(seconds) : throw new ArgumentException($"{option}: at most a week can be waited.");

    // One key a line; empty lines and those that begin with # are none.
    private static List<string> ReadKeys(string? file)
    {
        if (file is null)
        {
            return [];
        }

        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"--api-keys: there is no file {file}.");
        }

        var (keys, number) = (new List<string>(), 0);
        foreach (var line in File.ReadLines(file).Select(line => line.Trim()))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            keys.Add(line.Any(char.IsWhiteSpace) ? throw new ArgumentException($"--api-keys: {file}, line {number}: a key has no white space; expected is one key a line.") : line);
        }

        return keys.Count > 0 ? keys : throw new ArgumentException($"--api-keys: {file} has no key.");
    }

    private static string[] Split(string? keys) => keys?.Split([' ', ',', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries) ?? [];
}
