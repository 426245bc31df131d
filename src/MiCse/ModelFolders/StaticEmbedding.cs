using System.Text.Json;
using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.Tensors;
using MiCse.Weights;

namespace MiCse.ModelFolders;

/// <summary>
/// A table of vectors, one a token, whose mean is a text's vector: the folders of sentence-transformers' StaticEmbedding (<c>embedding.weight</c>) and of
/// model2vec (<c>embeddings</c>, perhaps with a weight for each token and a row that several tokens share). There is no encoder.
/// </summary>
/// <param name="Tokens">How many ids there are.</param>
/// <param name="Rows">Rows of the table; fewer than ids where tokens share rows.</param>
/// <param name="Dimensions">Length of a row.</param>
/// <param name="Type">What the table is stored in.</param>
/// <param name="IsModel2Vec">
/// Whether texts are treated as model2vec does: unknown tokens are left out, at most 512 tokens count, and of a long text no more characters are read than so many tokens
/// of the vocabulary's median length have. sentence-transformers keeps unknown tokens and has no limit.
/// </param>
internal sealed record StaticEmbedding(int Tokens, int Rows, int Dimensions, TensorType Type, bool IsModel2Vec)
{
    /// <summary><c>model_type</c> of model2vec in config.json.</summary>
    public const string Model2Vec = "model2vec";

    /// <summary>The most tokens that model2vec takes unless it is told otherwise.</summary>
    public const int Model2VecTokens = 512;

    /// <summary>The names of the table: sentence-transformers', model2vec's.</summary>
    public static readonly string[] TableNames = ["embedding.weight", "embeddings"];

    /// <summary>The name of the tokens' weights: [ids].</summary>
    public const string WeightsName = "weights";

    /// <summary>The name of the tokens' rows: [ids].</summary>
    public const string MappingName = "mapping";

    /// <summary>Whether config.json says that the folder is a model of model2vec.</summary>
    /// <param name="folder">Any folder.</param>
    /// <param name="normalize">Whether embeddings are scaled to length 1.</param>
    /// <exception cref="ModelFormatException">The file is broken.</exception>
    public static bool IsModel2VecFolder(string folder, out bool normalize)
    {
        var path = Path.Combine(folder, "config.json");
        var json = File.Exists(path) ? JsonFile.ReadObject(path) : default(JsonElement?);
        normalize = json?.IsTrue("normalize") ?? false;
        return json?.Text("model_type") == Model2Vec;
    }

    /// <summary>Reads what a checkpoint holds, without its numbers.</summary>
    /// <exception cref="ModelFormatException">It holds no table, or parts that do not fit each other.</exception>
    public static StaticEmbedding Describe(Checkpoint checkpoint, bool isModel2Vec)
    {
        var table = Table(checkpoint);
        int[] counts = [.. Optional(checkpoint, WeightsName, type => type.IsFloatingPoint(), "floating-point numbers"), .. Optional(checkpoint, MappingName, IsIndex, "whole numbers")];
        return counts.Distinct().Count() > 1
            ? throw new ModelFormatException(checkpoint.Path, $"has {counts[0]} {WeightsName} for {counts[1]} rows in {MappingName}; expected are as many")
            : new StaticEmbedding(counts is [var count, ..] ? count : (int)table.Shape[0], (int)table.Shape[0], (int)table.Shape[1], table.Type, isModel2Vec);
    }

    /// <summary>Reads the table into memory.</summary>
    /// <exception cref="ModelFormatException">It is broken.</exception>
    public StaticTable Load(Checkpoint checkpoint)
    {
        var weights = checkpoint.Tensors.GetValueOrDefault(WeightsName)?.ToSingles();
        var mapping = checkpoint.Tensors.TryGetValue(MappingName, out var rows) ? Indices(rows) : null;
        if (mapping is not null && Array.FindIndex(mapping, row => row < 0 || row >= Rows) is >= 0 and var bad)
        {
            throw new ModelFormatException(checkpoint.Path, $"gives token {bad} the row {mapping[bad]}; the table has the rows 0 to {Rows - 1}");
        }

        return new StaticTable(Singles(Table(checkpoint)), Dimensions, weights, mapping is null ? null : Array.ConvertAll(mapping, row => (int)row));
    }

    private static Tensor Table(Checkpoint checkpoint)
    {
        var table = TableNames.Select(checkpoint.Tensors.GetValueOrDefault).OfType<Tensor>().FirstOrDefault()
            ?? throw new ModelFormatException(checkpoint.Path, $"has no table of embeddings; expected is a tensor {string.Join(" or ", TableNames)}");
        return table.Shape is [>= 1 and <= int.MaxValue, >= 1 and <= 1 << 20] && table.ElementCount <= Array.MaxLength && (table.Type.IsFloatingPoint() || table.Type == TensorType.Int8)
            ? table
            : throw new ModelFormatException(
                checkpoint.Path, $"'{table.Name}' is {TensorShape.Describe(table.Shape)} of {table.Type}; expected is [tokens, dimensions] of floating-point numbers or Int8");
    }

    private static int[] Optional(Checkpoint checkpoint, string name, Func<TensorType, bool> fits, string expected) =>
        !checkpoint.Tensors.TryGetValue(name, out var tensor) ? []
        : tensor.Shape is [>= 1 and <= int.MaxValue] && fits(tensor.Type) ? [(int)tensor.Shape[0]]
        : throw new ModelFormatException(checkpoint.Path, $"'{name}' is {TensorShape.Describe(tensor.Shape)} of {tensor.Type}; expected are {expected}, one a token");

    private static bool IsIndex(TensorType type) => type is TensorType.Int64 or TensorType.Int32;

    // model2vec takes bytes as they are: its tables quantized to int8 have one scale, and it does not show in a cosine.
    private static float[] Singles(Tensor table) => table.Type == TensorType.Int8
        ? [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, sbyte>(table.Bytes).ToArray().Select(value => (float)value)]
        : table.ToSingles();

    private static long[] Indices(Tensor tensor) => tensor.Type == TensorType.Int64
        ? System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(tensor.Bytes).ToArray()
        : [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(tensor.Bytes).ToArray().Select(value => (long)value)];
}
