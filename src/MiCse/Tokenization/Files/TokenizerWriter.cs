using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MiCse.Files;
using MiCse.Tokenization.Models;
using MiCse.Tokenization.Normalizers;
using MiCse.Tokenization.PreTokenizers;
using MiCse.Tokenization.Templates;

namespace MiCse.Tokenization.Files;

/// <summary>Writes tokenizers as the files that transformers and this library read; files that are there already stay.</summary>
internal sealed class TokenizerWriter(TokenizerParts parts, string folder)
{
    private static readonly JsonWriterOptions Layout = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The settings of BERT's normalizer when the stages are BERT's, which transformers has a class and vocab.txt for; else null.</summary>
    private BertNormalization? Bert => parts is { Normalizer: BertNormalizer { Settings: var settings }, PreTokenizer: BertPreTokenizer, Model: WordPiece }
        && IsTemplate(SequenceTemplate.Bert) ? settings : null;

    /// <summary>RoBERTa's model when the stages are RoBERTa's, which transformers has a class, vocab.json and merges.txt for; else null.</summary>
    private Bpe? Roberta => parts is { Normalizer: null, PreTokenizer: ByteLevelPreTokenizer { UseRegex: true }, Model: Bpe { Settings: { IgnoreMerges: false, FuseUnknown: false, MergesArePairs: false } } model }
        && IsTemplate(SequenceTemplate.Roberta) ? model : null;

    public void WriteMissing()
    {
        WriteJson("tokenizer.json", new TokenizerJsonWriter(parts).Write);
        WriteJson("tokenizer_config.json", WriteConfig);
        WriteJson("special_tokens_map.json", WriteNames);
        if (Roberta is { } model)
        {
            WriteJson("vocab.json", json => TokenizerJsonWriter.WriteVocabulary(json, model.Tokens));
            WriteLines("merges.txt", ["#version: 0.2", .. model.Merges.Select(merge => $"{merge.Left} {merge.Right}")]);
        }
        else if (Bert is not null)
        {
            WriteLines("vocab.txt", parts.Model.Tokens.Select(token => token ?? ""));
        }
    }

    private bool IsTemplate(Func<SpecialToken, SpecialToken, SequenceTemplate> template) =>
        template(parts.Template.Start!, parts.Template.End!).IsSame(parts.Template);

    private void WriteConfig(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteNameProperties(json);
        if (parts.ModelMaxLength is { } length)
        {
            json.WriteNumber("model_max_length", length);
        }

        json.WriteBoolean("clean_up_tokenization_spaces", true);
        if (Bert is { } normalization)
        {
            json.WriteString("tokenizer_class", "BertTokenizer");
            json.WriteBoolean("do_lower_case", normalization.LowerCase);
            TokenizerJsonWriter.WriteNullable(json, "strip_accents", normalization.StripAccents);
            json.WriteBoolean("tokenize_chinese_chars", normalization.SplitIdeographs);
        }
        else if (Roberta is not null)
        {
            json.WriteString("tokenizer_class", "RobertaTokenizer");
            json.WriteBoolean("add_prefix_space", ((ByteLevelPreTokenizer)parts.PreTokenizer).AddPrefixSpace);
        }
        else
        {
            json.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
        }

        json.WriteStartObject("added_tokens_decoder");
        foreach (var token in parts.AddedTokens)
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
        var names = parts.Names;
        if (Roberta is not null)
        {
            json.WriteString("bos_token", names.Start);
            json.WriteString("eos_token", names.End);
        }

        json.WriteString("cls_token", names.Start);
        json.WriteString("sep_token", names.End);
        json.WriteString("pad_token", names.Padding);
        if (names.Unknown is not null)
        {
            json.WriteString("unk_token", names.Unknown);
        }

        if (names.Mask is not null)
        {
            json.WriteString("mask_token", names.Mask);
        }

        var additional = parts.AddedTokens.Where(token => token.Special && !names.All.Contains(token.Content)).ToList();
        if (additional.Count > 0)
        {
            json.WriteStartArray("additional_special_tokens");
            additional.ForEach(token => json.WriteStringValue(token.Content));
            json.WriteEndArray();
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
