using Microsoft.Extensions.VectorData;

namespace MiCse.Tests.VectorData;

/// <summary>A record of every kind of data.</summary>
internal sealed class Article
{
    [VectorStoreKey]
    public string Id { get; set; } = "";

    [VectorStoreData]
    public string? Title { get; set; } = "untitled";

    [VectorStoreData(StorageName = "year")]
    public int Year { get; set; }

    [VectorStoreData]
    public double? Price { get; set; }

    [VectorStoreData]
    public DateTimeOffset Published { get; set; }

    [VectorStoreData]
    public List<string>? Tags { get; set; }

    [VectorStoreData]
    public DayOfWeek Day { get; set; }

    /// <summary>Not declared, so it is not kept.</summary>
    public string? Remark { get; set; }

    [VectorStoreVector(2)]
    public ReadOnlyMemory<float> Vector { get; set; }
}
