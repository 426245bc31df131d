using System.Text.Json;
using MiCse.Files;

namespace MiCse.Tokenization;

/// <summary>What tokenizer_config.json, special_tokens_map.json and added_tokens.json say; every value may be absent.</summary>
internal sealed class TokenizerConfig
{
    private readonly JsonSetting _config;
    private readonly JsonSetting _map;
    private readonly JsonSetting _added;

    /// <exception cref="ModelFormatException">A file is broken or asks for something that is not implemented.</exception>
    public TokenizerConfig(TokenizerFiles files)
    {
        _config = JsonSetting.Read(files.Config);
        _map = JsonSetting.Read(files.SpecialTokensMap);
        _added = JsonSetting.Read(files.AddedTokens);
        _config["do_basic_tokenize"].AllowOnly(true);
        _config["truncation_side"].AllowOnly("right");
        foreach (var word in _config["never_split"].Items)
        {
            throw word.Refuse("null");
        }
    }

    public JsonSetting Class => _config["tokenizer_class"];

    public bool? AddPrefixSpace => _config["add_prefix_space"].AsBool();

    /// <summary>Numbers that no model has, such as 1e30, mean that nothing is stated.</summary>
    public int? ModelMaxLength
    {
        get
        {
            var length = _config["model_max_length"];
            if (length.IsNull)
            {
                return null;
            }

            if (length.Value.ValueKind != JsonValueKind.Number || length.Value.GetDouble() < 2)
            {
                throw length.Refuse("a number of at least 2");
            }

            return length.Value.GetDouble() <= int.MaxValue ? (int)length.Value.GetDouble() : null;
        }
    }

    /// <summary>The given settings, with what the file says about them put in.</summary>
    public BertNormalization Apply(BertNormalization settings) => settings with
    {
        LowerCase = _config["do_lower_case"].AsBool() ?? settings.LowerCase,
        StripAccents = _config["strip_accents"].AsBool() ?? settings.StripAccents,
        SplitIdeographs = _config["tokenize_chinese_chars"].AsBool() ?? settings.SplitIdeographs,
    };

    /// <summary>The given spellings, with those that the files name put in.</summary>
    public SpecialTokenNames Apply(SpecialTokenNames names, Func<string, bool> exists) => new(
        Name("pad_token") ?? names.Padding,
        Name("unk_token") ?? names.Unknown,
        Name("cls_token") ?? names.Start,
        Name("sep_token") ?? names.End,
        Name("mask_token") ?? (exists(names.Mask!) ? names.Mask : null));

    /// <summary>Tokens that are added to the vocabulary beside those with a role, for folders without tokenizer.json.</summary>
    public IEnumerable<AddedToken> AddedTokens
    {
        get
        {
            foreach (var (content, id) in _added.Properties)
            {
                yield return new AddedToken(id.Required(value => value.AsInt()), content, Normalized: true, Special: false);
            }

            foreach (var (id, token) in _config["added_tokens_decoder"].Properties)
            {
                yield return int.TryParse(id, out var number) ? Read(token, number) : throw token.Refuse("an entry named by its id");
            }
        }
    }

    /// <summary>Reads an added token as tokenizer.json and tokenizer_config.json write it.</summary>
    public static AddedToken Read(JsonSetting token, int id)
    {
        var special = token["special"].AsBool() ?? false;
        return new AddedToken(
            id,
            token["content"].RequiredText(),
            token["lstrip"].AsBool() ?? false,
            token["rstrip"].AsBool() ?? false,
            token["single_word"].AsBool() ?? false,
            token["normalized"].AsBool() ?? !special,
            special);
    }

    /// <summary>A spelling is a string, or an object with its settings.</summary>
    private string? Name(string key)
    {
        foreach (var setting in (ReadOnlySpan<JsonSetting>)[_config[key], _map[key]])
        {
            if (!setting.IsNull)
            {
                return setting.Value.ValueKind == JsonValueKind.Object ? setting["content"].RequiredText() : setting.AsText();
            }
        }

        return null;
    }
}
