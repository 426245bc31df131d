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

    /// <summary>Encoded when a recipe is put into the store.</summary>
    [VectorStoreVector(384)]
    public string? Description { get; set; }
}
