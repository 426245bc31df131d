using System.Runtime.InteropServices;
using MiCse.Vectors;

namespace MiCse.Inference;

/// <summary>
/// Texts of which identical ones are encoded once: each stands for those that repeat it. Different threads may fill different rows.
/// </summary>
internal sealed class EncodingJob
{
    private const int None = -1;

    private readonly IReadOnlyList<string> _texts;
    private readonly int[] _nextRepetition; // of a text, by its row
    private readonly EmbeddingMatrix _embeddings;
    private readonly int[] _tokenCounts;
    private readonly bool[] _truncated;

    public EncodingJob(IReadOnlyList<string> texts, int dimensions)
    {
        _texts = texts;
        _nextRepetition = new int[texts.Count];
        _embeddings = new EmbeddingMatrix(texts.Count, dimensions);
        _tokenCounts = new int[texts.Count];
        _truncated = new bool[texts.Count];
        Rows = FirstRows();
    }

    /// <summary>Rows that are no texts but ids: each is encoded.</summary>
    public EncodingJob(int count, int dimensions)
    {
        _texts = [];
        _nextRepetition = [.. Enumerable.Repeat(None, count)];
        _embeddings = new EmbeddingMatrix(count, dimensions);
        _tokenCounts = new int[count];
        _truncated = new bool[count];
        Rows = [.. Enumerable.Range(0, count)];
    }

    /// <summary>The rows of the different texts, where each comes first.</summary>
    public int[] Rows { get; }

    /// <summary>Complete when all of <see cref="Rows"/> are filled.</summary>
    public EncodedTexts Result => new(_embeddings, _tokenCounts, _truncated);

    /// <summary>The text of a row.</summary>
    public string this[int row] => _texts[row];

    /// <summary>Fills a row and those that repeat it.</summary>
    /// <returns>How many they are.</returns>
    public int Fill(int row, ReadOnlySpan<float> embedding, int tokenCount, bool truncated)
    {
        var count = 0;
        for (; row != None; row = _nextRepetition[row])
        {
            embedding.CopyTo(_embeddings[row]);
            _tokenCounts[row] = tokenCount;
            _truncated[row] = truncated;
            count++;
        }

        return count;
    }

    private int[] FirstRows()
    {
        var lastRows = new Dictionary<string, int>(_texts.Count, StringComparer.Ordinal);
        var firstRows = new List<int>(_texts.Count);
        for (var row = 0; row < _texts.Count; row++)
        {
            _nextRepetition[row] = None;
            ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(lastRows, _texts[row], out var isRepetition);
            if (isRepetition)
            {
                _nextRepetition[last] = row;
            }
            else
            {
                firstRows.Add(row);
            }

            last = row;
        }

        return [.. firstRows];
    }
}
