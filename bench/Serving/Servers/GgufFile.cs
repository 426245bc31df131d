using System.Text;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Tokenization;
using MiCse.Weights;

namespace MiCse.Serving.Servers;

/// <summary>Writes a BERT of a model folder as llama.cpp's file, in float32, so that both compute the same model.</summary>
internal static class GgufFile
{
    private const int Alignment = 32;
    private const string WordStart = "▁";

    private enum Kind
    {
        UInt32 = 4,
        Int32 = 5,
        Float32 = 6,
        Bool = 7,
        String = 8,
        Array = 9,
    }

    /// <summary>Writes the file.</summary>
    public static void Write(string path, string folder)
    {
        var model = ModelFolder.Open(folder);
        using var checkpoint = model.OpenCheckpoint();
        var weights = EncoderWeights.From(checkpoint, model.Config);
        var (config, tokenizer) = (model.Config, Tokenizer.Load(folder));
        var tensors = Tensors(weights, config).ToList();
        using var writer = new BinaryWriter(File.Create(path), Encoding.UTF8);
        var fields = Fields(config, tokenizer, model.MaxTokens).ToList();
        writer.Write("GGUF"u8);
        writer.Write(3);
        writer.Write((long)tensors.Count);
        writer.Write((long)fields.Count);
        fields.ForEach(field => Write(writer, field.Key, field.Value));
        long offset = 0;
        foreach (var (name, tensor) in tensors)
        {
            WriteString(writer, name);
            writer.Write(tensor.Shape.Count);
            foreach (var size in tensor.Shape.Reverse())
            {
                writer.Write(size);
            }

            writer.Write(0); // float32
            writer.Write(offset);
            offset += Padded(4 * tensor.ElementCount);
        }

        foreach (var (_, tensor) in tensors)
        {
            writer.Write(new byte[Padded(writer.BaseStream.Position) - writer.BaseStream.Position]);
            foreach (var value in tensor.ToSingles())
            {
                writer.Write(value);
            }
        }
    }

    private static IEnumerable<(string Key, object Value)> Fields(EncoderShape config, Tokenizer tokenizer, int maxTokens)
    {
        yield return ("general.architecture", "bert");
        yield return ("general.alignment", (uint)Alignment);
        yield return ("bert.block_count", (uint)config.Layers);
        yield return ("bert.context_length", (uint)maxTokens);
        yield return ("bert.embedding_length", (uint)config.HiddenSize);
        yield return ("bert.feed_forward_length", (uint)config.IntermediateSize);
        yield return ("bert.attention.head_count", (uint)config.Heads);
        yield return ("bert.attention.layer_norm_epsilon", (float)config.LayerNormEpsilon);
        yield return ("bert.attention.causal", false);
        yield return ("bert.pooling_type", 1u); // mean
        var special = tokenizer.SpecialTokens;
        yield return ("tokenizer.ggml.model", "bert");
        yield return ("tokenizer.ggml.token_type_count", (uint)config.TypeVocabularySize);
        yield return ("tokenizer.ggml.tokens", tokenizer.Tokens.Select(token => Piece(token!)).ToArray());
        yield return ("tokenizer.ggml.token_type", tokenizer.Tokens.Select(token => IsControl(token!) ? 3 : 1).ToArray());
        yield return ("tokenizer.ggml.bos_token_id", (uint)special.Start);
        yield return ("tokenizer.ggml.seperator_token_id", (uint)special.End); // as its authors spell it
        yield return ("tokenizer.ggml.unknown_token_id", (uint)special.Unknown!.Value);
        yield return ("tokenizer.ggml.padding_token_id", (uint)special.Padding);
    }

    private static bool IsControl(string token) => token.StartsWith('[') && token.EndsWith(']') && token.Length > 2;

    private static string Piece(string token) => IsControl(token) ? token : token.StartsWith("##", StringComparison.Ordinal) ? token[2..] : WordStart + token;

    private static IEnumerable<(string Name, Tensor Tensor)> Tensors(EncoderWeights weights, EncoderShape config)
    {
        yield return ("token_embd.weight", weights[WeightNames.WordEmbeddings]);
        yield return ("position_embd.weight", weights[WeightNames.PositionEmbeddings]);
        yield return ("token_types.weight", weights[WeightNames.TokenTypeEmbeddings]);
        foreach (var entry in Both("token_embd_norm", WeightNames.EmbeddingsNorm))
        {
            yield return entry;
        }

        for (var index = 0; index < config.Layers; index++)
        {
            var layer = WeightNames.Layer(index);
            (string, WeightNames.Affine)[] parts =
            [
                ("attn_q", layer.Query), ("attn_k", layer.Key), ("attn_v", layer.Value), ("attn_output", layer.AttentionOutput), ("attn_output_norm", layer.AttentionNorm),
                ("ffn_up", layer.Intermediate), ("ffn_down", layer.Output), ("layer_output_norm", layer.OutputNorm),
            ];
            foreach (var entry in parts.SelectMany(part => Both($"blk.{index}.{part.Item1}", part.Item2)))
            {
                yield return entry;
            }
        }

        IEnumerable<(string, Tensor)> Both(string name, WeightNames.Affine module) => [($"{name}.weight", weights[module.Weight]), ($"{name}.bias", weights[module.Bias])];
    }

    private static void Write(BinaryWriter writer, string key, object value)
    {
        WriteString(writer, key);
        var kind = value switch { uint => Kind.UInt32, float => Kind.Float32, bool => Kind.Bool, string => Kind.String, _ => Kind.Array };
        writer.Write((int)kind);
        switch (value)
        {
            case uint number:
                writer.Write(number);
                break;
            case float number:
                writer.Write(number);
                break;
            case bool flag:
                writer.Write(flag);
                break;
            case string text:
                WriteString(writer, text);
                break;
            case string[] texts:
                writer.Write((int)Kind.String);
                writer.Write((long)texts.Length);
                Array.ForEach(texts, text => WriteString(writer, text));
                break;
            case int[] numbers:
                writer.Write((int)Kind.Int32);
                writer.Write((long)numbers.Length);
                Array.ForEach(numbers, writer.Write);
                break;
        }
    }

    private static void WriteString(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((long)bytes.Length);
        writer.Write(bytes);
    }

    private static long Padded(long position) => (position + Alignment - 1) / Alignment * Alignment;
}
