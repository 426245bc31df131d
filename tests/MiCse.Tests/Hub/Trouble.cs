namespace MiCse.Tests.Hub;

/// <summary>What goes wrong with one answer of the test server.</summary>
internal sealed record Trouble
{
    /// <summary>An answer with this status instead of the right one.</summary>
    public int? Status { get; init; }

    /// <summary>Headers that go with the status.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>The body that goes with the status.</summary>
    public string Text { get; init; } = "";

    /// <summary>The connection ends after so many bytes of the body.</summary>
    public int? CutAfter { get; init; }

    /// <summary>The whole file comes, whatever range was asked for.</summary>
    public bool IgnoreRanges { get; init; }

    /// <summary>Other bytes than those announced.</summary>
    public byte[]? Content { get; init; }

    /// <summary>Another name for the state of the file.</summary>
    public string? Tag { get; init; }

    /// <summary>Nothing more comes, and the connection stays open.</summary>
    public bool Silent { get; init; }
}
