using System.Text.Json;
using System.Text.Json.Serialization;
using MiCse.Files;
using MiCse.Search;

namespace MiCse.Postgres;

/// <summary>What the comment of a table says of its vectors, as JSON: vectors of different models cannot be compared.</summary>
/// <param name="MiCse">Version of the note.</param>
/// <param name="Model">As <see cref="VectorSource.Model"/>.</param>
/// <param name="Pooling">As <see cref="VectorSource.Pooling"/>.</param>
/// <param name="Dimensions">As <see cref="VectorSource.Dimensions"/>.</param>
/// <param name="Fingerprint">As <see cref="VectorSource.Fingerprint"/>.</param>
/// <param name="Prompt">As <see cref="VectorSource.Prompt"/>.</param>
/// <param name="Recall">What the approximate index finds; null when there is none.</param>
internal sealed record PostgresNote(
    int MiCse, string Model, string Pooling, int Dimensions, string? Fingerprint = null, string? Prompt = null, MeasuredRecall? Recall = null)
{
    private const int Version = 1;

    /// <summary>Where the vectors come from.</summary>
    [JsonIgnore]
    public VectorSource Source => new(Model, Pooling, Dimensions, Fingerprint) { Prompt = Prompt };

    /// <summary>A note of a source.</summary>
    public static PostgresNote Of(VectorSource source, MeasuredRecall? recall = null) =>
        new(Version, source.Model, source.Pooling, source.Dimensions, source.Fingerprint, source.Prompt, recall);

    /// <summary>Reads a comment.</summary>
    /// <param name="comment">The comment; null for none.</param>
    /// <param name="table">The table, for the message.</param>
    /// <exception cref="DataFormatException">It is no such note.</exception>
    public static PostgresNote Parse(string? comment, string table)
    {
        try
        {
            return JsonSerializer.Deserialize(comment ?? "", NoteJson.Default.PostgresNote) is { MiCse: Version, Dimensions: > 0 } note
                ? note
                : throw new JsonException();
        }
        catch (JsonException failure)
        {
            throw new DataFormatException(table, null, "has no comment that says which model its vectors are of, so it is not a table that `micse index push` made; name another table.", failure);
        }
    }

    /// <summary>The comment.</summary>
    public override string ToString() => JsonSerializer.Serialize(this, NoteJson.Default.PostgresNote);
}

/// <summary>What an approximate index found of what there was, when it was measured.</summary>
/// <param name="Share">Share of the true nearest rows, 0..1, a mean over queries.</param>
/// <param name="Top">How many nearest rows.</param>
/// <param name="Queries">How many queries.</param>
/// <param name="EfSearch">The setting <c>hnsw.ef_search</c>.</param>
/// <param name="Rows">Rows in the table.</param>
internal sealed record MeasuredRecall(double Share, int Top, int Queries, int EfSearch, long Rows);

/// <summary>The JSON of notes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PostgresNote))]
internal sealed partial class NoteJson : JsonSerializerContext;
