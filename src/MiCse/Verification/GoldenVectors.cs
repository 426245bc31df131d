using System.Text.Json;
using System.Text.Json.Serialization;
using MiCse.Files;
using MiCse.Vectors;

namespace MiCse.Verification;

/// <summary>Embeddings that were right once, with their texts: a file to check a model against after a change of program, machine or model.</summary>
/// <param name="Model">The model's name, for people.</param>
/// <param name="Pooling">How hidden states became embeddings, as on the command line.</param>
/// <param name="Precision">"fp32" or "int8", for people.</param>
/// <param name="Texts">The texts.</param>
/// <param name="Embeddings">A row a text.</param>
internal sealed record GoldenVectors(string Model, string Pooling, string Precision, IReadOnlyList<string> Texts, EmbeddingMatrix Embeddings)
{
    /// <summary>Writes a JSON file beside its place and renames it; numbers are as short as gives the same bits when read.</summary>
    /// <exception cref="IOException">It cannot be written; nothing is left.</exception>
    public void Write(string path) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(
        stream,
        new Document(Model, Pooling, Precision, [.. Texts.Select((text, row) => new Row(text, Embeddings[row].ToArray()))]),
        GoldenJson.Default.Document));

    /// <summary>Reads a file that <see cref="Write"/> wrote.</summary>
    /// <exception cref="DataFormatException">It is not one.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static GoldenVectors Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var document = JsonSerializer.Deserialize(stream, GoldenJson.Default.Document);
            if (document is not { Model: not null, Pooling: not null, Precision: not null, Vectors: [{ Embedding: { Length: > 0 } first }, ..] rows }
                || rows.Any(row => row.Text is null || row.Embedding?.Length != first.Length))
            {
                throw new DataFormatException(
                    path, null, "holds no golden vectors; expected is {\"model\", \"pooling\", \"precision\", \"vectors\": [{\"text\", \"embedding\"}]} as `micse verify --write` writes it.");
            }

            var embeddings = new EmbeddingMatrix(rows.Count, first.Length);
            for (var row = 0; row < rows.Count; row++)
            {
                rows[row].Embedding.CopyTo(embeddings[row]);
            }

            return new GoldenVectors(document.Model, document.Pooling, document.Precision, [.. rows.Select(row => row.Text)], embeddings);
        }
        catch (JsonException failure)
        {
            throw new DataFormatException(path, failure.LineNumber + 1, $"is not JSON: {JsonFailure.Describe(failure)}.");
        }
    }

    internal sealed record Document(string Model, string Pooling, string Precision, IReadOnlyList<Row> Vectors);

    internal sealed record Row(string Text, float[] Embedding);
}

/// <summary>Reads and writes them without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NewLine = "\n")]
[JsonSerializable(typeof(GoldenVectors.Document))]
internal sealed partial class GoldenJson : JsonSerializerContext;
