namespace MiCse.Search.Scan;

/// <summary>Rows that a scan goes through, block by block, and compares exactly, one by one. Thread-safe.</summary>
internal interface IScannedRows
{
    /// <summary>Number of blocks.</summary>
    int Blocks { get; }

    /// <summary>The rows of a block.</summary>
    PaddedBlock Block(int index);

    /// <summary>The vector of a row as it was put in.</summary>
    ReadOnlySpan<float> Vector(Candidate row);

    /// <summary>The order of rows with equal scores: below 0 when the first one comes first.</summary>
    int Compare(Candidate first, Candidate second);
}
