using System.Security.Cryptography;
using System.Text;
using MiCse.Files;
using MiCse.Tokenization;
using MiCse.Training.Batches;

namespace MiCse.Training.Distillation;

/// <summary>The different texts of a corpus, all columns together, in the order in which they come first, in two parts: what is trained on, and what is measured on.</summary>
internal sealed class DistillationData
{
    private DistillationData(IReadOnlyList<string> texts, IReadOnlyList<int[]> ids, int[] training, int[] heldOut, string sha256) =>
        (Texts, Ids, Training, HeldOut, Sha256) = (texts, ids, training, heldOut, sha256);

    /// <summary>All texts: the rows of the teacher's embeddings.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>Their ids for the student, special tokens included.</summary>
    public IReadOnlyList<int[]> Ids { get; }

    /// <summary>The rows that are trained on.</summary>
    public IReadOnlyList<int> Training { get; }

    /// <summary>The rows that are measured on; empty for none.</summary>
    public IReadOnlyList<int> HeldOut { get; }

    /// <summary>SHA-256 of the texts, each with a line feed after it, in lower-case hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>Finds the different texts and tokenizes them.</summary>
    /// <param name="corpus">The data.</param>
    /// <param name="tokenizer">The student's.</param>
    /// <param name="maxTokens">Longer sequences are truncated.</param>
    /// <param name="heldOut">Texts to hold out; null: 5 % and at most 1,000.</param>
    /// <param name="seed">Draws them.</param>
    /// <param name="cancellationToken">Looked at at every text.</param>
    /// <exception cref="DataFormatException">Fewer than two texts are left to train on.</exception>
    public static DistillationData From(
        SentenceCorpus corpus, Tokenizer tokenizer, int maxTokens, int? heldOut, long seed, CancellationToken cancellationToken)
    {
        string[] texts = [.. corpus.Examples.SelectMany(example => example.Texts).Distinct(StringComparer.Ordinal)];
        var held = heldOut ?? Math.Min(MostHeldOutByDefault, texts.Length / 20);
        if (texts.Length - held < 2)
        {
            throw new DataFormatException(
                corpus.Name, null, $"has {texts.Length} different {(texts.Length == 1 ? "text" : "texts")}{(held == 0 ? "" : $", of which {held} are held out")}: at least two are needed to train on.");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var ids = new int[texts.Length][];
        for (var row = 0; row < texts.Length; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ids[row] = tokenizer.Tokenize(texts[row], maxTokens).Ids;
            hash.AppendData(Encoding.UTF8.GetBytes(texts[row] + "\n"));
        }

        int[] order = [.. Enumerable.Range(0, texts.Length)];
        new Randomness(seed).SequenceFor(RandomPurpose.HeldOut).Shuffle(order.AsSpan());
        return new DistillationData(
            texts, ids, [.. order.Skip(held).Order()], [.. order.Take(held).Order()], Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private const int MostHeldOutByDefault = 1000;
}
