using System.Text.Json;

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
        var added = ReadAddedTokens(tokens);
        var names = ReadNames(tokens, added, SpecialTokenNames.Bert, "BertProcessing", separators: 1, secondType: 1);
        return new WordPieceTokenizer(tokens, new WordPieceOptions
        {
            Normalization = config.Apply(ReadNormalization()),
            Names = names with { Unknown = model["unk_token"].AsText() ?? names.Unknown },
            AddedTokens = added,
            ContinuationPrefix = model["continuing_subword_prefix"].AsText() ?? "##",
            MaxCharactersPerWord = model["max_input_chars_per_word"].AsInt() ?? 100,
            ModelMaxLength = config.ModelMaxLength,
        });
    }

    private ByteLevelBpeTokenizer ReadByteLevelBpe()
    {
        _root["normalizer"].AllowOnlyNull();
        var preTokenizer = _root["pre_tokenizer"];
        RequireType(preTokenizer, "ByteLevel");
        preTokenizer["use_regex"].AllowOnly(true);
        var model = _root["model"];
        model["dropout"].AllowOnlyNull();
        model["continuing_subword_prefix"].AllowOnly("");
        model["end_of_word_suffix"].AllowOnly("");
        model["fuse_unk"].AllowOnly(false);
        model["byte_fallback"].AllowOnly(false);
        model["ignore_merges"].AllowOnly(false);
        var tokens = VocabularyReader.InOrder(model["vocab"]);
        var added = ReadAddedTokens(tokens);
        var names = ReadNames(tokens, added, SpecialTokenNames.Roberta, "RobertaProcessing", separators: 2, secondType: 0);
        return new ByteLevelBpeTokenizer(tokens, [.. model["merges"].Items.Select(ReadMerge)], new ByteLevelBpeOptions
        {
            AddPrefixSpace = config.AddPrefixSpace ?? preTokenizer["add_prefix_space"].AsBool() ?? true,
            Names = names with { Unknown = model["unk_token"].AsText() ?? names.Unknown },
            AddedTokens = added,
            UnknownForMissingBytes = !model["unk_token"].IsNull,
            ModelMaxLength = config.ModelMaxLength,
        });
    }

    /// <summary>Start and end come from the layout of sequences, the others from the configuration.</summary>
    private SpecialTokenNames ReadNames(
        List<string?> tokens, List<AddedToken> added, SpecialTokenNames usual, string processor, int separators, int secondType)
    {
        var layout = new SequenceLayout(_root["post_processor"], usual).ReadNames([processor], separators, secondType);
        return config.Apply(usual, name => tokens.Contains(name) || added.Exists(token => token.Content == name)) with
        {
            Start = layout.Start,
            End = layout.End,
        };
    }

    /// <summary>Older files write a merge as "left right", newer ones as an array of two.</summary>
    private static (string Left, string Right) ReadMerge(JsonSetting merge)
    {
        string[] parts = merge.Value.ValueKind == JsonValueKind.Array
            ? [.. merge.Items.Select(part => part.RequiredText())]
            : merge.RequiredText().Split(' ');
        return parts is [var left, var right] ? (left, right) : throw merge.Refuse("two tokens");
    }

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

    private List<AddedToken> ReadAddedTokens(List<string?> tokens)
    {
        var added = new List<AddedToken>();
        foreach (var setting in _root["added_tokens"].Items)
        {
            var token = TokenizerConfig.Read(setting, setting["id"].Required(id => id.AsInt()));
            var inVocabulary = tokens.IndexOf(token.Content);
            if (token.Id is < 0 or > VocabularyReader.MaxId || (inVocabulary >= 0 && inVocabulary != token.Id))
            {
                throw setting["id"].Refuse(inVocabulary >= 0 ? $"{inVocabulary}, the id of '{token.Content}' in the vocabulary" : "an id");
            }

            added.Add(token);
        }

        return added;
    }

    private static void RequireType(JsonSetting stage, string type)
    {
        if (stage.IsNull || stage["type"].AsText() != type)
        {
            throw (stage.IsNull ? stage : stage["type"]).Refuse($"\"{type}\"");
        }
    }
}
