using System.Text.Json.Nodes;
using MiCse.Explanation;

namespace MiCse.Views.Explanation;

/// <summary>An explanation for programs; the page reads the same document.</summary>
internal static class ExplanationJson
{
    /// <summary>The document.</summary>
    public static JsonObject Of(ExplainedPair explained) => new()
    {
        ["model"] = explained.Model,
        ["pooling"] = explained.Pooling,
        ["score"] = explained.Pair.Score,
        ["first"] = Of(explained.Pair.First),
        ["second"] = Of(explained.Pair.Second),
        ["tokens"] = Tokens(explained.Pair),
        ["heads"] = Heads(explained),
        ["attention"] = explained.Attention is { } attention
            ? new JsonObject { ["first"] = Of(attention.First), ["second"] = Of(attention.Second), ["between"] = Of(attention.Between) }
            : null,
        ["notes"] = Array(explained.Notes.Select(note => (JsonNode)note)),
    };

    private static JsonObject Of(TextExplanation text) => new()
    {
        ["text"] = text.Text,
        ["truncated"] = text.Truncated,
        ["tokens"] = Array(text.Tokens.Select(token => (JsonNode)token)),
        ["words"] = Array(text.Words.Select(word => new JsonObject
        {
            ["word"] = word.Word,
            ["start"] = word.Start,
            ["scoreWithout"] = word.ScoreWithout,
            ["importance"] = word.Importance,
        })),
    };

    private static JsonArray Tokens(PairExplanation pair) => Array(pair.First.Tokens.Select((token, row) => new JsonObject
    {
        ["token"] = token,
        ["similarities"] = Array(pair.Second.Tokens.Select((_, column) => (JsonNode)pair.TokenSimilarities[row, column])),
    }));

    private static JsonArray Heads(ExplainedPair explained) => Array(
        from layer in Enumerable.Range(0, explained.Attention is null ? 0 : explained.Config.Layers)
        from head in Enumerable.Range(0, explained.Config.Heads)
        select new JsonObject
        {
            ["layer"] = layer,
            ["head"] = head,
            ["first"] = explained.Attention!.First?.Heads[layer, head],
            ["second"] = explained.Attention.Second?.Heads[layer, head],
            ["between"] = explained.Attention.Between?.Heads[layer, head],
        });

    private static JsonObject? Of(HeadInformation? information) => information is null ? null : new JsonObject
    {
        ["mutualInformation"] = information.MutualInformation,
        ["layers"] = information.Layers,
        ["pairs"] = information.Pairs,
    };

    private static JsonArray Array(IEnumerable<JsonNode?> items) => new([.. items]);
}
