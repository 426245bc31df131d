using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiCse.Checkpoints;
using MiCse.Tensors;

namespace MiCse.Tests.ModelFolders;

/// <summary>Folders of static embeddings as sentence-transformers and model2vec write them, with a vocabulary of a few words.</summary>
internal static class StaticFolder
{
    public const int Dimensions = 6;

    /// <summary>The vocabulary; its median token has three characters.</summary>
    public static readonly string[] Vocabulary = ["[PAD]", "[UNK]", "the", "cat", "dog", "sat", "on", "mat", "##s", "."];

    /// <summary>The table: [tokens, dimensions].</summary>
    public static float[] Table { get; } = [.. Enumerable.Range(0, Vocabulary.Length * Dimensions).Select(index => MathF.Sin(index * 1.7f) * (1 + index % 5))];

    /// <summary>Writes a folder as sentence-transformers does: the table in a folder of its own, or in the model folder itself.</summary>
    public static string WriteSentenceTransformers(string folder, string inner = "0_StaticEmbedding", params string[] modules)
    {
        var place = Directory.CreateDirectory(Path.Combine(folder, inner)).FullName;
        WriteTokenizer(place);
        Write(place, Tensor.From("embedding.weight", [Vocabulary.Length, Dimensions], Table));
        WriteModules(folder, [("StaticEmbedding", inner), .. modules.Select((module, index) => (module, $"{index + 1}_{module}"))]);
        return folder;
    }

    /// <summary>Writes a folder as model2vec does.</summary>
    public static string WriteModel2Vec(string folder, bool normalize, params Tensor[] tensors)
    {
        Directory.CreateDirectory(folder);
        WriteTokenizer(folder);
        Write(folder, tensors.Length > 0 ? tensors : [Tensor.From("embeddings", [Vocabulary.Length, Dimensions], Table)]);
        File.WriteAllText(Path.Combine(folder, "config.json"), new JsonObject { ["model_type"] = "model2vec", ["normalize"] = normalize, ["architectures"] = new JsonArray("StaticModel") }.ToJsonString());
        return folder;
    }

    public static void WriteModules(string folder, params (string Type, string Path)[] modules) => File.WriteAllText(
        Path.Combine(folder, "modules.json"),
        JsonSerializer.Serialize(modules.Select((module, index) => new { idx = index, name = $"{index}", path = module.Path, type = $"sentence_transformers.models.{module.Type}" })));

    /// <summary>A tokenizer that says of no special token where it stands.</summary>
    public static void WriteTokenizer(string folder) => File.WriteAllText(
        Path.Combine(folder, "tokenizer.json"),
        $$$"""
        {"version":"1.0","truncation":null,"padding":null,
         "added_tokens":[{"id":0,"content":"[PAD]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},
                         {"id":1,"content":"[UNK]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}],
         "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},
         "pre_tokenizer":{"type":"BertPreTokenizer"},"post_processor":null,"decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
         "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
                  "vocab":{{{JsonSerializer.Serialize(Vocabulary.Index().ToDictionary(token => token.Item, token => token.Index))}}}}}
        """);

    public static void Write(string folder, params Tensor[] tensors) => SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors, null, TestContext.Current.CancellationToken);

    /// <summary>A tensor of the elements' type.</summary>
    public static Tensor Of<T>(string name, TensorType type, long[] shape, params T[] elements)
        where T : unmanaged => new(name, type, shape, MemoryMarshal.AsBytes<T>(elements).ToArray());

    /// <summary>The plain mean of rows.</summary>
    public static float[] Mean(params int[] ids) =>
        [.. Enumerable.Range(0, Dimensions).Select(d => ids.Length == 0 ? 0 : (float)ids.Average(id => (double)Table[(id * Dimensions) + d]))];

    public static float[] Unit(float[] vector)
    {
        var norm = Math.Sqrt(vector.Sum(value => (double)value * value));
        return [.. vector.Select(value => (float)(value / norm))];
    }
}
