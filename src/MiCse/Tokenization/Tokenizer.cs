using System.Text;
using MiCse.Files;
using MiCse.Tokenization.Files;
using MiCse.Tokenization.Models;
using MiCse.Tokenization.Normalizers;
using MiCse.Tokenization.PreTokenizers;
using MiCse.Tokenization.Templates;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization;

/// <summary>
/// Text → ids, in four stages: a normalizer, a pre-tokenizer that cuts words, a model that spells them with a vocabulary, and a template of
/// special tokens. Immutable and thread-safe.
/// </summary>
public sealed class Tokenizer
{
    private readonly AddedTokenMatcher _addedToText;
    private readonly AddedTokenMatcher _addedToNormalized;
    private readonly TextPieces _pieces;
    private readonly string?[] _tokens;
    private readonly bool[] _continuations;
    private readonly WordPiece? _bert;
    private readonly Bpe? _roberta;
    private readonly bool _looksAtStart;

    internal Tokenizer(TokenizerParts parts, int pieceLength = TextPieces.UsualLength)
    {
        Parts = parts;
        _bert = parts.PreTokenizer is BertPreTokenizer ? parts.Model as WordPiece : null;
        _roberta = parts.PreTokenizer is ByteLevelPreTokenizer { AddPrefixSpace: false, UseRegex: true } ? parts.Model as Bpe : null;
        _looksAtStart = PreTokenizerSequence.StagesOf(parts.PreTokenizer).Any(stage => stage is MetaspacePreTokenizer { Scheme: PrependScheme.First });
        var count = parts.Model.Tokens.Count;
        foreach (var token in parts.AddedTokens)
        {
            count = Math.Max(count, token.Id + 1);
        }

        _tokens = new string?[count];
        _continuations = new bool[_tokens.Length];
        for (var id = 0; id < parts.Model.Tokens.Count; id++)
        {
            _tokens[id] = parts.Model.Tokens[id];
            _continuations[id] = _tokens[id] is { } token && parts.Model.IsContinuation(token);
        }

        foreach (var token in parts.AddedTokens)
        {
            _tokens[token.Id] = token.Content;
            _continuations[token.Id] = false;
        }

        SpecialTokens = new SpecialTokens(
            parts.IdOf(parts.Names.Padding),
            parts.Names.Unknown is { } unknown ? parts.IdOf(unknown) : null,
            parts.IdOf(parts.Names.Start),
            parts.IdOf(parts.Names.End),
            parts.Names.Mask is { } mask ? parts.IdOf(mask) : null);
        _addedToText = new AddedTokenMatcher(parts.AddedTokens.Where(token => !token.Normalized).Select(token => new SpelledToken(token.Content, token)));
        SpelledToken[] normalized =
            [.. parts.AddedTokens.Where(token => token.Normalized).Select(token => new SpelledToken(parts.Normalizer?.Normalize(token.Content) ?? token.Content, token))];
        _addedToNormalized = new AddedTokenMatcher(normalized);
        _pieces = new TextPieces(parts, normalized, pieceLength);
    }

    /// <summary>Number of ids: what the model's word embedding needs at least.</summary>
    public int VocabularySize => _tokens.Length;

    /// <summary>The ids with a role.</summary>
    public SpecialTokens SpecialTokens { get; }

    /// <summary>The vocabulary in the order of its ids, without tokens that were only added; null where an id has no spelling.</summary>
    public IReadOnlyList<string?> Tokens => Parts.Model.Tokens;

    /// <summary>The spellings of all ids, those of added tokens too; null where an id has none.</summary>
    internal IReadOnlyList<string?> AllTokens => _tokens;

    /// <summary>The longest sequence the model was made for, special tokens included; null when the files do not say.</summary>
    public int? ModelMaxLength => Parts.ModelMaxLength;

    /// <summary>The stages, and what else the files say.</summary>
    internal TokenizerParts Parts { get; }

