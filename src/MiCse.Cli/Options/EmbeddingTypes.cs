using MiCse.Vectors;

namespace MiCse.Cli.Options;

/// <summary>The words for the numbers that embeddings are written in.</summary>
internal static class EmbeddingTypes
{
    /// <summary>Words and types.</summary>
    public static IReadOnlyList<(string Word, EmbeddingType Type)> All { get; } =
        [("float32", EmbeddingType.Float32), ("int8", EmbeddingType.Int8), ("uint8", EmbeddingType.UInt8), ("binary", EmbeddingType.Binary), ("ubinary", EmbeddingType.UBinary)];

    /// <summary>The word for a type.</summary>
    public static string Name(EmbeddingType type) => All.First(known => known.Type == type).Word;

    /// <summary>The type that a word means; null for none.</summary>
    public static EmbeddingType? Find(string word) => All.Where(known => known.Word == word).Select(known => (EmbeddingType?)known.Type).FirstOrDefault();
}
