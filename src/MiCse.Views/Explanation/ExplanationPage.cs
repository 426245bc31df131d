namespace MiCse.Views.Explanation;

/// <summary>An explanation as one HTML page: explain.html with its style, its script and the document that <c>--json</c> prints.</summary>
internal static class ExplanationPage
{
    private const string Name = "explain";

    /// <summary>Its script as it stands in its element.</summary>
    public static string Script => HtmlPage.Script(Name);

    /// <summary>Writes a page that waits for its data.</summary>
    public static void WriteEmpty(Stream stream) => HtmlPage.Write(stream, Name, "Why these texts are similar", null);

    /// <summary>Writes the page.</summary>
    public static void Write(Stream stream, ExplainedPair explained) => HtmlPage.Write(
        stream, Name, $"{explained.Pair.First.Text} · {explained.Pair.Second.Text}", json => ExplanationJson.Of(explained).WriteTo(json));
}
