namespace MiCse.Files;

/// <summary>A text or data file that cannot be read as asked. The message names file, line, what was expected and found.</summary>
public sealed class DataFormatException : Exception
{
    /// <summary>Creates the exception for one place in one file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="line">1-based line, or null when the file as a whole is meant.</param>
    /// <param name="message">The sentence, without file and line.</param>
    /// <param name="inner">What the underlying reader said, if anything.</param>
    public DataFormatException(string path, long? line, string message, Exception? inner = null)
        : base(line is null ? $"{path}: {MessageText.Bounded(message)}" : $"{path}, line {line}: {MessageText.Bounded(message)}", inner)
    {
        Path = path;
        Line = line;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>1-based line, or null.</summary>
    public long? Line { get; }
}
