namespace MiCse.Tests.VectorData.Conformance;

/// <summary>A record whose properties a definition describes.</summary>
internal sealed class Numbered
{
    public string Key { get; set; } = "";

    public string? Text { get; set; }

    public int Number { get; set; }

    public ReadOnlyMemory<float> Vector { get; set; }
}
