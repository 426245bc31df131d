using System.Globalization;
using MiCse.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace MiCse.Server.Responses;

/// <summary>What answers of all dialects say in their headers: times in milliseconds, counts, which texts were cut, and which model it was.</summary>
internal static class ResponseHeaders
{
    public const string Fingerprint = "x-model-fingerprint";
    public const string Truncated = "x-truncated-texts";
    public const string Empty = "x-empty-texts";

    /// <summary>How many texts are listed at most.</summary>
    public const int MostIndices = 100;

    public static void Set(HttpResponse response, EncodeAnswer answer, TimeSpan total)
    {
        var times = answer.Times;
        Set(response, "x-compute-time", times.Tokenizing + times.Computing);
        Set(response, "x-total-time", total);
        Set(response, "x-tokenization-time", times.Tokenizing);
        Set(response, "x-queue-time", times.Waiting);
        Set(response, "x-inference-time", times.Computing);
        SetCounts(response, answer.Characters, answer.Tokens, answer.TruncatedTexts, answer.EmptyTexts, answer.Fingerprint);
    }

    /// <summary>The headers of an answer that begins before everything is encoded.</summary>
    public static void Set(HttpResponse response, TokenizedRequest texts, long characters, string fingerprint) =>
        SetCounts(response, characters, texts.Tokens, texts.TruncatedTexts, texts.EmptyTexts, fingerprint);

    private static void SetCounts(HttpResponse response, long characters, long tokens, int[] truncated, int[] empty, string fingerprint)
    {
        Set(response, "x-compute-type", "cpu");
        Set(response, "x-compute-characters", characters.ToString(CultureInfo.InvariantCulture));
        Set(response, "x-compute-tokens", tokens.ToString(CultureInfo.InvariantCulture));
        Set(response, Fingerprint, fingerprint);
        Set(response, Truncated, Indices(truncated));
        if (empty.Length > 0)
        {
            Set(response, Empty, Indices(empty));
        }
    }

    /// <summary>"1,5,7", or with very many "0,1,2,...".</summary>
    public static string List(int[] indices) => $"{string.Join(',', indices.Take(MostIndices))}{(indices.Length > MostIndices ? ",..." : "")}";

    // "0", or "3: 1,5,7".
    private static string Indices(int[] indices) => indices.Length == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{indices.Length}: {List(indices)}");

    private static void Set(HttpResponse response, string name, TimeSpan time) =>
        Set(response, name, ((long)Math.Round(time.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture));

    private static void Set(HttpResponse response, string name, string value) => response.Headers[name] = value;
}
