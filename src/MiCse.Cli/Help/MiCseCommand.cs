using System.CommandLine;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;

namespace MiCse.Cli.Help;

/// <summary>A command with what its help page needs besides names and descriptions: groups of options and an example.</summary>
internal abstract class MiCseCommand(string name, string description, string example) : Command(name, description)
{
    private readonly List<(string Title, IReadOnlyList<Option> Options)> _groups = [];

    /// <summary>One command line that works, shown at the end of the help page.</summary>
    public string Example { get; } = example;

    /// <summary>What the command needs and is not here, for its help page; null where nothing is missing.</summary>
    public virtual string? Missing => null;

    /// <summary>What a user types: <c>micse index add</c>.</summary>
    public string FullName => Parents.OfType<MiCseCommand>().FirstOrDefault() is { } parent ? $"{parent.FullName} {Name}" : $"micse {Name}";

    /// <summary>The options under their headings, in the order of the help page.</summary>
    public IReadOnlyList<(string Title, IReadOnlyList<Option> Options)> Groups => _groups;

    /// <summary>Does the work, unless its result has nowhere to go.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    /// <exception cref="IOException">The standard output is closed, the folder to write into is not there, or another command is writing there.</exception>
    public int Run(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        if (WritesOutput(arguments))
        {
            streams.RequireOutput();
        }

        if (IsLed(arguments, streams))
        {
            return Execute(arguments, streams, cancellationToken);
        }

        var outputs = Options.OfType<OutputOption>().ToList();
        outputs.ForEach(output => output.Check(arguments));
        using var reserved = outputs.Find(output => output.IsFolder)?.Reserve(arguments);
        return Execute(arguments, streams, cancellationToken);
    }

    /// <summary>Whether another process writes what this one computes.</summary>
    protected virtual bool IsLed(ParseResult arguments, StandardStreams streams) => false;

    /// <summary>Whether there will be something on the standard output.</summary>
    protected virtual bool WritesOutput(ParseResult arguments) => true;

    /// <summary>Does the work.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    protected abstract int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken);

    /// <summary>Adds options under a heading.</summary>
    protected void AddGroup(string title, params IReadOnlyList<Option> options)
    {
        _groups.Add((title, options));
        foreach (var option in options)
        {
            Add(option);
        }
    }
}
