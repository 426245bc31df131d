namespace MiCse.Tokenization;

/// <summary>
/// Reads tokenizer.json. Only the pipelines of BERT and RoBERTa are implemented; whatever else changes the ids is refused by name.
/// <c>truncation</c> and <c>padding</c> are the caller's choice here, and <c>decoder</c> is not needed.
/// </summary>
internal sealed class TokenizerJsonReader(string file, TokenizerConfig config)
{
    private readonly JsonSetting _root = JsonSetting.Read(file);

    public Tokenizer Read()
    {
        var type = _root["model"]["type"];
        type.AllowOnly("WordPiece", "BPE");
        var isBpe = type.AsText() == "BPE" || (type.IsNull && !_root["model"]["merges"].IsNull);
        return isBpe ? ReadByteLevelBpe() : ReadWordPiece();
    }

    private WordPieceTokenizer ReadWordPiece()
    {
        var model = _root["model"];
        RequireType(_root["pre_tokenizer"], "BertPreTokenizer");
        var tokens = VocabularyReader.InOrder(model["vocab"]);
        var added = ReadAddedTokens();
        var names = new SequenceLayout(_root["post_processor"], SpecialTokenNames.Bert).ReadNames(["BertProcessing"], separators: 1, secondType: 1);
        names = names with { Unknown = model["unk_token"].AsText() ?? names.Unknown };
        return new WordPieceTokenizer(tokens, new WordPieceOptions
        {
            Normalization = config.Apply(ReadNormalization()),
            Names = config.Apply(names, name => tokens.Contains(name) || added.Any(token => token.Content == name)) with
            {
                Unknown = names.Unknown,
                Start = names.Start,
                End = names.End,
            },
            AddedTokens = added,
            ContinuationPrefix = model["continuing_subword_prefix"].AsText() ?? "##",
            MaxCharactersPerWord = model["max_input_chars_per_word"].AsInt() ?? 100,
            ModelMaxLength = config.ModelMaxLength,
        });
    }

    private Tokenizer ReadByteLevelBpe() => throw _root["model"]["type"].Refuse("\"WordPiece\"");

    private BertNormalization ReadNormalization()
    {
        var normalizer = _root["normalizer"];
        if (normalizer.IsNull)
        {
            return new BertNormalization { CleanText = false, SplitIdeographs = false, StripAccents = false, LowerCase = false };
        }

        RequireType(normalizer, "BertNormalizer");
        return new BertNormalization
        {
            CleanText = normalizer["clean_text"].AsBool() ?? true,
            SplitIdeographs = normalizer["handle_chinese_chars"].AsBool() ?? true,
            StripAccents = normalizer["strip_accents"].AsBool(),
            LowerCase = normalizer["lowercase"].AsBool() ?? true,
        };
    }

    private List<AddedToken> ReadAddedTokens() =>
        [.. _root["added_tokens"].Items.Select(token => TokenizerConfig.Read(token, token["id"].Required(id => id.AsInt())))];

    private static void RequireType(JsonSetting stage, string type)
    {
        if (stage.IsNull || stage["type"].AsText() != type)
        {
            throw (stage.IsNull ? stage : stage["type"]).Refuse($"\"{type}\"");
        }
    }
}
