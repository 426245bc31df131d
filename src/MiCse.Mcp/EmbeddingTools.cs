using System.ComponentModel;
using MiCse.Search;
using MiCse.Vectors;
using ModelContextProtocol;

namespace MiCse.Mcp;

/// <summary>The tools. What an assistant did wrong comes back as one sentence that says what to do.</summary>
/// <param name="loading">The model, perhaps still being loaded.</param>
/// <param name="indexes">Folders of indexes by name.</param>
/// <param name="mostTexts">Texts of a call at most.</param>
internal sealed class EmbeddingTools(Task<SentenceEncoder> loading, IReadOnlyDictionary<string, string> indexes, int mostTexts)
{
    /// <summary>What search does, for clients; the names of the indexes follow.</summary>
    public const string Searches = "The texts of an index that are nearest to a query in meaning, the nearest first. The search is exact.";

    private const int MostHits = 100;

    [Description("The embeddings of texts, in their order: a vector of numbers for each. Vectors of the same model can be compared.")]
    public async Task<Embeddings> EmbedAsync(
        [Description("The texts.")] string[] texts,
        [Description("Whether every vector is scaled to length 1, so that a dot product is a cosine. The default is no.")] bool normalize = false,
        CancellationToken cancellationToken = default)
    {
        Check(texts, nameof(texts));
        var encoder = await loading.ConfigureAwait(false);
        var encoded = await encoder.EncodeAsync(texts, cancellationToken: cancellationToken).ConfigureAwait(false);
        return new Embeddings(
            encoder.ModelId, encoder.Dimensions, [.. Enumerable.Range(0, texts.Length).Select(row => Vector(encoded.Embeddings[row], normalize))], Cut(encoded.Truncated));
    }

    [Description("How near the meaning of other texts is to that of a text: a score for each, the most similar first. For most models it is the cosine, -1 to 1.")]
    public async Task<Similarities> SimilarityAsync(
        [Description("The text to compare with.")] string text,
        [Description("The other texts.")] string[] others,
        CancellationToken cancellationToken = default)
    {
        Check(others, nameof(others));
        Check([text], nameof(text));
        var encoder = await loading.ConfigureAwait(false);
        var encoded = await encoder.EncodeAsync([text, .. others], cancellationToken: cancellationToken).ConfigureAwait(false);
        return new Similarities(
            encoder.ModelId,
            encoder.Measure.Name(),
            [
                .. others.Select((other, at) => new ScoredText(at, other, Similarity.Of(encoder.Measure, encoded.Embeddings[0], encoded.Embeddings[at + 1])))
                    .OrderByDescending(scored => scored.Score),
            ]);
    }

    [Description(Searches)]
    public async Task<Hits> SearchAsync(
        [Description("What is looked for, in any words.")] string query,
        [Description("The name of the index; may be left out where there is one alone.")] string? index = null,
        [Description("How many texts at most, 1 to 100. The default is 5.")] int top = 5,
        CancellationToken cancellationToken = default)
    {
        Check([query], nameof(query));
        if (top is < 1 or > MostHits)
        {
            throw new McpException($"top is {top}; expected is a number from 1 to {MostHits}.");
        }

        var (name, folder) = Find(index);
        var encoder = await loading.ConfigureAwait(false);
        var encoded = await encoder.EncodeQueryAsync([query], cancellationToken: cancellationToken).ConfigureAwait(false);
        try
        {
            // Opened for each search: what was added meanwhile is found.
            using var opened = VectorIndex.Open(folder);
            var hits = opened.Search(encoded.Embeddings, top, new SearchOptions { Measure = encoder.Measure }, cancellationToken)[0];
            return new Hits(name, [.. hits.Select(hit => new Hit(hit.Id, hit.Text, hit.Score))]);
        }
        catch (MiCse.Files.DataFormatException failure)
        {
            throw new McpException(failure.Message);
        }
    }

    private static float[] Vector(ReadOnlySpan<float> embedding, bool normalize)
    {
        float[] vector = [.. embedding];
        var length = Math.Sqrt(Similarity.Dot(vector, vector));
        return normalize && length > 0 ? [.. vector.Select(value => (float)(value / length))] : vector;
    }

    private static int[] Cut(IReadOnlyList<bool> truncated) => [.. Enumerable.Range(0, truncated.Count).Where(at => truncated[at])];

    private (string Name, string Folder) Find(string? index) =>
        indexes.Count == 0 ? throw new McpException("There is no index to search in: start the server as `micse mcp --index NAME=INDEX`, with an index made by `micse index`.")
        : index is null && indexes.Count == 1 ? (indexes.Keys.Single(), indexes.Values.Single())
        : index is not null && indexes.TryGetValue(index, out var folder) ? (index, folder)
        : throw new McpException($"index is {(index is null ? "missing" : $"'{index}'")}; the indexes are {string.Join(", ", indexes.Keys)}.");

    private void Check(string[] texts, string name)
    {
        if (texts is null || texts.Length == 0 || Array.Exists(texts, text => text is null))
        {
            throw new McpException($"{name} is empty; give at least one text.");
        }

        if (texts.Length > mostTexts)
        {
            throw new McpException($"{name} has {texts.Length} texts, and a call may have {mostTexts}; send them in several calls, or start the server with --max-texts.");
        }
    }
}
