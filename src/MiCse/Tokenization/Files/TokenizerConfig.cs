using System.Text.Json;
using MiCse.Files;
using MiCse.Tokenization.Normalizers;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Files;

/// <summary>What tokenizer_config.json, special_tokens_map.json and added_tokens.json say; every value may be absent.</summary>
internal sealed class TokenizerConfig
{
    /// <summary>What a file says that has none of them beside it: nothing.</summary>
    public static TokenizerConfig Empty { get; } = new(null, null, null);

    private readonly JsonSetting _config;
    private readonly JsonSetting _map;
    private readonly JsonSetting _added;

    /// <param name="config">Path of tokenizer_config.json; null when it is not there, as for the others.</param>
    /// <param name="map">Path of special_tokens_map.json.</param>
    /// <param name="added">Path of added_tokens.json.</param>
    /// <exception cref="ModelFormatException">A file is broken or asks for something that is not implemented.</exception>
    public TokenizerConfig(string? config, string? map, string? added)
    {
        _config = JsonSetting.Read(config);
        _map = JsonSetting.Read(map);
        _added = JsonSetting.Read(added);
        _config["do_basic_tokenize"].AllowOnly(true);
        _config["truncation_side"].AllowOnly("right");
        foreach (var word in _config["never_split"].Items)
        {
            throw word.Refuse("null");
        }
    }

    public JsonSetting Class => _config["tokenizer_class"];

    public bool? AddPrefixSpace => _config["add_prefix_space"].AsBool();

    /// <summary>The longest sequence, or null when nothing is stated.</summary>
    public int? ModelMaxLength => MaxLength(_config["model_max_length"]);

    /// <summary>The longest sequence that a tokenizer_config.json states; null when it is not there or states nothing.</summary>
    /// <exception cref="ModelFormatException">The file is broken, or the length is none.</exception>
    public static int? ReadMaxLength(string file) => File.Exists(file) ? MaxLength(JsonSetting.Read(file)["model_max_length"]) : null;

    /// <summary>Numbers that no model has, such as 1e30, mean that nothing is stated; less than 3 tokens leave no room for a text.</summary>
    private static int? MaxLength(JsonSetting length)
    {
        if (length.IsNull)
        {
            return null;
        }

        return length.Value.ValueKind == JsonValueKind.Number && length.Value.GetDouble() >= 3
            ? length.Value.GetDouble() <= int.MaxValue ? (int)length.Value.GetDouble() : null
            : throw length.Refuse("a number of at least 3");
    }

    /// <summary>The given settings, with what the file says about them put in.</summary>
    public BertNormalization Apply(BertNormalization settings) => settings with
    {
        LowerCase = _config["do_lower_case"].AsBool() ?? settings.LowerCase,
        StripAccents = _config["strip_accents"].AsBool() ?? settings.StripAccents,
        SplitIdeographs = _config["tokenize_chinese_chars"].AsBool() ?? settings.SplitIdeographs,
    };

    /// <summary>The given spellings, with those that the files name put in; a mask that does not exist is left out.</summary>
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
                yield return new AddedToken(id.AsTokenId(), content, Normalized: true, Special: false);
            }

            foreach (var (id, token) in _config["added_tokens_decoder"].Properties)
            {
                yield return int.TryParse(id, out var number) && number is >= 0 and <= VocabularyReader.MaxId ? Read(token, number) : throw token.Refuse("an entry named by its id");
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
