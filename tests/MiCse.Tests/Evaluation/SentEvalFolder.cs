using MiCse.Tests.Data;

namespace MiCse.Tests.Evaluation;

/// <summary>A small folder in SentEval's layout, made for one test.</summary>
internal sealed class SentEvalFolder : IDisposable
{
    public static readonly string[] Sts13 = ["FNWN", "headlines", "OnWN"];

    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public string Write(string file, string content)
    {
        var path = _folder.File(file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public void WriteSubset(string task, string subset, string input, string gold)
    {
        Write($"STS/{task}-en-test/STS.input.{subset}.txt", input);
        Write($"STS/{task}-en-test/STS.gs.{subset}.txt", gold);
    }

    /// <summary>STS13 with three pairs in each of its subsets.</summary>
    public void WriteSts13()
    {
        WriteSubset("STS13", "FNWN", "a\tb\nab\tab\nabc\tabd\n", "0\n5\n3.5\n");
        WriteSubset("STS13", "headlines", "\"a  b\" \tb\nq\tz\naa\tab\n", "1.2\n\n4\n");
        WriteSubset("STS13", "OnWN", "x\tx\nx\ty\nxy\txxy\n", "5\n0.2\n4.4\n");
    }

    public void Dispose() => _folder.Dispose();
}
