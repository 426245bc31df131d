using System.Globalization;
using MiCse.Files;

namespace MiCse.Evaluation.Tasks;

/// <summary>
/// The three file layouts of SentEval's STS tasks. There is no quoting: a <c>"</c> is an ordinary character. As SentEval does, a sentence's
/// words (between white space) are joined by one blank.
/// </summary>
internal static class StsFile
{
    private const double HighestScore = 5;

    /// <summary>
    /// STS.input.X.txt, two sentences a line, and STS.gs.X.txt, one score a line. Pairs with an empty score were not annotated and are left
    /// out. Further columns of the input (STS16 as published names its sources) are not read.
    /// </summary>
    public static IReadOnlyList<StsPair> ReadInputAndGold(string[] files)
    {
        var (inputFile, goldFile) = (files[0], files[1]);
        using var inputStream = File.OpenRead(inputFile);
        using var goldStream = File.OpenRead(goldFile);
        var input = new Utf8LineReader(inputStream, inputFile);
        var gold = new Utf8LineReader(goldStream, goldFile);
        var pairs = new List<StsPair>();
        while (true)
        {
            var (line, score) = (input.ReadText(), gold.ReadText());
            if (line is null || score is null)
            {
                return line is null && score is null ? Some(pairs, inputFile) : throw LinesDiffer(inputFile, input, goldFile, gold);
            }

            var columns = Columns(line, 2, inputFile, input.Line);
            if (!string.IsNullOrWhiteSpace(score))
            {
                pairs.Add(new StsPair(Words(columns[0]), Words(columns[1]), Score(score, goldFile, gold.Line)));
            }
        }
    }

    /// <summary>sts-dev.csv, in fact tab-separated without a header: genre, file, year, id, score, sentence, sentence.</summary>
    public static IReadOnlyList<StsPair> ReadBenchmark(string[] files) =>
        ReadTable(files[0], header: false, columns: 7, score: 4, first: 5, second: 6);

    /// <summary>SICK_trial.txt, tab-separated with a header: id, sentence, sentence, relatedness, entailment.</summary>
    public static IReadOnlyList<StsPair> ReadSick(string[] files) =>
        ReadTable(files[0], header: true, columns: 5, score: 3, first: 1, second: 2);

    private static List<StsPair> ReadTable(string file, bool header, int columns, int score, int first, int second)
    {
        using var stream = File.OpenRead(file);
        var reader = new Utf8LineReader(stream, file);
        var pairs = new List<StsPair>();
        while (reader.ReadText() is { } line)
        {
            if (header && reader.Line == 1)
            {
                continue;
            }

            var fields = Columns(line, columns, file, reader.Line);
            pairs.Add(new StsPair(Words(fields[first]), Words(fields[second]), Score(fields[score], file, reader.Line)));
        }

        return Some(pairs, file);
    }

    private static List<StsPair> Some(List<StsPair> pairs, string file) => pairs.Count > 0 ? pairs : throw new DataFormatException(file, null, "holds no pairs with a score; fetch SentEval's data again.");

    /// <summary>The columns of a line; more than expected are accepted.</summary>
    internal static string[] Columns(string line, int expected, string file, long number)
    {
        var columns = line.Split('\t');
        return columns.Length >= expected
            ? columns
            : throw new DataFormatException(file, number, $"expected {expected} columns separated by tabs, found {columns.Length}.");
    }

    /// <summary>A sentence with one blank between its words.</summary>
    internal static string Words(string sentence) =>
        string.Join(' ', sentence.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static double Score(string text, string file, long line) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var score) && score is >= 0 and <= HighestScore
            ? score
            : throw new DataFormatException(file, line, $"expected a score from 0 to {HighestScore}, found '{text}'.");

    private static DataFormatException LinesDiffer(string inputFile, Utf8LineReader input, string goldFile, Utf8LineReader gold)
    {
        var (inputLines, goldLines) = (CountLines(input), CountLines(gold));
        return new DataFormatException(goldFile, null,
            $"expected one score for each of the {inputLines} lines of {Path.GetFileName(inputFile)}, found {goldLines} lines.");
    }

    private static long CountLines(Utf8LineReader reader)
    {
        while (reader.TryRead(out _))
        {
        }

        return reader.Line;
    }
}
