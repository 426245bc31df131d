using MiCse.Files;

namespace MiCse.Tokenization.Files;

/// <summary>
/// The tokenizer files of a model folder. tokenizer.json describes a tokenizer completely and is preferred; without it vocab.txt stands
/// for a WordPiece tokenizer, vocab.json with merges.txt for byte-level BPE. tokenizer_config.json and special_tokens_map.json say the
/// rest; what they state explicitly wins over tokenizer.json, as in transformers.
/// </summary>
internal sealed class TokenizerFiles
{
    private static readonly string[] Names =
    [
        "tokenizer.json", "vocab.txt", "vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        .. SentencePieceModels,
    ];

    // Not read: tokenizer.json says the same. Only carried along.
    private static string[] SentencePieceModels => ["sentencepiece.bpe.model", "spiece.model", "tokenizer.model"];

    /// <summary>Looks at what a folder holds.</summary>
    /// <exception cref="ModelFormatException">The folder does not exist.</exception>
    public TokenizerFiles(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (!Directory.Exists(folder))
        {
            throw new ModelFormatException(folder, "there is no such folder; name a folder with tokenizer files");
        }

        Folder = folder;
        TokenizerJson = Find("tokenizer.json");
        VocabularyText = Find("vocab.txt");
        VocabularyJson = Find("vocab.json");
        Merges = Find("merges.txt");
        Config = Find("tokenizer_config.json");
        SpecialTokensMap = Find("special_tokens_map.json");
        AddedTokens = Find("added_tokens.json");
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Path of tokenizer.json; null when it is not there (as for the others).</summary>
    public string? TokenizerJson { get; }

    /// <summary>Path of vocab.txt.</summary>
    public string? VocabularyText { get; }

    /// <summary>Path of vocab.json.</summary>
    public string? VocabularyJson { get; }

    /// <summary>Path of merges.txt.</summary>
    public string? Merges { get; }

    /// <summary>Path of tokenizer_config.json.</summary>
    public string? Config { get; }

    /// <summary>Path of special_tokens_map.json.</summary>
    public string? SpecialTokensMap { get; }

    /// <summary>Path of added_tokens.json.</summary>
    public string? AddedTokens { get; }

    /// <summary>Reads the tokenizer of a folder, or of one file alone: a tokenizer.json, or the vocabulary of a WordPiece tokenizer (.txt).</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="plain">Whether no special tokens are put around a text; a tokenizer.json need not say which then.</param>
    /// <exception cref="ModelFormatException">No tokenizer file, a broken one, or a setting that is not implemented (named).</exception>
    public static TokenizerParts ReadFrom(string path, bool plain = false) => !File.Exists(path) ? new TokenizerFiles(path).Read(plain)
        : Path.GetExtension(path) == ".txt" ? Named(path, () => VocabularyReader.ReadWordPiece(path, TokenizerConfig.Empty))
        : Named(path, () => new TokenizerJsonReader(path, TokenizerConfig.Empty) { Plain = plain }.Read());

    /// <summary>Reads the tokenizer.</summary>
    /// <param name="plain">Whether no special tokens are put around a text; a tokenizer.json need not say which then.</param>
    /// <exception cref="ModelFormatException">No tokenizer file, a broken one, or a setting that is not implemented (named).</exception>
    public TokenizerParts Read(bool plain = false)
    {
        var config = new TokenizerConfig(Config, SpecialTokensMap, AddedTokens);
        return Named(TokenizerJson ?? VocabularyText ?? VocabularyJson ?? Folder, () => this switch
        {
            { TokenizerJson: { } file } => new TokenizerJsonReader(file, config) { Plain = plain }.Read(),
            { VocabularyText: { } file } => VocabularyReader.ReadWordPiece(file, config),
            { VocabularyJson: { } file, Merges: { } merges } => VocabularyReader.ReadByteLevelBpe(file, merges, config),
            _ when Array.Find(SentencePieceModels, name => Find(name) is not null) is { } name => throw new ModelFormatException(
                Folder,
                $"this folder has the tokenizer as {name} alone, which is not read; write tokenizer.json beside it with transformers: AutoTokenizer.from_pretrained(folder).save_pretrained(folder)"),
            _ => throw new ModelFormatException(
                Folder, "this folder has no tokenizer; expected tokenizer.json, vocab.txt, or vocab.json with merges.txt"),
        });
    }

    /// <summary>
    /// Puts the tokenizer into another folder: the files that are here as they are, and those that transformers wants besides.
    /// </summary>
    /// <param name="folder">The folder, made if it is not there; tokenizer files in it are replaced.</param>
    /// <exception cref="ModelFormatException">As for <see cref="Read"/>.</exception>
    /// <exception cref="IOException">A file cannot be written; none is left half-written.</exception>
    public void CopyTo(string folder)
    {
        var parts = Read();
        Directory.CreateDirectory(folder);
        if (Path.GetFullPath(folder) != Path.GetFullPath(Folder))
        {
            foreach (var name in Names)
            {
                var target = Path.Combine(folder, name);
                if (Find(name) is { } source)
                {
                    AtomicFile.Write(target, stream => stream.Write(File.ReadAllBytes(source)));
                }
                else
                {
                    File.Delete(target);
                }
            }
        }

        new TokenizerWriter(parts, folder).WriteMissing();
    }

    private static TokenizerParts Named(string source, Func<TokenizerParts> read)
    {
        try
        {
            return read();
        }
        catch (ArgumentException exception)
        {
            throw new ModelFormatException(source, exception.Message, exception);
        }
    }

    private string? Find(string name)
    {
        var path = Path.Combine(Folder, name);
        return File.Exists(path) ? path : null;
    }
}
