using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MiCse.Files;

namespace MiCse.Tokenization;

/// <summary>Writes tokenizers as the files that transformers and this library read; files that are there already stay.</summary>
internal sealed class TokenizerWriter(Tokenizer tokenizer, string folder)
{
    private static readonly JsonWriterOptions Layout = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void WriteMissing()
    {
        WriteJson("tokenizer.json", new TokenizerJsonWriter(tokenizer).Write);
        WriteJson("tokenizer_config.json", WriteConfig);
        WriteJson("special_tokens_map.json", WriteNames);
        if (tokenizer is ByteLevelBpeTokenizer bpe)
        {
            WriteJson("vocab.json", json => TokenizerJsonWriter.WriteVocabulary(json, tokenizer.Tokens));
            WriteLines("merges.txt", ["#version: 0.2", .. bpe.Merges.Select(merge => $"{merge.Left} {merge.Right}")]);
        }
        else
        {
            WriteLines("vocab.txt", tokenizer.Tokens.Select(token => token ?? ""));
        }
    }

    private void WriteConfig(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteNameProperties(json);
        if (tokenizer.ModelMaxLength is { } length)
        {
            json.WriteNumber("model_max_length", length);
        }

        json.WriteBoolean("clean_up_tokenization_spaces", true);
        if (tokenizer is WordPieceTokenizer { Options.Normalization: var normalization })
        {
            json.WriteString("tokenizer_class", "BertTokenizer");
            json.WriteBoolean("do_lower_case", normalization.LowerCase);
            TokenizerJsonWriter.WriteNullable(json, "strip_accents", normalization.StripAccents);
            json.WriteBoolean("tokenize_chinese_chars", normalization.SplitIdeographs);
        }
        else if (tokenizer is ByteLevelBpeTokenizer { Options: var options })
        {
            json.WriteString("tokenizer_class", "RobertaTokenizer");
            json.WriteBoolean("add_prefix_space", options.AddPrefixSpace);
        }

        json.WriteStartObject("added_tokens_decoder");
        foreach (var token in tokenizer.AddedTokens)
        {
            json.WriteStartObject(token.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            TokenizerJsonWriter.WriteToken(json, token);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteNames(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteNameProperties(json);
        json.WriteEndObject();
    }

    private void WriteNameProperties(Utf8JsonWriter json)
    {
        var names = tokenizer.Names;
        if (tokenizer is ByteLevelBpeTokenizer)
        {
            json.WriteString("bos_token", names.Start);
            json.WriteString("eos_token", names.End);
        }

        json.WriteString("cls_token", names.Start);
        json.WriteString("sep_token", names.End);
        json.WriteString("pad_token", names.Padding);
        json.WriteString("unk_token", names.Unknown);
        if (names.Mask is not null)
        {
            json.WriteString("mask_token", names.Mask);
        }
    }

    private void WriteJson(string name, Action<Utf8JsonWriter> write) => Write(name, stream =>
    {
        using var json = new Utf8JsonWriter(stream, Layout);
        write(json);
    });

    private void WriteLines(string name, IEnumerable<string> lines) => Write(name, stream =>
    {
        foreach (var line in lines)
        {
            stream.Write(Encoding.UTF8.GetBytes(line + "\n"));
        }
    });

    private void Write(string name, Action<Stream> write)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            AtomicFile.Write(path, write);
        }
    }
}
