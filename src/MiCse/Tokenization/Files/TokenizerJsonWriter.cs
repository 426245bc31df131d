using System.Text.Json;
using MiCse.Tokenization.Models;
using MiCse.Tokenization.PreTokenizers;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Files;

/// <summary>Writes tokenizer.json: the stages that <see cref="TokenizerJsonReader"/> reads.</summary>
internal sealed class TokenizerJsonWriter(TokenizerParts parts)
{
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        json.WriteStartArray("added_tokens");
        foreach (var token in parts.AddedTokens)
        {
            json.WriteStartObject();
            json.WriteNumber("id", token.Id);
            WriteToken(json, token);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WritePropertyName("normalizer");
        NormalizerTable.Table.Write(json, parts.Normalizer);
        json.WritePropertyName("pre_tokenizer");
        PreTokenizerTable.Table.Write(json, parts.PreTokenizer is PreTokenizerSequence { Stages.Count: 0 } ? null : parts.PreTokenizer);
        json.WritePropertyName("post_processor");
        PostProcessorTable.Table.Write(json, parts.PostProcessor);
        json.WritePropertyName("decoder");
        WriteDecoder(json);
        json.WritePropertyName("model");
        ModelTable.Write(json, parts.Model);
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

    private void WriteDecoder(Utf8JsonWriter json)
    {
        if (parts.Decoder is { } decoder)
        {
            decoder.WriteTo(json);
        }
        else if (parts.Model is WordPiece model)
        {
            json.WriteStartObject();
            json.WriteString("type", "WordPiece");
            json.WriteString("prefix", model.ContinuationPrefix);
            json.WriteBoolean("cleanup", true);
            json.WriteEndObject();
        }
        else
        {
            PreTokenizerTable.Table.Write(json, PreTokenizerSequence.StagesOf(parts.PreTokenizer).LastOrDefault(stage => stage is ByteLevelPreTokenizer or MetaspacePreTokenizer));
        }
    }
}
