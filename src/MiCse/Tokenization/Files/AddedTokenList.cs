using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Files;

/// <summary>
/// The added tokens of a tokenizer, collected from its files as transformers does: a token of the vocabulary keeps its id, any other gets the
/// next one in the order in which the tokens come.
/// </summary>
/// <param name="vocabulary">The model's tokens in the order of their ids.</param>
/// <param name="own">The tokens that tokenizer.json lists, with their ids; none without that file.</param>
internal sealed class AddedTokenList(IReadOnlyList<string?> vocabulary, IEnumerable<AddedToken> own)
{
    private readonly List<AddedToken> _tokens = [.. own];
    private readonly Lazy<Dictionary<string, int>> _ids = new(() => IdsOf(vocabulary));

    /// <summary>What is collected so far.</summary>
    public IReadOnlyList<AddedToken> Tokens => _tokens;

    /// <summary>Adds what the settings beside the vocabulary or tokenizer.json name; tokens with a role are not among it.</summary>
    public void AddConfigured(TokenizerConfig config)
    {
        foreach (var token in config.AddedTokensFile)
        {
            AddIfAbsent(token);
        }

        foreach (var token in config.AddedTokensDecoder)
        {
            Put(token);
        }

        foreach (var token in config.AdditionalSpecialTokens)
        {
            AddIfAbsent(token);
        }
    }

    /// <summary>Adds a token that is in the vocabulary already, such as one with a role; any other is left out.</summary>
    public void AddIfInVocabulary(AddedToken token)
    {
        if (FindId(token.Content) is not null)
        {
            AddIfAbsent(token);
        }
    }

    private void AddIfAbsent(AddedToken token)
    {
        if (token.Content.Length > 0 && !_tokens.Exists(other => other.Content == token.Content))
        {
            _tokens.Add(token with { Id = FindId(token.Content) ?? NewId(token.Id) });
        }
    }

    /// <summary>Adds a token, or puts its settings in the place of those that it has so far.</summary>
    private void Put(AddedToken token)
    {
        var index = _tokens.FindIndex(other => other.Content == token.Content);
        if (index < 0)
        {
            AddIfAbsent(token);
        }
        else
        {
            _tokens[index] = token with { Id = _tokens[index].Id };
        }
    }

    private int? FindId(string content) => _ids.Value.TryGetValue(content, out var id) ? id : null;

    /// <summary>The given id where the vocabulary has a gap, else the one after all others.</summary>
    private int NewId(int given) =>
        given >= 0 && given < vocabulary.Count && vocabulary[given] is null && !_tokens.Exists(token => token.Id == given)
            ? given
            : Math.Max(vocabulary.Count, _tokens.Select(token => token.Id + 1).DefaultIfEmpty().Max());

    private static Dictionary<string, int> IdsOf(IReadOnlyList<string?> vocabulary)
    {
        var ids = new Dictionary<string, int>(vocabulary.Count, StringComparer.Ordinal);
        for (var id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary[id] is { } token)
            {
                ids.TryAdd(token, id);
            }
        }

        return ids;
    }
}
