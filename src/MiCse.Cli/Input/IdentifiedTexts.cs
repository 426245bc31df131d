using System.CommandLine;
using MiCse.Cli.Terminal;
using MiCse.Data;
using MiCse.Files;

namespace MiCse.Cli.Input;

/// <summary>A file of texts that may have ids.</summary>
internal sealed class IdentifiedTexts
{
    private readonly TextArguments _texts = new();
    private readonly Option<string?> _idColumn = new("--id-column")
    {
        Description = "The column that holds the ids (default: texts are numbered, from 1 in a new index).",
        HelpName = "COLUMN",
    };

    /// <summary>The file.</summary>
    public Argument<string[]> File => _texts.File;

    /// <summary>The options, in the order of the help page.</summary>
    public IReadOnlyList<Option> All => [.. _texts.All, _idColumn];

    /// <summary>The number of texts, and a look at every one of them before they are encoded; null where they can be read only once.</summary>
    public long? Count(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(_idColumn) is null || _texts.IsReadOnce(arguments, streams, cancellationToken))
        {
            return _texts.Count(arguments, streams, cancellationToken);
        }

        return Read(arguments, streams, cancellationToken).LongCount();
    }

    /// <summary>The texts with their ids, null where there is none, read as they are enumerated.</summary>
    /// <exception cref="DataFormatException">An id is empty or occurs twice; the message names the line.</exception>
    public IEnumerable<(string? Id, string Text)> Read(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(_idColumn) is not { } column)
        {
            return _texts.Read(arguments, streams, cancellationToken).Select(text => ((string?)null, text));
        }

        return WithIds(_texts.ReadWith(_idColumn, column, arguments, streams, cancellationToken), cancellationToken);
    }

    private static IEnumerable<(string? Id, string Text)> WithIds(IEnumerable<(string File, TextRow Row)> rows, CancellationToken cancellationToken)
    {
        var places = new Dictionary<string, (string File, long Line)>();
        foreach (var (file, row) in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (text, id) = (row.Values[0], row.Values[1]);
            if (id.Length == 0)
            {
                throw new DataFormatException(file, row.Line, "has no id; every text needs one.");
            }

            if (!places.TryAdd(id, (file, row.Line)))
            {
                var (first, line) = places[id];
                throw new DataFormatException(file, row.Line, $"has the id '{id}', as line {line}{(first == file ? "" : $" of {first}")} has; ids must differ.");
            }

            yield return (id, text);
        }
    }
}
