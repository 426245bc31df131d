using System.Text.Json;

namespace MiCse.Tokenization;

/// <summary>Writes tokenizer.json: the pipeline that <see cref="TokenizerJsonReader"/> reads.</summary>
internal sealed class TokenizerJsonWriter(Tokenizer tokenizer)
{
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        json.WriteStartArray("added_tokens");
        foreach (var token in tokenizer.AddedTokens)
        {
            json.WriteStartObject();
            json.WriteNumber("id", token.Id);
            WriteToken(json, token);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (tokenizer is WordPieceTokenizer wordPiece)
        {
            WriteWordPiece(json, wordPiece);
        }
        else
        {
            WriteByteLevelBpe(json, (ByteLevelBpeTokenizer)tokenizer);
        }

        json.WriteEndObject();
    }

    public static void WriteToken(Utf8JsonWriter json, AddedToken token)
    {
        json.WriteString("content", token.Content);
        json.WriteBoolean("single_word", token.SingleWord);
        json.WriteBoolean("lstrip", token.LeftStrip);
        json.WriteBoolean("rstrip", token.RightStrip);
        json.WriteBoolean("normalized", token.Normalized);
        json.WriteBoolean("special", token.Special);
    }

    public static void WriteVocabulary(Utf8JsonWriter json, IReadOnlyList<string?> tokens)
    {
        json.WriteStartObject();
        for (var id = 0; id < tokens.Count; id++)
        {
            if (tokens[id] is { } token)
            {
                json.WriteNumber(token, id);
            }
        }

        json.WriteEndObject();
    }

    public static void WriteNullable(Utf8JsonWriter json, string name, bool? value)
    {
        if (value is { } stated)
        {
            json.WriteBoolean(name, stated);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteWordPiece(Utf8JsonWriter json, WordPieceTokenizer tokenizer)
    {
        var (options, normalization) = (tokenizer.Options, tokenizer.Options.Normalization);
        json.WriteStartObject("normalizer");
        json.WriteString("type", "BertNormalizer");
        json.WriteBoolean("clean_text", normalization.CleanText);
        json.WriteBoolean("handle_chinese_chars", normalization.SplitIdeographs);
        WriteNullable(json, "strip_accents", normalization.StripAccents);
        json.WriteBoolean("lowercase", normalization.LowerCase);
        json.WriteEndObject();
        WriteStage(json, "pre_tokenizer", "BertPreTokenizer");
        WriteLayout(json, "BertProcessing", tokenizer);
        json.WriteEndObject();
        json.WriteStartObject("decoder");
        json.WriteString("type", "WordPiece");
        json.WriteString("prefix", options.ContinuationPrefix);
        json.WriteBoolean("cleanup", true);
        json.WriteEndObject();
        json.WriteStartObject("model");
        json.WriteString("type", "WordPiece");
        json.WriteString("unk_token", tokenizer.Names.Unknown);
        json.WriteString("continuing_subword_prefix", options.ContinuationPrefix);
        json.WriteNumber("max_input_chars_per_word", options.MaxCharactersPerWord);
        json.WritePropertyName("vocab");
        WriteVocabulary(json, tokenizer.Tokens);
        json.WriteEndObject();
    }

    private static void WriteByteLevelBpe(Utf8JsonWriter json, ByteLevelBpeTokenizer tokenizer)
    {
        json.WriteNull("normalizer");
        WriteByteLevel(json, "pre_tokenizer", tokenizer);
        WriteLayout(json, "RobertaProcessing", tokenizer);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("add_prefix_space", tokenizer.Options.AddPrefixSpace);
        json.WriteEndObject();
        WriteByteLevel(json, "decoder", tokenizer);
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteString("unk_token", tokenizer.Options.UnknownForMissingBytes ? tokenizer.Names.Unknown : null);
        json.WriteString("continuing_subword_prefix", "");
        json.WriteString("end_of_word_suffix", "");
        json.WriteBoolean("fuse_unk", false);
        json.WritePropertyName("vocab");
        WriteVocabulary(json, tokenizer.Tokens);
        json.WriteStartArray("merges");
        foreach (var (left, right) in tokenizer.Merges)
        {
            json.WriteStringValue($"{left} {right}");
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteStage(Utf8JsonWriter json, string stage, string type)
    {
        json.WriteStartObject(stage);
        json.WriteString("type", type);
        json.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter json, string stage, ByteLevelBpeTokenizer tokenizer)
    {
        json.WriteStartObject(stage);
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", tokenizer.Options.AddPrefixSpace);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", true);
        json.WriteEndObject();
    }

    /// <summary>Starts the post-processor; the caller ends it.</summary>
    private static void WriteLayout(Utf8JsonWriter json, string type, Tokenizer tokenizer)
    {
        json.WriteStartObject("post_processor");
        json.WriteString("type", type);
        Write("sep", tokenizer.Names.End, tokenizer.SpecialTokens.End);
        Write("cls", tokenizer.Names.Start, tokenizer.SpecialTokens.Start);

        void Write(string name, string token, int id)
        {
            json.WriteStartArray(name);
            json.WriteStringValue(token);
            json.WriteNumberValue(id);
            json.WriteEndArray();
        }
    }
}
