using MiCse.Data;
using MiCse.Tokenization;

namespace MiCse.EncodingSpeed;

/// <summary>Writes the files that contestants and commands read their texts from.</summary>
internal static class TextFiles
{
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
}
