using MiCse.Tokenization;

namespace MiCse.Training.Tests;

/// <summary>Words w5, w6, … whose ids are their numbers; [PAD] 0, [CLS] 1, [SEP] 2, [UNK] 3, [MASK] 4.</summary>
internal static class TinyVocabulary
{
    public static string[] Words(int size) =>
        ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]", .. Enumerable.Range(5, size - 5).Select(id => $"w{id}")];

    public static Tokenizer Tokenizer(int size) => MiCse.Tokenization.Tokenizer.FromVocabulary(Words(size));
}
