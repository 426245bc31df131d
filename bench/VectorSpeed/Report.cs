namespace MiCse.VectorSpeed;

/// <summary>A section of the Markdown file, with the command that made it.</summary>
internal sealed class Report(string document, string title, string arguments, string body)
{
    private const string Heading = "## ";

    public string Text { get; } = $"{Heading}{title}\n\n    dotnet run -c Release --project bench/VectorSpeed -- {arguments}\n\n{body.Trim()}\n";

    /// <summary>Puts the section in the place of the one with its heading, or at the end.</summary>
    public void WriteTo(string file)
    {
        var sections = File.Exists(file)
            ? File.ReadAllText(file).TrimEnd().Split($"\n{Heading}").Select((text, at) => at == 0 ? text : Heading + text).ToList()
            : [$"# {document}"];
        var at = sections.FindIndex(text => text.StartsWith($"{Heading}{title}\n", StringComparison.Ordinal));
        if (at < 0)
        {
            (at, sections) = (sections.Count, [.. sections, ""]);
        }

        sections[at] = Text;
        File.WriteAllText(file, string.Join("\n\n", sections.Select(text => text.Trim())) + "\n");
    }
}
