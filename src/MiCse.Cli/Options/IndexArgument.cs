using System.CommandLine;

namespace MiCse.Cli.Options;

/// <summary>The index that a command works on.</summary>
internal static class IndexArgument
{
    /// <summary>Its folder.</summary>
    public static Argument<string> Create() => new("INDEX") { Description = "The folder of the index, made with `micse index`." };
}
