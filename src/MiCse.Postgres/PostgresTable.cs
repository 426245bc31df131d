using MiCse.Files;
using MiCse.Vectors;
using Npgsql;

namespace MiCse.Postgres;

/// <summary>
/// The SQL of a table of texts: columns <c>id</c>, <c>text</c> and <c>embedding</c>, laid out as connectors of Microsoft.Extensions.VectorData do. Vectors of up to
/// 2,000 dimensions are <c>vector</c>, in float32; wider ones <c>halfvec</c>, in 16 bits, which pgvector indexes up to 4,000.
/// </summary>
internal sealed class PostgresTable
{
    private const int MostVector = 2_000;
    private const int MostIndexed = 4_000;
    private const int MostHalf = 16_000;
    private const int LongestName = 63;
    private const string HnswEnding = "_embedding_hnsw";

    /// <param name="name">The table, perhaps with a schema: <c>sentences</c>, <c>app.sentences</c>.</param>
    /// <param name="dimensions">Length of a vector.</param>
    /// <exception cref="ArgumentException">The name or the length is none that Postgres takes.</exception>
    public PostgresTable(string name, int dimensions)
    {
        string[] parts = name.Split('.');
        if (parts.Length > 2 || parts.Any(part => part.Length == 0 || part.Contains('\0', StringComparison.Ordinal) || part.Length + HnswEnding.Length > LongestName))
        {
            throw new ArgumentException($"'{name}' is no name of a table; expected TABLE or SCHEMA.TABLE, of at most {LongestName - HnswEnding.Length} letters each.");
        }

        if (dimensions > MostHalf)
        {
            throw new ArgumentException($"Vectors of {dimensions} dimensions are wider than the {MostHalf} that pgvector stores; encode with fewer.");
        }

        Name = string.Join('.', parts.Select(Quoted));
        (Dimensions, IsHalf) = (dimensions, dimensions > MostVector);
        HnswName = parts[^1] + HnswEnding;
    }

    /// <summary>The quoted name.</summary>
    public string Name { get; }

    /// <summary>Length of a vector.</summary>
    public int Dimensions { get; }

    /// <summary>Whether vectors are halfvec.</summary>
    public bool IsHalf { get; }

    /// <summary>The name of the approximate index.</summary>
    public string HnswName { get; }

    /// <summary>The type without its length: "vector" or "halfvec".</summary>
    public string BaseType => IsHalf ? "halfvec" : "vector";

    /// <summary>The type of the column.</summary>
    public string Type => FormattableString.Invariant($"{BaseType}({Dimensions})");

    public string Create => $"create table {Name} (id text primary key, text text not null, embedding {Type} not null)";

    /// <summary>Rows of the block go into the table; those that are there already are not written again.</summary>
    /// <param name="rows">Where from: the block's table, or arrays.</param>
    public string Upsert(string rows) =>
        $"""
        insert into {Name} as old (id, text, embedding) {rows}
        on conflict (id) do update set text = excluded.text, embedding = excluded.embedding
        where old.text is distinct from excluded.text or old.embedding is distinct from excluded.embedding
        """;

    /// <summary>The nearest rows to the vector $1, at most $2, with their distances.</summary>
    public string Nearest(SimilarityMeasure measure) => $"select id, text, embedding, embedding {Operator(measure)} $1 from {Name} order by embedding {Operator(measure)} $1 limit $2";

    /// <summary>Makes the approximate index.</summary>
    /// <exception cref="ArgumentException">pgvector does not index so wide vectors.</exception>
    public string CreateHnsw(SimilarityMeasure measure) => Dimensions <= MostIndexed
        ? $"create index if not exists {Quoted(HnswName)} on {Name} using hnsw (embedding {BaseType}_{Operators(measure)}_ops)"
        : throw new ArgumentException($"Vectors of {Dimensions} dimensions are wider than the {MostIndexed} that pgvector indexes; encode with fewer, or search exactly.");

    /// <summary>A value in the type of the column.</summary>
    public object Value(ReadOnlySpan<float> vector)
    {
        if (!IsHalf)
        {
            return new Pgvector.Vector(vector.ToArray());
        }

        var halves = new Half[vector.Length];
        for (var index = 0; index < halves.Length; index++)
        {
            halves[index] = (Half)vector[index];
            if (Half.IsInfinity(halves[index]))
            {
                throw new DataFormatException(Name, null, $"a vector has the value {vector[index]}, too large for the 16 bits of a halfvec; encode with at most {MostVector} dimensions.");
            }
        }

        return new Pgvector.HalfVector(halves);
    }

    /// <summary>Values as an array.</summary>
    public object Values(IReadOnlyList<object> values) => IsHalf ? values.Cast<Pgvector.HalfVector>().ToArray() : values.Cast<Pgvector.Vector>().ToArray();

    /// <summary>The vector of a row that was read.</summary>
    public float[] Read(NpgsqlDataReader reader, int column) => IsHalf
        ? Array.ConvertAll(reader.GetFieldValue<Pgvector.HalfVector>(column).ToArray(), value => (float)value)
        : reader.GetFieldValue<Pgvector.Vector>(column).ToArray();

    /// <summary>A name as SQL takes it, whatever is in it.</summary>
    public static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A text as SQL takes it.</summary>
    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Operator(SimilarityMeasure measure) => measure switch
    {
        SimilarityMeasure.Cosine => "<=>",
        SimilarityMeasure.DotProduct => "<#>",
        SimilarityMeasure.Euclidean => "<->",
        _ => "<+>",
    };

    private static string Operators(SimilarityMeasure measure) => measure switch
    {
        SimilarityMeasure.Cosine => "cosine",
        SimilarityMeasure.DotProduct => "ip",
        SimilarityMeasure.Euclidean => "l2",
        _ => "l1",
    };
}
