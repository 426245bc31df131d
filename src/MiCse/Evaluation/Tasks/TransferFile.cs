using System.Text;
using System.Text.Unicode;
using MiCse.Files;

namespace MiCse.Evaluation.Tasks;

/// <summary>The four file layouts of SentEval's transfer tasks. As in the STS files there is no quoting.</summary>
internal static class TransferFile
{
    private static readonly string[] QuestionClasses = ["ABBR", "DESC", "ENTY", "HUM", "LOC", "NUM"];

    /// <summary>Two files of one sentence a line: class 1 and class 0.</summary>
    public static TransferExamples ReadTwoClasses(string[] files) => new(
        [.. Lines(files[0]).Select(line => Example(line.Text, 1)), .. Lines(files[1]).Select(line => Example(line.Text, 0))], classes: 2);

    /// <summary>sentiment-train: a sentence, a tab, 0 or 1.</summary>
    public static TransferExamples ReadSentiment(string[] files) => WithEveryClass(files[0], 2, Lines(files[0]).Select(line =>
    {
        var columns = StsFile.Columns(line.Text, 2, files[0], line.Number);
        return Example(columns[0], Binary(columns[1], files[0], line.Number));
    }));

    /// <summary>train_5500.label: a class, a colon, a finer class, a blank, a question.</summary>
    public static TransferExamples ReadQuestions(string[] files) =>
        WithEveryClass(files[0], QuestionClasses.Length, Lines(files[0]).Select(line =>
        {
            var colon = line.Text.IndexOf(':');
            var blank = line.Text.IndexOf(' ');
            var label = colon < 0 ? -1 : Array.IndexOf(QuestionClasses, line.Text[..colon].Trim());
            return label >= 0 && blank > colon
                ? Example(line.Text[(blank + 1)..], label)
                : throw new DataFormatException(files[0], line.Number,
                    $"expected one of {string.Join(", ", QuestionClasses)}, then ':', a finer class, a blank and a question, "
                    + $"found '{Start(line.Text)}'.");
        }));

    /// <summary>msr_paraphrase_train.txt: a header, then 0 or 1, two numbers and two sentences, separated by tabs.</summary>
    public static TransferExamples ReadParaphrases(string[] files) => WithEveryClass(files[0], 2, LinesAfterHeader(files[0]).Select(line =>
    {
        var columns = StsFile.Columns(line.Text, 5, files[0], line.Number);
        return (StsFile.Words(columns[3]), (string?)StsFile.Words(columns[4]), Binary(columns[0], files[0], line.Number));
    }));

    private static (string First, string? Second, int Label) Example(string sentence, int label) => (StsFile.Words(sentence), null, label);

    private static IEnumerable<(string Text, long Number)> LinesAfterHeader(string file)
    {
        foreach (var line in Lines(file))
        {
            if (line.Number > 1)
            {
                yield return line;
            }
            else if (line.Text.StartsWith("0\t", StringComparison.Ordinal) || line.Text.StartsWith("1\t", StringComparison.Ordinal))
            {
                throw new DataFormatException(file, 1, "expected the header line, found an example.");
            }
        }
    }

    private static TransferExamples WithEveryClass(string file, int classes, IEnumerable<(string First, string? Second, int Label)> read)
    {
        var examples = new TransferExamples(read, classes);
        var found = examples.Labels.Distinct().Count();
        return found == classes
            ? examples
            : throw new DataFormatException(file, null, $"expected examples of {classes} classes, found {found}.");
    }

    private static int Binary(string text, string file, long line) => text.Trim() switch
    {
        "0" => 0,
        "1" => 1,
        _ => throw new DataFormatException(file, line, $"expected 0 or 1, found '{Start(text)}'."),
    };

    private static string Start(string text) => text.Length <= 40 ? text : text[..40] + "…";

    /// <summary>
    /// The lines of a file; one that is not UTF-8 is Latin-1, as SentEval's own copies of MR, CR, SUBJ, MPQA and TREC are where they are
    /// not ASCII.
    /// </summary>
    private static IEnumerable<(string Text, long Number)> Lines(string file)
    {
        using var stream = File.OpenRead(file);
        var reader = new Utf8LineReader(stream, file);
        while (reader.TryRead(out var line))
        {
            yield return ((Utf8.IsValid(line) ? Encoding.UTF8 : Encoding.Latin1).GetString(line), reader.Line);
        }

        if (reader.Line == 0)
        {
            throw new DataFormatException(file, null, "expected one example a line, found an empty file.");
        }
    }
}
