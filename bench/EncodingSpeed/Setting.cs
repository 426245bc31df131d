namespace MiCse.EncodingSpeed;

/// <summary>What all measurements have in common.</summary>
/// <param name="Data">Sentences, one a line.</param>
/// <param name="Tokenizer">The folder of bert-base-uncased's tokenizer.</param>
/// <param name="Sentences">Sentences that are sorted and dealt into parts.</param>
/// <param name="Parts">Parts of them.</param>
/// <param name="Rounds">How many of the parts are encoded; contestants take turns after each.</param>
/// <param name="Threads">Threads of every contestant.</param>
/// <param name="FileSentences">Sentences of the file whose encoding is watched for memory.</param>
/// <param name="NodePackages">A folder in which @huggingface/transformers is installed; null leaves it out.</param>
/// <param name="Model">A model to measure instead of the usual ones; null: the usual ones.</param>
/// <param name="Packages">The program of bench/MiniLmPackages, for all-MiniLM-L6-v2 alone; null leaves its contestants out.</param>
internal sealed record Setting(
    string Data, string Tokenizer, int Sentences, int Parts, int Rounds, int Threads, int FileSentences, string? NodePackages, string? Model, string? Packages)
{
    /// <summary>Where models and lists of texts are made.</summary>
    public string WorkFolder { get; } = Path.GetFullPath(Path.Combine("artifacts", "encoding-speed"));
}
