namespace MiCse.Tokenization;

/// <summary>Text → ids. Immutable and thread-safe.</summary>
public abstract class Tokenizer
{
    /// <summary>Number of ids.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>The ids with a role.</summary>
    public abstract SpecialTokens SpecialTokens { get; }

    /// <summary>The spelling of an id in the vocabulary.</summary>
    public abstract string TokenOf(int id);

    /// <summary>Whether the id continues a word (WordPiece <c>##</c>; a BPE piece without the space mark).</summary>
    public abstract bool IsContinuation(int id);

    /// <summary>Tokenizes a text, special tokens included. Lone surrogates count as U+FFFD. An empty text gives start and end.</summary>
    /// <param name="text">Any string.</param>
    /// <param name="maxTokens">Longest result, special tokens included (at least 2).</param>
    public abstract TokenizedText Tokenize(string text, int maxTokens = int.MaxValue);

    /// <summary>Tokenizes two texts into one sequence; too long a pair loses tokens from the longer text first.</summary>
    public abstract TokenizedPair TokenizePair(string first, string second, int maxTokens = int.MaxValue);

    /// <summary>Loads the tokenizer of a model folder from tokenizer.json, vocab.txt or vocab.json + merges.txt.</summary>
    /// <exception cref="ModelFormatException">No tokenizer file, a broken one, or a setting that is not implemented (named).</exception>
    public static Tokenizer Load(string folder) => throw new NotImplementedException();
}
