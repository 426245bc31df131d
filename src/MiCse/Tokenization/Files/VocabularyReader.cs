using System.Text;
using System.Text.Json;
using MiCse.Files;
using MiCse.Tokenization.Models;
using MiCse.Tokenization.Normalizers;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Files;

/// <summary>Reads vocabularies: vocab.txt, vocab.json with merges.txt, and the table inside tokenizer.json.</summary>
internal static class VocabularyReader
{
    /// <summary>More ids than any vocabulary has; a larger id is a broken file, not a reason to allocate.</summary>
    public const int MaxId = 10_000_000;

    // A table may leave ids out, but memory follows its length and not one number in it.
    private const long MostIdsPerToken = 16;
    private const long FreeIds = 100_000;

    public static TokenizerParts ReadWordPiece(string file, TokenizerConfig config)
    {
        config.Class.AllowOnly("BertTokenizer", "BertTokenizerFast", "PreTrainedTokenizerFast");
        var tokens = ReadTokens(file);
        if (tokens.Count == 0)
        {
            throw new ModelFormatException(file, "the vocabulary is empty; expected one token a line");
        }

        var names = config.Apply(SpecialTokenNames.Bert, tokens.Contains);
        return TokenizerParts.Bert(
            new WordPiece(tokens, names.Unknown!),
            config.Apply(new BertNormalization()),
            names,
            WithRoles(tokens, names, config, name => new AddedToken(0, name)),
            config.ModelMaxLength);
    }

    public static TokenizerParts ReadByteLevelBpe(string file, string mergesFile, TokenizerConfig config)
    {
        config.Class.AllowOnly("RobertaTokenizer", "RobertaTokenizerFast", "PreTrainedTokenizerFast");
        var tokens = InOrder(JsonSetting.Read(file));
        var names = config.Apply(SpecialTokenNames.Roberta, tokens.Contains);
        return TokenizerParts.Roberta(
            new Bpe(tokens, ReadMerges(mergesFile)),
            config.AddPrefixSpace ?? false,
            names,
            WithRoles(tokens, names, config, name => new AddedToken(0, name, LeftStrip: name == names.Mask)),
            config.ModelMaxLength);
    }

    /// <summary>How many ids so many tokens may be spread over.</summary>
    public static long MostIds(int tokens) => (MostIdsPerToken * tokens) + FreeIds;

    /// <summary>The spellings of a token → id table in the order of their ids.</summary>
    public static List<string?> InOrder(JsonSetting table)
    {
        if (table.IsNull)
        {
            throw table.Refuse("an object of tokens and their ids");
        }

        if (table.Value.ValueKind != JsonValueKind.Object)
        {
            throw table.Refuse("an object");
        }

        var count = table.Value.GetPropertyCount();
        var mostIds = MostIds(count);
        var tokens = new List<string?>(count);
        foreach (var entry in table.Value.EnumerateObject())
        {
            var id = entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out var number) && number is >= 0 and <= MaxId
                ? number : Setting().AsTokenId();
            if (id >= mostIds)
            {
                throw Setting().Refuse($"an id below {mostIds} in a table of {count} tokens");
            }

            while (tokens.Count <= id)
            {
                tokens.Add(null);
            }

            tokens[id] = tokens[id] is null ? entry.Name : throw Setting().Refuse("an id that no other token has");

            JsonSetting Setting() => table.Property(entry);
        }

        return tokens;
    }

    /// <summary>One token a line; of a token that occurs twice the last id counts, as in the original.</summary>
    private static List<string?> ReadTokens(string file)
    {
        var tokens = new List<string?>();
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var token in ReadLines(file))
        {
            if (ids.TryGetValue(token, out var earlier))
            {
                tokens[earlier] = null;
            }

            ids[token] = tokens.Count;
            tokens.Add(token);
        }

        return tokens;
    }

    private static List<(string Left, string Right)> ReadMerges(string file)
    {
        var merges = new List<(string, string)>();
        var number = 0;
        foreach (var line in ReadLines(file))
        {
            number++;
            if (line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal))
            {
                merges.Add(line.Split(' ') is [var left, var right]
                    ? (left, right)
                    : throw new ModelFormatException(file, $"line {number} is '{JsonFailure.Cut(line)}'; expected two tokens with a space between them"));
            }
        }

        return merges;
    }

    private static List<string> ReadLines(string file)
    {
        LfsPointer.Refuse(file);
        try
        {
            return [.. File.ReadLines(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true))];
        }
        catch (DecoderFallbackException exception)
        {
            throw new ModelFormatException(file, "this is not valid UTF-8; fetch the file again", exception);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException(file, $"cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>The tokens recognised in the text: what the configuration adds, and those with a role.</summary>
    private static IReadOnlyList<AddedToken> WithRoles(
        List<string?> tokens, SpecialTokenNames names, TokenizerConfig config, Func<string, AddedToken> ofRole)
    {
        var added = new AddedTokenList(tokens, []);
        added.AddConfigured(config);
        foreach (var name in names.All)
        {
            added.AddIfInVocabulary(config.FindRole(name, ofRole) ?? ofRole(name));
        }

        return added.Tokens;
    }
}
