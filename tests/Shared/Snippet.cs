using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace MiCse.Tests;

/// <summary>A C# program that stands in a document, compiled as it is in a new console project: implicit usings, nullable, and the assemblies of the tests.</summary>
/// <param name="Source">The document and the line it begins at, for messages.</param>
/// <param name="Code">The program.</param>
internal sealed partial record Snippet(string Source, string Code)
{
    // What `dotnet new console` has.
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    // As in any project of the SDK: a reference to an older version of an assembly than the one that is there.
    private static readonly Dictionary<string, ReportDiagnostic> s_ignored = new() { ["CS1701"] = ReportDiagnostic.Suppress, ["CS1702"] = ReportDiagnostic.Suppress };

    private static readonly Lazy<MetadataReference[]> s_references = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    /// <summary>The programs of a document of the repository, in order.</summary>
    public static IReadOnlyList<Snippet> In(string document)
    {
        var text = File.ReadAllText(Path.Combine(Fixture.Repository, document)).ReplaceLineEndings("\n");
        return [.. Fence().Matches(text).Select(match => new Snippet($"{document}, line {text.AsSpan(0, match.Index).Count('\n') + 2}", match.Groups["code"].Value))];
    }

    /// <summary>What the compiler objects to, warnings included; nothing if all is well.</summary>
    public IReadOnlyList<string> Problems() =>
        [.. Compile().GetDiagnostics(TestContext.Current.CancellationToken).Where(found => found.Severity >= DiagnosticSeverity.Warning).Select(found => $"{Source}: {found}")];

    /// <summary>Runs the program in this process, in the current folder.</summary>
    public void Run()
    {
        using var image = new MemoryStream();
        var result = Compile().Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(result.Success, string.Join('\n', Problems()));
        Assembly.Load(image.ToArray()).EntryPoint!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [Array.Empty<string>()], null);
    }

    private CSharpCompilation Compile() => CSharpCompilation.Create(
        $"Snippet{Guid.NewGuid():N}",
        [CSharpSyntaxTree.ParseText(Code, path: "Program.cs"), CSharpSyntaxTree.ParseText(ImplicitUsings)],
        s_references.Value,
        new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable, specificDiagnosticOptions: s_ignored));

    [GeneratedRegex("^```csharp\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Fence();
}
