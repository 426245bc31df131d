using System.Text.Json;
using MiCse.Files;
using MiCse.Tokenization.Models;
using MiCse.Tokenization.Normalizers;
using MiCse.Tokenization.PreTokenizers;
using MiCse.Tokenization.Templates;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Files;

/// <summary>Everything that makes a tokenizer, as its files say it.</summary>
/// <param name="Normalizer">The first stage; null: texts stay as they are.</param>
/// <param name="PreTokenizer">The second stage.</param>
/// <param name="Model">The third stage.</param>
/// <param name="PostProcessor">The last stage, which has a template.</param>
/// <param name="Names">The tokens with a role.</param>
/// <param name="AddedTokens">Tokens recognised in the text itself.</param>
/// <param name="ModelMaxLength">The longest sequence the model was made for; null when nothing is stated.</param>
internal sealed record TokenizerParts(
    INormalizer? Normalizer,
    IPreTokenizer PreTokenizer,
    ITokenModel Model,
    PostProcessor PostProcessor,
    SpecialTokenNames Names,
    IReadOnlyList<AddedToken> AddedTokens,
    int? ModelMaxLength)
{
    /// <summary>The template of the last stage.</summary>
    public SequenceTemplate Template => PostProcessor.Template!;

    /// <summary>The decoder that the file has, which is not needed here but written again; null: the usual one of the model.</summary>
    public JsonElement? Decoder { get; init; }

    /// <summary>BERT's stages.</summary>
    /// <param name="model">The model.</param>
    /// <param name="normalization">What happens to texts first; null: as for bert-base-uncased.</param>
    /// <param name="names">The tokens with a role; null: BERT's.</param>
    /// <param name="added">Tokens recognised in the text; null: those with a role.</param>
    /// <param name="modelMaxLength">The longest sequence, if it is stated.</param>
    /// <exception cref="ArgumentException">A token with a role is missing.</exception>
    public static TokenizerParts Bert(
        WordPiece model,
        BertNormalization? normalization = null,
        SpecialTokenNames? names = null,
        IReadOnlyList<AddedToken>? added = null,
        int? modelMaxLength = null)
    {
        names ??= SpecialTokenNames.Bert with { Unknown = model.UnknownToken };
        added ??= Roles(names, model);
        return new TokenizerParts(
            new BertNormalizer(normalization ?? new BertNormalization()),
            new BertPreTokenizer(),
            model,
            new BertProcessing(TokenOf(names.Start, model, added), TokenOf(names.End, model, added)),
            names,
            added,
            modelMaxLength).Checked();
    }

    /// <summary>RoBERTa's stages.</summary>
    /// <param name="model">The model.</param>
    /// <param name="addPrefixSpace">Whether a text is tokenized as if a space stood before it.</param>
    /// <param name="names">The tokens with a role; null: RoBERTa's.</param>
    /// <param name="added">Tokens recognised in the text; null: those with a role, the mask with the space before it.</param>
    /// <param name="modelMaxLength">The longest sequence, if it is stated.</param>
    /// <exception cref="ArgumentException">A token with a role is missing.</exception>
    public static TokenizerParts Roberta(
        Bpe model, bool addPrefixSpace = false, SpecialTokenNames? names = null, IReadOnlyList<AddedToken>? added = null, int? modelMaxLength = null)
    {
        names ??= SpecialTokenNames.Roberta;
        added ??= Roles(names, model, stripped: names.Mask);
        return new TokenizerParts(
            null,
            new ByteLevelPreTokenizer(addPrefixSpace),
            model,
            new RobertaProcessing(TokenOf(names.Start, model, added), TokenOf(names.End, model, added), TrimOffsets: true, addPrefixSpace),
            names,
            added,
            modelMaxLength).Checked();
    }

    /// <summary>The id of a token with a role.</summary>
    /// <exception cref="ArgumentException">There is no such token.</exception>
    public int IdOf(string token) => TokenOf(token, Model, AddedTokens).Id;

    /// <summary>These parts, if all tokens with a role exist.</summary>
    /// <exception cref="ArgumentException">One does not, or an added token has an id far beyond the vocabulary.</exception>
    public TokenizerParts Checked()
    {
        foreach (var name in Names.All)
        {
            IdOf(name);
        }

        var mostIds = VocabularyReader.MostIds(Model.Tokens.Count + AddedTokens.Count);
        return AddedTokens.FirstOrDefault(token => token.Id >= mostIds) is { } far
            ? throw new ArgumentException(
                $"The added token '{JsonFailure.Cut(far.Content)}' has the id {far.Id}; a tokenizer of {Model.Tokens.Count} tokens may have ids below {mostIds}.")
            : this;
    }

    private static AddedToken[] Roles(SpecialTokenNames names, ITokenModel model, string? stripped = null) =>
        [.. names.All.Distinct().Select(name => new AddedToken(TokenOf(name, model, []).Id, name, LeftStrip: name == stripped))];

    private static SpecialToken TokenOf(string token, ITokenModel model, IReadOnlyList<AddedToken> added)
    {
        for (var id = 0; id < model.Tokens.Count; id++)
        {
            if (model.Tokens[id] == token)
            {
                return new SpecialToken(token, id);
            }
        }

        return added.FirstOrDefault(added => added.Content == token) is { Id: var addedId }
            ? new SpecialToken(token, addedId)
            : throw new ArgumentException($"The vocabulary has no '{token}', which has a role in every sequence.");
    }
}
