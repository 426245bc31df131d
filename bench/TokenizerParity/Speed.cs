using System.Diagnostics;
using MiCse.Data;
using MiCse.Tokenization;

namespace MiCse.TokenizerParity;

/// <summary>Tokens a second on one core.</summary>
internal static class Speed
{
    private const int Texts = 20_000;
    private const int Rounds = 9;

    public static int Print(string folder, string file)
    {
        var start = Stopwatch.GetTimestamp();
        var tokenizer = Tokenizer.Load(folder);
        Console.WriteLine($"loaded in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:N0} ms");
        var texts = TextFile.ReadTexts(file).Take(Texts).ToArray();
        var (rates, tokens) = (new List<double>(), 0L);
        for (var round = 0; round < Rounds; round++)
        {
            start = Stopwatch.GetTimestamp();
            tokens = 0;
            foreach (var text in texts)
            {
                tokens += tokenizer.Tokenize(text, 512).Ids.Length;
            }

            rates.Add(tokens / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        rates.Sort();
        Console.WriteLine($"{rates[Rounds / 2] / 1e6:N2} million tokens a second (median of {Rounds}; least {rates[0] / 1e6:N2}, most {rates[^1] / 1e6:N2}), {texts.Length} texts of {(double)tokens / texts.Length:N1} tokens");
        return 0;
    }
}
