using System.CommandLine;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;

namespace MiCse.Cli.Options;

/// <summary><c>--dark</c>: pictures on a dark ground.</summary>
internal sealed class DarkOption : Option<bool>
{
    public DarkOption()
        : base("--dark") =>
        Description = "Draw a .png or .svg on a dark ground; a page is light or dark as its reader likes.";

    /// <summary>The colours that were asked for.</summary>
    /// <exception cref="UsageException">They were, for a file that is no picture.</exception>
    public Palette Palette(ParseResult arguments, string file) =>
        !arguments.GetValue(this) ? Views.Palette.Light
        : Path.GetExtension(file).ToLowerInvariant() is ".png" or ".svg" ? Views.Palette.Dark
        : throw new UsageException($"{Name} is for pictures, a .png or .svg file; '{file}' is none.");
}
