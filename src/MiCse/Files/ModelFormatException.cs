namespace MiCse.Files;

/// <summary>
/// A model folder, checkpoint or tokenizer file that cannot be used. The message is one sentence: what failed, where
/// (file, key), what was expected and found, and what to do.
/// </summary>
public sealed class ModelFormatException : Exception
{
    /// <summary>Creates the exception for one file.</summary>
    /// <param name="path">The file or folder that cannot be used; it is put before the message.</param>
    /// <param name="message">The sentence, without the path.</param>
    /// <param name="inner">What the underlying reader said, if anything.</param>
    public ModelFormatException(string path, string message, Exception? inner = null)
        : base($"{path}: {MessageText.Bounded(message)}", inner) => Path = path;

    /// <summary>The file or folder that cannot be used.</summary>
    public string Path { get; }
}
