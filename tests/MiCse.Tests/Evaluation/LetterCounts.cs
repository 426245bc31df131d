using MiCse.Vectors;

namespace MiCse.Tests.Evaluation;

/// <summary>The embedding of the golden SentEval figures: how often each of a..z is in the lower-cased sentence.</summary>
internal static class LetterCounts
{
    public static EmbeddingMatrix Encode(IReadOnlyList<string> sentences, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var matrix = new EmbeddingMatrix(sentences.Count, 26);
        for (var row = 0; row < sentences.Count; row++)
        {
            foreach (var letter in sentences[row].ToLowerInvariant().Where(char.IsAsciiLetterLower))
            {
                matrix[row][letter - 'a']++;
            }
        }

        return matrix;
    }
}
