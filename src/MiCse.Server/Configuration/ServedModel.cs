namespace MiCse.Server.Configuration;

/// <summary>A model that a server offers.</summary>
/// <param name="Name">What requests call it.</param>
/// <param name="Source">A folder, the built-in model, or the id of a model on the Hugging Face Hub, as <see cref="ModelSource"/> takes it.</param>
/// <param name="Options">How it runs; null for the defaults.</param>
public sealed record ServedModel(string Name, string Source, SentenceEncoderOptions? Options = null)
{
    /// <summary>Reads "NAME=MODEL", or "MODEL" of which the name is the last part.</summary>
    /// <param name="text">As on the command line.</param>
    /// <param name="options">How it runs; null for the defaults.</param>
    public static ServedModel Parse(string text, SentenceEncoderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        var sign = text.IndexOf('=', StringComparison.Ordinal);
        if (sign > 0 && sign < text.Length - 1 && !Directory.Exists(text))
        {
            return new ServedModel(text[..sign], text[(sign + 1)..], options);
        }

        var name = Directory.Exists(text) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(text))) : text.Split('@')[0];
        return new ServedModel(name, text, options);
    }
}
