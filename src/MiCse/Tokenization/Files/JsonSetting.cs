using System.Text;
using System.Text.Json;
using MiCse.Files;
using MiCse.Tokenization.Patterns;

namespace MiCse.Tokenization.Files;

/// <summary>
/// One value of a JSON file together with where it stands, so that what is refused can be named. A class, as code of the framework over it is compiled ahead of time then.
/// </summary>
internal sealed record JsonSetting(string File, string Key, JsonElement Value)
{
    /// <summary>Reads a whole file; a file that is not there says nothing.</summary>
    public static JsonSetting Read(string? file)
    {
        if (file is null)
        {
            return new JsonSetting("", "", default);
        }

        try
        {
            LfsPointer.Refuse(file);
            using var document = JsonFile.Parse(file, System.IO.File.ReadAllBytes(file));
            var root = new JsonSetting(file, "", document.RootElement.Clone());
            return root.Value.ValueKind == JsonValueKind.Object ? root : throw root.Refuse("an object");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException(file, $"cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>Whether the value is absent or null.</summary>
    public bool IsNull => Value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    /// <summary>A property; a null setting when there is none.</summary>
    public JsonSetting this[string name]
    {
        get
        {
            if (!IsNull && Value.ValueKind != JsonValueKind.Object)
            {
                throw Refuse("an object");
            }

            return new JsonSetting(File, KeyOf(name), !IsNull && Value.TryGetProperty(name, out var value) ? value : default);
        }
    }

    public IReadOnlyList<JsonSetting> Items
    {
        get
        {
            if (IsNull)
            {
                return [];
            }

            if (Value.ValueKind != JsonValueKind.Array)
            {
                throw Refuse("an array");
            }

            var items = new List<JsonSetting>(Value.GetArrayLength());
            foreach (var item in Value.EnumerateArray())
            {
                items.Add(new JsonSetting(File, $"{Key}[{items.Count}]", item));
            }

            return items;
        }
    }

    public IReadOnlyList<NamedSetting> Properties
    {
        get
        {
            if (IsNull)
            {
                return [];
            }

            if (Value.ValueKind != JsonValueKind.Object)
            {
                throw Refuse("an object");
            }

            var properties = new List<NamedSetting>();
            foreach (var entry in Value.EnumerateObject())
            {
                properties.Add(new NamedSetting(entry.Name, Property(entry)));
            }

            return properties;
        }
    }

    public bool? AsBool() => IsNull ? null : Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Refuse("true or false"),
    };

    public int? AsInt() =>
        IsNull ? null : Value.ValueKind == JsonValueKind.Number && Value.TryGetInt32(out var number) ? number : throw Refuse("an integer");

    public string? AsText() => IsNull ? null : Value.ValueKind == JsonValueKind.String ? Value.GetString() : throw Refuse("a string");

    /// <summary>The id of a token: a number that a vocabulary can have.</summary>
    public int AsTokenId() => AsInt() is { } id and >= 0 and <= VocabularyReader.MaxId ? id : throw Refuse($"an id between 0 and {VocabularyReader.MaxId}");

    /// <summary>The value, or a refusal when the file leaves it out.</summary>
    public T Required<T>(Func<JsonSetting, T?> read)
        where T : struct => read(this) ?? throw Refuse("a value");

    /// <summary>The text, or a refusal when the file leaves it out.</summary>
    public string RequiredText() => AsText() ?? throw Refuse("a string");

    /// <summary>The only character of a text, or a refusal.</summary>
    public Rune RequiredCharacter() => RequiredText().EnumerateRunes().Take(2).ToArray() is [var character] ? character : throw Refuse("one character");

    /// <summary>A regular expression, or a refusal of what in it is not implemented.</summary>
    public Pattern RequiredPattern()
    {
        try
        {
            return Pattern.Parse(RequiredText(), File);
        }
        catch (ArgumentException exception)
        {
            throw new ModelFormatException(
                File, $"the tokenizer setting '{JsonFailure.Cut(Key)}' is a regular expression with what is not implemented: {JsonFailure.Cut(exception.Message)}", exception);
        }
    }

    /// <summary>Refuses a setting that is there and set to something else than what is implemented.</summary>
    public void AllowOnly(bool whatIsImplemented)
    {
        if (!IsNull && AsBool() != whatIsImplemented)
        {
            throw Refuse(whatIsImplemented ? "true" : "false");
        }
    }

    /// <summary>Refuses a text that is there and none of those that are implemented.</summary>
    public void AllowOnly(params ReadOnlySpan<string> whatIsImplemented)
    {
        if (!IsNull && !whatIsImplemented.Contains(AsText()))
        {
            throw Refuse(string.Join(" or ", whatIsImplemented.ToArray().Select(text => $"\"{text}\"")));
        }
    }

    /// <summary>Refuses a setting that is not null.</summary>
    public void AllowOnlyNull()
    {
        if (!IsNull)
        {
            throw Refuse("null");
        }
    }

    /// <summary>The exception that names the setting, what was found and what is supported.</summary>
    public ModelFormatException Refuse(string supported)
    {
        var found = IsNull ? "missing" : JsonFile.Shorten(Value);
        var name = Key.Length == 0 ? "the file" : $"the tokenizer setting '{JsonFailure.Cut(Key)}'";
        return new ModelFormatException(File, $"{name} is {found}, supported is {supported}");
    }

    /// <summary>A property of this object.</summary>
    public JsonSetting Property(JsonProperty entry) => new(File, KeyOf(entry.Name), entry.Value);

    private string KeyOf(string name) => Key.Length == 0 ? name : $"{Key}.{name}";
}

/// <summary>A property of an object.</summary>
internal sealed record NamedSetting(string Name, JsonSetting Value);
