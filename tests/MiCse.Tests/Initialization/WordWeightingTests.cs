using MiCse.Initialization;
using MiCse.Tests.Data;
using MiCse.Tokenization;

namespace MiCse.Tests.Initialization;

public class WordWeightingTests
{
    [Fact]
    public void Sif_takes_a_thousandth() => Assert.Equal(1e-3, WordWeighting.Sif.Smoothing(Count("a b", "b a")));

    [Fact]
    public void Usif_follows_from_the_vocabulary_and_the_length_of_texts()
    {
        // 5 words; 4 texts of 3 tokens. Above 1 - 0.8^3 = 0.488: "a" alone, with 8 of 12 tokens. α = 1/5; a = 2 · 0.8 / (0.2 · 5) = 1.6.
        var words = Count("a a b", "a a c", "a a d", "a a e");

        Assert.Equal(1.6 / 2, WordWeighting.Usif.Smoothing(words), 12);
    }

    [Fact]
    public void Usif_is_defined_where_no_word_stands_out()
    {
        var smoothing = WordWeighting.Usif.Smoothing(Count("a b c d e", "e d c b a"));

        Assert.InRange(smoothing, 1e-300, 1e3);
    }

    private static Cooccurrences Count(params string[] texts)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(Path.Combine(folder.Path, "vocab.txt"), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c", "d", "e"]);
        return Cooccurrences.Count(texts, "texts", Tokenizer.Load(folder.Path));
    }
}
