using System.CommandLine;
using MiCse.Cli.Terminal;

namespace MiCse.Cli.Help;

/// <summary>A command with what its help page needs besides names and descriptions: groups of options and an example.</summary>
internal abstract class MiCseCommand(string name, string description, string example) : Command(name, description)
{
    private readonly List<(string Title, IReadOnlyList<Option> Options)> _groups = [];

    /// <summary>One command line that works, shown at the end of the help page.</summary>
    public string Example { get; } = example;

    /// <summary>What a user types: <c>micse index add</c>.</summary>
    public string FullName => Parents.OfType<MiCseCommand>().FirstOrDefault() is { } parent ? $"{parent.FullName} {Name}" : $"micse {Name}";

    /// <summary>The options under their headings, in the order of the help page.</summary>
    public IReadOnlyList<(string Title, IReadOnlyList<Option> Options)> Groups => _groups;

    /// <summary>Does the work.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public abstract int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken);

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
