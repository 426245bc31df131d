using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tokenization;

namespace MiCse;

/// <summary>Text → tokens as a model wants them: its prompt before the text, its preparation, its tokenizer, its limit. Thread-safe.</summary>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="folder">The model.</param>
/// <param name="chain">Says whether the positions of a prompt count in the pooling.</param>
/// <param name="maxTokens">The longest sequence.</param>
internal sealed class TextTokenizing(Tokenizer tokenizer, ModelFolder folder, EmbeddingChain chain, int maxTokens)
{
    private readonly Func<string, TokenizedText> _tokenize = folder.Static is null ? text => tokenizer.Tokenize(text, maxTokens)
        : folder.Static.IsModel2Vec ? new Model2VecTokenizing(tokenizer, maxTokens).Tokenize
        : text => tokenizer.TokenizePlain(text, maxTokens);

    /// <summary>The same for all texts with one prompt.</summary>
    /// <param name="prompt">What is put before each text; "" for nothing.</param>
    public Func<string, TokenizedText> With(string prompt)
    {
        var preparation = folder.Preparation with { Prompt = prompt };
        var leftOut = chain.IncludePrompt || prompt.Length == 0 ? 0 : Length(preparation.Apply(""));
        return text => _tokenize(preparation.Apply(text)) with { LeftOut = leftOut };
    }

    /// <summary>The same, but of a text that is too long the end is kept, without the prompt that was before its beginning.</summary>
    /// <param name="prompt">What is put before each text; "" for nothing.</param>
    public Func<string, TokenizedText> KeepingEnds(string prompt)
    {
        var usual = With(prompt);
        var preparation = folder.Preparation with { Prompt = prompt };
        var template = tokenizer.Parts.Template;
        var before = template.Single.TakeWhile(part => part.Token is not null).Count();
        return text =>
        {
            var tokenized = usual(text);
            if (!tokenized.Truncated || folder.Static is not null)
            {
                return tokenized;
            }

            var ids = tokenizer.Tokenize(preparation.Apply(text)).Ids;
            var own = ids.AsSpan(before, ids.Length - template.SingleAdded);
            return new TokenizedText(template.Build(own[^(maxTokens - template.SingleAdded)..]), Truncated: true);
        };
    }

    // The end token is the text's, not the prompt's.
    private int Length(string prompt)
    {
        var ids = _tokenize(prompt).Ids;
        return ids is [.., var last] && last == tokenizer.Parts.Template.End?.Id ? ids.Length - 1 : ids.Length;
    }
}
