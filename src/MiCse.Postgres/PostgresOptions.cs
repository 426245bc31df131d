using MiCse.Vectors;

namespace MiCse.Postgres;

/// <summary>How an index is pushed into a table.</summary>
public sealed record PostgresPushOptions
{
    /// <summary>The table, perhaps with a schema; "sentences" by default.</summary>
    public string Table { get; init; } = PostgresIndex.UsualTable;

    /// <summary>Whether an HNSW index is made, which searches approximately; false by default. Its recall is measured then.</summary>
    public bool Hnsw { get; init; }

    /// <summary>What the HNSW index sorts by; cosine by default.</summary>
    public SimilarityMeasure Measure { get; init; } = SimilarityMeasure.Cosine;

    /// <summary>Whether rows of the table that the index does not have are deleted; false by default.</summary>
    public bool Prune { get; init; }
}

/// <summary>What came of a push.</summary>
/// <param name="Rows">Rows of the index.</param>
/// <param name="Changed">Rows that were not in the table, or differently.</param>
/// <param name="Deleted">Rows that were deleted.</param>
/// <param name="TableRows">Rows in the table now; more than in the index when others were there.</param>
/// <param name="Recall">Share of the 10 nearest rows that the HNSW index finds, with the server's settings; null without such an index.</param>
public sealed record PostgresPushResult(long Rows, long Changed, long Deleted, long TableRows, double? Recall);

/// <summary>How a table is searched.</summary>
public sealed record PostgresSearchOptions
{
    /// <summary>What the score is; cosine by default. An HNSW index serves the measure alone that it was made for.</summary>
    public SimilarityMeasure Measure { get; init; } = SimilarityMeasure.Cosine;

    /// <summary>Leave out hits with a lower score; null (the default) for all.</summary>
    public double? MinScore { get; init; }

    /// <summary>Whether indexes are left aside, so that the nearest rows are found for certain; false by default.</summary>
    public bool Exact { get; init; }

    /// <summary>How many rows an HNSW index keeps in mind while it looks, 1 to 1,000; null (the default) takes the server's setting. Never fewer than hits are asked for.</summary>
    public int? EfSearch { get; init; }
}
