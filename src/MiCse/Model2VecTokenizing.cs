using System.Text;
using MiCse.Tokenization;

namespace MiCse;

/// <summary>
/// Text → tokens as model2vec has it: no special tokens are put around it, unknown tokens are left out, and of a long text only so many characters are read as
/// the most tokens of median length have. Thread-safe.
/// </summary>
/// <remarks>https://github.com/MinishLab/model2vec/blob/main/model2vec/model.py, StaticModel.tokenize.</remarks>
internal sealed class Model2VecTokenizing
{
    private readonly Tokenizer _tokenizer;
    private readonly int? _unknown;
    private readonly int _maxTokens;
    private readonly long _maxCharacters;

    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="maxTokens">The most tokens.</param>
    public Model2VecTokenizing(Tokenizer tokenizer, int maxTokens)
    {
        _tokenizer = tokenizer;
        _maxTokens = maxTokens;
        _unknown = tokenizer.Parts.Model.UnknownToken is { } unknown ? tokenizer.Parts.IdOf(unknown) : null;
        int[] lengths = [.. tokenizer.AllTokens.OfType<string>().Select(token => token.EnumerateRunes().Count()).Order()];
        var middle = lengths.Length / 2;
        _maxCharacters = (long)maxTokens * (lengths.Length % 2 == 1 ? lengths[middle] : (lengths[middle - 1] + lengths[middle]) / 2);
    }

    /// <summary>Tokenizes a text.</summary>
    public TokenizedText Tokenize(string text)
    {
        var read = Begin(text);
        var ids = _tokenizer.TokenizePlain(read, int.MaxValue).Ids;
        int[] known = _unknown is { } unknown ? Array.FindAll(ids, id => id != unknown) : ids;
        var truncated = read.Length < text.Length || known.Length > _maxTokens;
        return new TokenizedText(known.Length > _maxTokens ? known[.._maxTokens] : known, truncated);
    }

    private string Begin(string text)
    {
        if (text.Length <= _maxCharacters)
        {
            return text;
        }

        var (index, left) = (0, _maxCharacters);
        for (; index < text.Length && left > 0; left--)
        {
            Rune.DecodeFromUtf16(text.AsSpan(index), out _, out var length);
            index += length;
        }

        return text[..index];
    }
}
