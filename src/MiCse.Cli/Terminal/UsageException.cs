namespace MiCse.Cli.Terminal;

/// <summary>The command line is wrong: exit code 2. The message is one sentence that names the argument or option.</summary>
internal sealed class UsageException(string message, Exception? inner = null) : Exception(message, inner);