    /// <summary>Loads a tokenizer.</summary>
    /// <param name="path">
    /// A model folder with tokenizer.json, vocab.txt or vocab.json + merges.txt, and the settings beside them; or one such file alone: a
    /// tokenizer.json, or the vocabulary of a BERT model (.txt).
    /// </param>
    /// <exception cref="ModelFormatException">No tokenizer file, a broken one, or a setting that is not implemented (named).</exception>
    public static Tokenizer Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new Tokenizer(TokenizerFiles.ReadFrom(path));
    }

    /// <summary>Loads the tokenizer of a model that puts no special tokens around a text, so that its files need not say which there are.</summary>
    /// <inheritdoc cref="Load"/>
    internal static Tokenizer LoadPlain(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new Tokenizer(TokenizerFiles.ReadFrom(path, plain: true));
    }

    /// <summary>Makes the WordPiece tokenizer of a BERT model.</summary>
    /// <param name="vocabulary">
    /// Tokens in the order of their ids, pieces inside a word with <c>##</c>; among them [PAD], [UNK], [CLS] and [SEP], and [MASK] if there is one.
    /// </param>
    /// <param name="lowerCase">Whether letters become lower case and lose their accents (default true; false for cased models).</param>
    /// <param name="modelMaxLength">The longest sequence the model was made for, special tokens included; null (default): not stated.</param>
    /// <exception cref="ArgumentException">A token with a role is missing.</exception>
    public static Tokenizer FromVocabulary(IReadOnlyList<string> vocabulary, bool lowerCase = true, int? modelMaxLength = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        var names = vocabulary.Contains(SpecialTokenNames.Bert.Mask) ? SpecialTokenNames.Bert : SpecialTokenNames.Bert with { Mask = null };
        return new Tokenizer(TokenizerParts.Bert(
            new WordPiece(vocabulary), new BertNormalization { LowerCase = lowerCase }, names, modelMaxLength: modelMaxLength));
    }

    /// <summary>The spelling of an id in the vocabulary.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such id.</exception>
    public string TokenOf(int id) =>
        (uint)id < (uint)_tokens.Length && _tokens[id] is { } token
            ? token
            : throw new ArgumentOutOfRangeException(nameof(id), id, "The vocabulary has no such id.");

    /// <summary>
    /// Whether the id continues a word (WordPiece <c>##</c>; a BPE or Unigram piece without the space mark). False for added tokens.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">No such id.</exception>
    public bool IsContinuation(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, _continuations.Length);
        return _continuations[id];
    }

    /// <summary>
    /// Tokenizes a text, special tokens included. Lone surrogates count as U+FFFD. An empty text gives the special tokens alone. The spelling of
    /// a special token in the text becomes its id. Only the beginning of a long text is read, as far as it gives the tokens asked for.
    /// </summary>
    /// <param name="text">Any string.</param>
    /// <param name="maxTokens">Longest result, special tokens included (at least 2, or as many as there are).</param>
    public TokenizedText Tokenize(string text, int maxTokens = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(text);
        var template = Parts.Template;
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, template.SingleAdded);
        var room = maxTokens - template.SingleAdded;
        var ids = new PooledBuffer<int>(Math.Min(text.Length / 2, room));
        try
        {
            Append(text, room, ref ids);
            return new TokenizedText(template.Build(ids.Items[..Math.Min(ids.Count, room)]), ids.Count > room);
        }
        finally
        {
            ids.Dispose();
        }
    }

    /// <summary>Tokenizes a text without putting special tokens around it; an empty text has no tokens.</summary>
    /// <param name="text">Any string.</param>
    /// <param name="maxTokens">The most tokens.</param>
    internal TokenizedText TokenizePlain(string text, int maxTokens)
    {
        var ids = new PooledBuffer<int>(Math.Min(text.Length / 2, maxTokens));
        try
        {
            Append(text, maxTokens, ref ids);
            return new TokenizedText(ids.Items[..Math.Min(ids.Count, maxTokens)].ToArray(), ids.Count > maxTokens);
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
    /// <param name="maxTokens">Longest result, special tokens included (at least 3, 4 for RoBERTa: as many as there are).</param>
    public TokenizedPair TokenizePair(string first, string second, int maxTokens = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var template = Parts.Template;
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, template.PairAdded);
        var ids = new PooledBuffer<int>((first.Length + second.Length) / 2);
        try
        {
            Append(first, int.MaxValue, ref ids);
            var firstCount = ids.Count;
            Append(second, int.MaxValue, ref ids);
            var (keptFirst, keptSecond) = PairTruncation.Share(firstCount, ids.Count - firstCount, maxTokens - template.PairAdded);
            var (result, types) = template.Build(ids.Items[..keptFirst], ids.Items.Slice(firstCount, keptSecond));
            return new TokenizedPair(result, types, ids.Count + template.PairAdded);
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
        new TokenizerWriter(Parts, folder).WriteMissing();
    }

    /// <summary>
    /// Appends the ids of a text, without special tokens but those that the text spells. It may stop as soon as there are more ids than
    /// <paramref name="room"/>.
    /// </summary>
    private void Append(string text, int room, ref PooledBuffer<int> ids)
    {
        var parts = _addedToText.Split(text);
        var atStart = true;
        while (ids.Count <= room && parts.MoveNext())
        {
            if (parts.Token is { } token)
            {
                ids.Add(token.Id);
                atStart = false;
                continue;
            }

            for (var rest = parts.Text; !rest.IsEmpty && ids.Count <= room;)
            {
                var length = _pieces.FirstLength(rest);
                AppendPiece(rest[..length], atStart && IsKept(rest), room, ref ids);
                rest = rest[length..];
                atStart = false;
            }
        }
    }

    /// <summary>
    /// Whether what a text starts with comes from its first character. In the original a character map that removes characters at the front does
    /// not move the start, other normalizers do.
    /// </summary>
    private bool IsKept(ReadOnlySpan<char> text)
    {
        if (!_looksAtStart)
        {
            return true;
        }

        Rune.DecodeFromUtf16(text, out var first, out _);
        return NormalizerSequence.StagesOf(Parts.Normalizer).All(stage => stage is PrecompiledNormalizer || stage.Normalize(first.ToString()).Length > 0);
    }

    private void AppendPiece(ReadOnlySpan<char> text, bool atStart, int room, ref PooledBuffer<int> ids)
    {
        if (Parts.Normalizer is null && WellFormed.IsCertain(text))
        {
            AppendNormalized(text, atStart, room, ref ids);
            return;
        }

        var normalized = new PooledBuffer<char>(text.Length);
        try
        {
            if (Parts.Normalizer is { } normalizer)
            {
                normalizer.Normalize(text, ref normalized);
            }
            else
            {
                WellFormed.Append(text, ref normalized);
            }

            AppendNormalized(normalized.Items, atStart, room, ref ids);
        }
        finally
        {
            normalized.Dispose();
        }
    }

    private void AppendNormalized(ReadOnlySpan<char> text, bool atStart, int room, ref PooledBuffer<int> ids)
    {
        var parts = _addedToNormalized.Split(text);
        while (ids.Count <= room && parts.MoveNext())
        {
            if (parts.Token is { } token)
            {
                ids.Add(token.Id);
            }
            else
            {
                AppendWords(parts.Text, atStart, room, ref ids);
            }

            atStart = false;
        }
    }

    /// <summary>The stages of BERT and of RoBERTa are called directly, which is a tenth faster than a call through an interface for each word.</summary>
    private void AppendWords(ReadOnlySpan<char> text, bool atStart, int room, ref PooledBuffer<int> ids)
    {
        if (_bert is { } wordPiece)
        {
            foreach (var word in BertPreTokenizer.WordsOf(text))
            {
                wordPiece.Append(word, atStart: false, ref ids);
                if (ids.Count > room)
                {
                    return;
                }
            }
        }
        else if (_roberta is { } bpe)
        {
            foreach (var word in ByteLevelPreTokenizer.WordsOf(text))
            {
                bpe.Append(word, atStart: false, ref ids);
                if (ids.Count > room)
                {
                    return;
                }
            }
        }
        else
        {
            Parts.PreTokenizer.Split(text, atStart, Parts.Model, ref ids);
        }
    }
}
