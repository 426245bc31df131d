using System.Collections.ObjectModel;
using MiCse.Files;

namespace MiCse.Tokenization;

/// <summary>Text → ids. Immutable and thread-safe.</summary>
public abstract class Tokenizer
{
    private readonly AddedTokenMatcher _added;
    private readonly string?[] _tokens;

    /// <param name="tokens">The vocabulary in the order of its ids; null where an id has no spelling.</param>
    /// <param name="names">The tokens with a role, all in the vocabulary or among the added ones.</param>
    /// <param name="added">Tokens recognised in the text; null: those with a role.</param>
    /// <param name="modelMaxLength">The longest sequence the model was made for.</param>
    /// <param name="takesSpace">Which of the tokens with a role swallow the white space before them.</param>
    private protected Tokenizer(
        IReadOnlyList<string?> tokens,
        SpecialTokenNames names,
        IReadOnlyList<AddedToken>? added,
        int? modelMaxLength,
        Func<string, bool> takesSpace)
    {
        Tokens = [.. tokens];
        Names = names;
        ModelMaxLength = modelMaxLength;
        AddedTokens = new ReadOnlyCollection<AddedToken>(
            [.. added ?? [.. names.All.Distinct().Select(name => new AddedToken(IdIn(tokens, name), name, LeftStrip: takesSpace(name)))]]);
        _tokens = new string?[Math.Max(tokens.Count, AddedTokens.Select(token => token.Id + 1).DefaultIfEmpty().Max())];
        tokens.ToArray().CopyTo(_tokens, 0);
        foreach (var token in AddedTokens)
        {
            _tokens[token.Id] = token.Content;
        }

        SpecialTokens = new SpecialTokens(
            IdIn(_tokens, names.Padding),
            IdIn(_tokens, names.Unknown),
            IdIn(_tokens, names.Start),
            IdIn(_tokens, names.End),
            names.Mask is null ? null : IdIn(_tokens, names.Mask));
        _added = new AddedTokenMatcher(AddedTokens.Where(token => !token.Normalized).Select(token => (token.Content, token)));
    }

    /// <summary>Number of ids: what the model's word embedding needs at least.</summary>
    public int VocabularySize => _tokens.Length;

    /// <summary>The ids with a role.</summary>
    public SpecialTokens SpecialTokens { get; }

    /// <summary>The spellings of the tokens with a role.</summary>
    public SpecialTokenNames Names { get; }

    /// <summary>The vocabulary in the order of its ids, without tokens that were only added; null where an id has no spelling.</summary>
    public IReadOnlyList<string?> Tokens { get; }

    /// <summary>The tokens recognised in the text itself.</summary>
    public IReadOnlyList<AddedToken> AddedTokens { get; }

    /// <summary>The longest sequence the model was made for, special tokens included; null when the files do not say.</summary>
    public int? ModelMaxLength { get; }

    /// <summary>How many end tokens stand between the texts of a pair.</summary>
    private protected virtual int Separators => 1;

    /// <summary>The type id of the second text of a pair.</summary>
    private protected virtual int SecondType => 1;

    /// <summary>The spelling of an id in the vocabulary.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such id.</exception>
    public string TokenOf(int id) =>
        (uint)id < (uint)_tokens.Length && _tokens[id] is { } token
            ? token
            : throw new ArgumentOutOfRangeException(nameof(id), id, "The vocabulary has no such id.");

    /// <summary>
    /// Whether the id continues a word (WordPiece <c>##</c>; a BPE piece without the space mark). False for added tokens.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">No such id.</exception>
    public abstract bool IsContinuation(int id);

    /// <summary>
    /// Tokenizes a text, special tokens included. Lone surrogates count as U+FFFD. An empty text gives start and end. The spelling of a
    /// special token in the text becomes its id.
    /// </summary>
    /// <param name="text">Any string.</param>
    /// <param name="maxTokens">Longest result, special tokens included (at least 2).</param>
    public TokenizedText Tokenize(string text, int maxTokens = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 2);
        var ids = new PooledBuffer<int>(text.Length / 2);
        try
        {
            Append(text, ref ids);
            var kept = ids.Items[..Math.Min(ids.Count, maxTokens - 2)];
            return new TokenizedText([SpecialTokens.Start, .. kept, SpecialTokens.End], ids.Count + 2);
        }
        finally
        {
            ids.Dispose();
        }
    }

    /// <summary>
    /// Tokenizes two texts into one sequence; too long a pair loses tokens from the longer text first, and of an odd number of tokens
    /// the longer text (the second of equally long ones) keeps one more.
    /// </summary>
    /// <param name="first">Any string.</param>
    /// <param name="second">Any string.</param>
    /// <param name="maxTokens">Longest result, special tokens included (at least 3, 4 for RoBERTa).</param>
    public TokenizedPair TokenizePair(string first, string second, int maxTokens = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var special = 2 + Separators;
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, special);
        var ids = new PooledBuffer<int>((first.Length + second.Length) / 2);
        try
        {
            Append(first, ref ids);
            var firstCount = ids.Count;
            Append(second, ref ids);
            var (keptFirst, keptSecond) = PairTruncation.Share(firstCount, ids.Count - firstCount, maxTokens - special);
            int[] result =
            [
                SpecialTokens.Start,
                .. ids.Items[..keptFirst],
                .. Enumerable.Repeat(SpecialTokens.End, Separators),
                .. ids.Items.Slice(firstCount, keptSecond),
                SpecialTokens.End,
            ];
            var types = new int[result.Length];
            types.AsSpan(1 + keptFirst + Separators).Fill(SecondType);
            return new TokenizedPair(result, types, ids.Count + special);
        }
        finally
        {
            ids.Dispose();
        }
    }

    /// <summary>
    /// Writes the files that transformers and this library need to load the tokenizer; those that are there already stay.
    /// </summary>
    /// <param name="folder">The folder, made if it is not there.</param>
    /// <exception cref="IOException">A file cannot be written; none is left half-written.</exception>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        new TokenizerWriter(this, folder).WriteMissing();
    }

    /// <summary>Loads the tokenizer of a model folder from tokenizer.json, vocab.txt or vocab.json + merges.txt.</summary>
    /// <exception cref="ModelFormatException">No tokenizer file, a broken one, or a setting that is not implemented (named).</exception>
    public static Tokenizer Load(string folder) => new TokenizerFiles(folder).Load();

    /// <summary>Appends the ids of a text in which no added token is left to be found in the original spelling.</summary>
    private protected abstract void AppendWords(ReadOnlySpan<char> text, ref PooledBuffer<int> ids);

    private void Append(string text, ref PooledBuffer<int> ids)
    {
        var parts = _added.Split(text);
        while (parts.MoveNext())
        {
            if (parts.Token is { } token)
            {
                ids.Add(token.Id);
            }
            else
            {
                AppendWords(parts.Text, ref ids);
            }
        }
    }

    private static int IdIn(IReadOnlyList<string?> tokens, string name)
    {
        for (var id = 0; id < tokens.Count; id++)
        {
            if (tokens[id] == name)
            {
                return id;
            }
        }

        throw new ArgumentException($"The vocabulary has no '{name}', which has a role in every sequence.");
    }
}
