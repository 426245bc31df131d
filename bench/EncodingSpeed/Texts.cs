using MiCse.Data;
using MiCse.Tokenization;

namespace MiCse.EncodingSpeed;

/// <summary>
/// The texts of all contestants: sentences sorted by length and dealt in runs of a batch's size, so that the batches of every part are some of those
/// that all sentences together would make, with as little padding.
/// </summary>
internal static class Texts
{
    /// <summary>The one text of somebody who waits.</summary>
    public const string Single = "A man is playing a guitar.";

    /// <summary>Texts in a batch of those who take a fixed number.</summary>
    public const int PerBatch = 32;

    /// <summary>Writes the first sentences of the data, the longest first.</summary>
    /// <returns>The file.</returns>
    public static string WriteSorted(Setting setting)
    {
        var tokenizer = Tokenizer.Load(setting.Tokenizer);
        var path = Path.Combine(setting.WorkFolder, "sorted-sentences.txt");
        File.WriteAllLines(
            path, TextFile.ReadTexts(setting.Data).Take(setting.Sentences).OrderByDescending(text => tokenizer.Tokenize(text).Ids.Length));
        return path;
    }

    /// <summary>Writes the first sentences of the data as they come.</summary>
    /// <returns>The file.</returns>
    public static string Write(Setting setting, int count)
    {
        var path = Path.Combine(setting.WorkFolder, $"sentences-{count}.txt");
        File.WriteAllLines(path, TextFile.ReadTexts(setting.Data).Take(count));
        return path;
    }

    /// <summary>One part of sorted texts.</summary>
    public static string[] Part(IEnumerable<string> sorted, int part, int parts) =>
        [.. sorted.Chunk(PerBatch).Where((_, index) => index % parts == part).SelectMany(texts => texts)];
}
