namespace MiCse.Cli.Views.Explanation;

/// <summary>An explanation as one HTML page: explain.html with its style, its script and the document that <c>--json</c> prints.</summary>
internal static class ExplanationPage
{
    /// <summary>Writes the page.</summary>
    public static void Write(Stream stream, ExplainedPair explained) => HtmlPage.Write(
        stream, "explain", $"{explained.Pair.First.Text} · {explained.Pair.Second.Text}", json => ExplanationJson.Of(explained).WriteTo(json));
}
