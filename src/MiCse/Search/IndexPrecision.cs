namespace MiCse.Search;

/// <summary>What a search in a <see cref="VectorIndex"/> reads. The results are the same: exact.</summary>
public enum IndexPrecision
{
    /// <summary>The vectors as they were put in.</summary>
    Float32,

    /// <summary>A byte a dimension besides; the vectors themselves are read only for those rows that the bytes cannot rule out.</summary>
    Int8,
}
