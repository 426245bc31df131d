using System.Diagnostics;
using Microsoft.ML.Tokenizers;

namespace MiCse.EncodingSpeed.Measures;

/// <summary>Tokens a second on one core, this project's tokenizer and Microsoft.ML.Tokenizers' in turns; medians.</summary>
/// <param name="Own">Tokens a second.</param>
/// <param name="Microsoft">Tokens a second.</param>
/// <param name="BytesPerText">What this project's allocates for a text: the array of its ids.</param>
/// <param name="TokensPerText">How many ids that array holds on average.</param>
internal sealed record TokenizerSpeed(double Own, double Microsoft, double BytesPerText, double TokensPerText)
{
    private const int Texts = 20_000;
    private const int Rounds = 9;

    public static TokenizerSpeed Measure(Setting setting)
    {
        var texts = Data.TextFile.ReadTexts(setting.Data).Take(Texts).ToArray();
        var own = Tokenization.Tokenizer.Load(setting.Tokenizer);
        var microsoft = BertTokenizer.Create(Path.Combine(setting.Tokenizer, "vocab.txt"));
        var (ownRates, microsoftRates) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            ownRates.Add(Rate(text => own.Tokenize(text, 512).Ids.Length));
            microsoftRates.Add(Rate(text => microsoft.EncodeToIds(text).Count));
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var tokens = texts.Sum(text => own.Tokenize(text, 512).Ids.Length);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return new TokenizerSpeed(
            Statistics.Median(ownRates), Statistics.Median(microsoftRates), (double)allocated / texts.Length, (double)tokens / texts.Length);

        double Rate(Func<string, int> tokenize)
        {
            var (sum, start) = (0L, Stopwatch.GetTimestamp());
            foreach (var text in texts)
            {
                sum += tokenize(text);
            }

            return sum / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }
}
