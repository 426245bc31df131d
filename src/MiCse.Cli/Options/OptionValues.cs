using System.CommandLine;
using MiCse.Cli.Terminal;

namespace MiCse.Cli.Options;

/// <summary>Values of options that only the library can judge, because it depends on the model or the data whether they are possible.</summary>
internal static class OptionValues
{
    /// <summary>Runs what takes the values; when it refuses one, the command line is wrong, and the message says so in terms of the options.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="take">A call into the library.</param>
    /// <exception cref="UsageException">A value is refused.</exception>
    public static T Take<T>(this ParseResult arguments, Func<T> take)
    {
        try
        {
            return take();
        }
        catch (ArgumentException refused) when (refused.GetType() == typeof(ArgumentException)
            && (refused.ParamName is null || OptionOf(refused, arguments.CommandResult.Command) is not null))
        {
            throw new UsageException(InTermsOfOptions(refused, arguments.CommandResult.Command), refused);
        }
    }

    /// <summary>Reads the value of one option or argument; when the library refuses it, the message begins with its name.</summary>
    /// <param name="name">The option or argument.</param>
    /// <param name="read">A call that does nothing but judge the value.</param>
    /// <exception cref="UsageException">The value is refused.</exception>
    public static T Read<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ArgumentException refused) when (refused.GetType() == typeof(ArgumentException))
        {
            throw new UsageException($"{name}: {Sentence(refused)}", refused);
        }
    }

    /// <inheritdoc cref="Read{T}"/>
    public static void Read(string name, Action read) => Read(name, () =>
    {
        read();
        return true;
    });

    /// <inheritdoc cref="Take{T}"/>
    public static void Take(this ParseResult arguments, Action take) => arguments.Take(() =>
    {
        take();
        return true;
    });

    // What the library says of options has no parameter's name or the option's; everything else, such as an index out of range, is an error of the program.
    private static Option? OptionOf(ArgumentException refused, Command command) =>
        command.Options.FirstOrDefault(option => PropertyName(option).Equals(refused.ParamName, StringComparison.OrdinalIgnoreCase));

    // "BatchSize is 1" or "batch size is 1" → "--batch-size is 1".
    private static string InTermsOfOptions(ArgumentException refused, Command command)
    {
        var message = Sentence(refused);
        foreach (var option in command.Options)
        {
            // One or the other: what the first has put in would be found by the second.
            var renamed = message.Replace($"{PropertyName(option)} is ", $"{option.Name} is ", StringComparison.Ordinal);
            message = renamed != message ? renamed
                : message.Replace($"{option.Name.TrimStart('-').Replace('-', ' ')} is ", $"{option.Name} is ", StringComparison.Ordinal);
        }

        return OptionOf(refused, command) is { } about ? $"{about.Name}: {message}" : message;
    }

    private static string Sentence(ArgumentException refused) => refused.ParamName is { } parameter
        ? refused.Message.Replace($" (Parameter '{parameter}')", "", StringComparison.Ordinal)
        : refused.Message;

    private static string PropertyName(Option option) => string.Concat(
        option.Name.Split('-', StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
