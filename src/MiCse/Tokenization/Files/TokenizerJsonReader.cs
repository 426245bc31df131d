using MiCse.Files;
using MiCse.Tokenization.Models;
using MiCse.Tokenization.Normalizers;
using MiCse.Tokenization.PreTokenizers;
using MiCse.Tokenization.Templates;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Files;

/// <summary>
/// Reads tokenizer.json: four stages, each by its table, and the added tokens. Whatever else changes the ids is refused by name.
/// <c>truncation</c> and <c>padding</c> are the caller's choice here, and <c>decoder</c> is only carried along.
/// </summary>
internal sealed class TokenizerJsonReader(string file, TokenizerConfig config)
{
    private readonly JsonSetting _root = JsonSetting.Read(file);

    /// <summary>Whether no special tokens are put around a text, so that the post-processor is not read, and tokens with a role need not exist.</summary>
    public bool Plain { get; init; }

    public TokenizerParts Read()
    {
        var model = ModelTable.Read(_root["model"]);
        var added = ReadAddedTokens(model);
        var postProcessor = Plain ? new TemplateProcessing(SequenceTemplate.Plain) : ReadPostProcessor(model, added.Tokens);
        var names = Plain ? PlainNames(model) : ReadNames(model, added.Tokens, postProcessor.Template!);
        foreach (var name in names.All)
        {
            if (config.FindRole(name, content => new AddedToken(0, content)) is { } role)
            {
                added.AddIfInVocabulary(role);
            }
        }

        var preTokenizer = ReadPreTokenizer(model);
        return new TokenizerParts(
            ReadNormalizer(),
            preTokenizer,
            model is Bpe bpe ? bpe.As(byteLevel: PreTokenizerSequence.StagesOf(preTokenizer).Any(stage => stage is ByteLevelPreTokenizer)) : model,
            postProcessor,
            names,
            added.Tokens,
            config.ModelMaxLength)
        {
            Decoder = _root["decoder"].Value is { ValueKind: not System.Text.Json.JsonValueKind.Undefined } decoder ? decoder.Clone() : null,
        }.Checked();
    }

    private INormalizer? ReadNormalizer()
    {
        var normalizer = NormalizerTable.Table.ReadOptional(_root["normalizer"]);
        return normalizer is BertNormalizer bert ? new BertNormalizer(config.Apply(bert.Settings)) : normalizer;
    }

    private IPreTokenizer ReadPreTokenizer(ITokenModel model)
    {
        var setting = _root["pre_tokenizer"];
        var preTokenizer = PreTokenizerTable.Table.ReadOptional(setting) ?? new PreTokenizerSequence([]);

        // The pre-tokenizer spells bytes as characters, and here the model does that; so it needs one that can, right after it.
        var stages = PreTokenizerSequence.StagesOf(preTokenizer).ToList();
        if (stages.SkipLast(model is Bpe ? 1 : 0).Any(stage => stage is ByteLevelPreTokenizer))
        {
            throw setting.Refuse(model is Bpe ? "\"ByteLevel\" once and at the end" : $"any but \"ByteLevel\" before the model {model.Name}");
        }

        return preTokenizer is ByteLevelPreTokenizer byteLevel && config.AddPrefixSpace is { } addPrefixSpace
            ? new ByteLevelPreTokenizer(addPrefixSpace, byteLevel.UseRegex, byteLevel.TrimOffsets)
            : preTokenizer;
    }

    private PostProcessor ReadPostProcessor(ITokenModel model, IReadOnlyList<AddedToken> added)
    {
        var setting = _root["post_processor"];
        var postProcessor = PostProcessorTable.Table.Read(setting);
        if (postProcessor.Template is not { Start: not null, End: not null } template)
        {
            throw setting.Refuse("a template with a special token before the text and one after it");
        }

        foreach (var token in template.Single.Concat(template.Pair).Select(part => part.Token).OfType<SpecialToken>())
        {
            var isAdded = added.Any(entry => entry.Id == token.Id && entry.Content == token.Content);
            if (!isAdded && (token.Id < 0 || token.Id >= model.Tokens.Count || model.Tokens[token.Id] != token.Content))
            {
                throw new ModelFormatException(
                    file, $"the tokenizer setting '{setting.Key}' gives '{token.Content}' the id {token.Id}, which the vocabulary does not");
            }
        }

        return postProcessor;
    }

    /// <summary>Start and end come from the template, the unknown token from the model, the others from the configuration or from what is usual.</summary>
    private SpecialTokenNames ReadNames(ITokenModel model, IReadOnlyList<AddedToken> added, SequenceTemplate template)
    {
        SpecialTokenNames[] usual = template.Start!.Content == SpecialTokenNames.Roberta.Start
            ? [SpecialTokenNames.Roberta, SpecialTokenNames.Bert]
            : [SpecialTokenNames.Bert, SpecialTokenNames.Roberta];
        var names = config.Apply(
            new SpecialTokenNames(
                Usual(names => names.Padding)!, Usual(names => names.Unknown), template.Start.Content, template.End!.Content, Usual(names => names.Mask)),
            Exists);
        var unknown = model.UnknownToken ?? names.Unknown;
        return names with
        {
            // Nothing is padded here with a token that is looked at, so any will do.
            Padding = Exists(names.Padding) ? names.Padding : template.End.Content,
            Start = template.Start.Content, End = template.End.Content, Unknown = unknown is not null && Exists(unknown) ? unknown : null };

        bool Exists(string name) => IsAdded(name) || model.Tokens.Contains(name);

        bool IsAdded(string name) => added.Any(token => token.Content == name);

        string? Usual(Func<SpecialTokenNames, string?> name) =>
            usual.Select(name).FirstOrDefault(candidate => IsAdded(candidate!)) ?? Alike(name(usual[0])!) ?? name(usual[0]);

        // Such as <|pad|> for [PAD].
        string? Alike(string name) => added.FirstOrDefault(token => token.Special && LettersOf(token.Content) == LettersOf(name))?.Content;

        static string LettersOf(string name) => string.Concat(name.Where(char.IsAsciiLetter)).ToUpperInvariant();
    }

    // Roles that nobody asks for: whatever token is there.
    private static SpecialTokenNames PlainNames(ITokenModel model)
    {
        var any = model.Tokens.FirstOrDefault(token => token is not null) ?? throw new ArgumentException("The vocabulary is empty.");
        return new SpecialTokenNames(any, model.UnknownToken is { } unknown && model.Tokens.Contains(unknown) ? unknown : null, any, any, null);
    }

    private AddedTokenList ReadAddedTokens(ITokenModel model)
    {
        var added = new List<AddedToken>();
        foreach (var setting in _root["added_tokens"].Items)
        {
            var token = TokenizerConfig.Read(setting, setting["id"].Required(id => id.AsInt()));
            var inVocabulary = token.Id >= 0 && token.Id < model.Tokens.Count && model.Tokens[token.Id] == token.Content
                ? token.Id : ((IList<string?>)model.Tokens).IndexOf(token.Content);
            if (token.Id is < 0 or > VocabularyReader.MaxId || (inVocabulary >= 0 && inVocabulary != token.Id))
            {
                throw setting["id"].Refuse(inVocabulary >= 0 ? $"{inVocabulary}, the id of '{token.Content}' in the vocabulary" : "an id");
            }

            added.Add(token);
        }

        var list = new AddedTokenList(model.Tokens, added);
        list.AddConfigured(config);
        return list;
    }
}
