using MiCse.Tokenization;

namespace MiCse.Inference;

/// <summary>A text that is ready to be computed.</summary>
/// <param name="Call">The call it belongs to.</param>
/// <param name="Row">Its row there.</param>
/// <param name="Tokenized">Its tokens.</param>
internal sealed record QueuedText(EncodingCall Call, int Row, TokenizedText Tokenized);

/// <summary>Texts of a call that are tokenized together, before the first of them is computed: few enough to be held in memory. Several threads share them.</summary>
/// <param name="call">The call.</param>
/// <param name="rows">The rows of the texts; at least one.</param>
internal sealed class EncodingWindow(EncodingCall call, ReadOnlyMemory<int> rows)
{
    /// <summary>Texts in a window: enough to fill batches, seldom more than a megabyte of tokens.</summary>
    public const int MostTexts = 1024;

    private const int TextsPerPart = 64;

    private readonly QueuedText[] _texts = new QueuedText[rows.Length];
    private int _taken;
    private int _tokenized;

    /// <summary>The call whose texts these are.</summary>
    public EncodingCall Call => call;

    /// <summary>How many parts are still to be taken.</summary>
    public int PartsLeft => (rows.Length - _taken + TextsPerPart - 1) / TextsPerPart;

    /// <summary>Takes a part to be tokenized; to be called by one thread at a time.</summary>
    public Range TakePart()
    {
        var from = _taken;
        _taken = Math.Min(from + TextsPerPart, rows.Length);
        return from.._taken;
    }

    /// <summary>Tokenizes a part, as the call wants it.</summary>
    /// <returns>All texts of the window, longest first, equal ones in their order, when this was its last part; else null.</returns>
    public QueuedText[]? Tokenize(Range part, Func<string, TokenizedText> tokenize)
    {
        var (from, count) = part.GetOffsetAndLength(rows.Length);
        for (var index = from; index < from + count; index++)
        {
            var row = rows.Span[index];
            _texts[index] = new QueuedText(call, row, call.TokensOf(row, tokenize));
        }

        if (Interlocked.Add(ref _tokenized, count) < rows.Length)
        {
            return null;
        }

        Array.Sort(_texts, static (first, second) => second.Tokenized.Ids.Length.CompareTo(first.Tokenized.Ids.Length) is not 0 and var order ? order : first.Row.CompareTo(second.Row));
        return _texts;
    }
}
