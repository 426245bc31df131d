using System.CommandLine;

namespace MiCse.Cli.Options;

/// <summary>The argument that names files of texts.</summary>
internal sealed class TextFileArgument : Argument<string[]>
{
    public TextFileArgument()
        : base("FILE")
    {
        HelpName = "[FILE …]";
        Description = "Texts: .txt (one a line), .csv, .tsv, .jsonl, .parquet, also with .gz or .zst after it; several files are read one after the other, and "
            + "names may have * and ? in them; - or nothing is standard input, one text a line.";
        Arity = ArgumentArity.ZeroOrMore;
    }

    /// <summary>The full paths of the files that are named, patterns resolved; also of what is no file, such as "-" or a file of the Hub.</summary>
    /// <exception cref="FileNotFoundException">Nothing matches a pattern.</exception>
    public IEnumerable<string> Paths(ParseResult arguments) =>
        (arguments.GetResult(this)?.Tokens ?? []).SelectMany(token => FilePattern.Expand(token.Value)).Select(Path.GetFullPath);
}
