using Microsoft.Extensions.VectorData;

namespace PlainApp;

internal sealed class Recipe
{
    [VectorStoreKey]
    public int Number { get; set; }

    [VectorStoreData]
    public string Title { get; set; } = "";

    [VectorStoreData]
    public int Minutes { get; set; }

    /// <summary>Encoded when a recipe is put into the store. What is said of index and distance lets the same class serve Postgres: MiCse searches exactly in any case.</summary>
    [VectorStoreVector(384, IndexKind = IndexKind.Hnsw, DistanceFunction = DistanceFunction.CosineSimilarity)]
    public string? Description { get; set; }
}
