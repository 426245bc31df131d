using System.Globalization;
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

    private static readonly string[] RoleKeys = ["pad_token", "unk_token", "cls_token", "sep_token", "mask_token"];
    private static readonly string[] AdditionalKeys = ["additional_special_tokens", "extra_special_tokens"];

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

    /// <summary>The tokens of added_tokens.json, an older file, in the order of their ids.</summary>
    public IEnumerable<AddedToken> AddedTokensFile =>
        _added.Properties
            .Select(entry => new AddedToken(Checked(entry.Value, entry.Value.Required(id => id.AsInt())), entry.Name))
            .OrderBy(token => token.Id)
            .Select(token => IsSpecial(token.Content) ? token : token with { Normalized = true, Special = false });

    /// <summary>The tokens that tokenizer_config.json lists by their ids, in that order.</summary>
    public IEnumerable<AddedToken> AddedTokensDecoder =>
        _config["added_tokens_decoder"].Properties
            .Select(entry => Read(
                entry.Value,
                int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                    ? Checked(entry.Value, id) : throw entry.Value.Refuse("an entry named by its id")))
            .OrderBy(token => token.Id);

    /// <summary>The special tokens that have no role, without their ids; <c>extra_special_tokens</c> is the name in newer files.</summary>
    public IEnumerable<AddedToken> AdditionalSpecialTokens =>
        from file in new[] { _config, _map }
        from key in AdditionalKeys
        from setting in file[key].Value.ValueKind == JsonValueKind.Object ? file[key].Properties.Select(entry => entry.Value) : file[key].Items
        select ReadSpecial(setting, content => new AddedToken(0, content));

    /// <summary>What the files say about a token with a role; null when they do not name it.</summary>
    /// <param name="content">Its spelling.</param>
    /// <param name="ofName">The settings of a token that is named without any.</param>
    public AddedToken? FindRole(string content, Func<string, AddedToken> ofName) =>
        RoleKeys.Select(Stated).Where(setting => !setting.IsNull).Select(setting => ReadSpecial(setting, ofName)).FirstOrDefault(token => token.Content == content);

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

    /// <summary>A special token is a string, or an object with its settings.</summary>
    private static AddedToken ReadSpecial(JsonSetting token, Func<string, AddedToken> ofName) =>
        token.Value.ValueKind == JsonValueKind.Object
            ? Read(token, 0) with { Special = true, Normalized = token["normalized"].AsBool() ?? false }
            : ofName(token.RequiredText());

    private static int Checked(JsonSetting setting, int id) =>
        id is >= 0 and <= VocabularyReader.MaxId ? id : throw setting.Refuse($"an id between 0 and {VocabularyReader.MaxId}");

    private string? Name(string key) =>
        Stated(key) is { IsNull: false } setting ? ReadSpecial(setting, content => new AddedToken(0, content)).Content : null;

    private JsonSetting Stated(string key) => _config[key] is { IsNull: false } setting ? setting : _map[key];

    private bool IsSpecial(string content) =>
        RoleKeys.Any(key => Name(key) == content) || AdditionalSpecialTokens.Any(token => token.Content == content);
}
