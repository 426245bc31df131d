namespace MiCse.Inference.Layers;

/// <summary>Texts of any lengths as ids, one after the other: there is no padding.</summary>
internal sealed class TransformerInput
{
    private readonly IReadOnlyList<int[]> _texts;
    private readonly IReadOnlyList<int[]>? _masks;
    private readonly IReadOnlyList<int[]>? _tokenTypes;
    private readonly IReadOnlyList<int>? _leftOut;
    private readonly int[] _starts;

    /// <param name="texts">Ids of each text; none empty.</param>
    /// <param name="masks">1 for the tokens of each text that may be attended to, 0 for the others; null is 1 everywhere.</param>
    /// <param name="tokenTypes">Token types of each text; null is 0 everywhere.</param>
    /// <param name="leftOut">How many of the first tokens of each text do not count in a pooling; null is none.</param>
    public TransformerInput(
        IReadOnlyList<int[]> texts, IReadOnlyList<int[]>? masks = null, IReadOnlyList<int[]>? tokenTypes = null, IReadOnlyList<int>? leftOut = null)
    {
        (_texts, _masks, _tokenTypes, _leftOut) = (texts, masks, tokenTypes, leftOut);
        _starts = new int[texts.Count];
        for (var text = 0; text < texts.Count; text++)
        {
            _starts[text] = Tokens;
            Tokens += texts[text].Length;
        }
    }

    /// <summary>Texts.</summary>
    public int Count => _texts.Count;

    /// <summary>Tokens of all texts.</summary>
    public int Tokens { get; }

    /// <summary>The rows of the texts' first tokens among all tokens.</summary>
    public ReadOnlySpan<int> Starts => _starts;

    /// <summary>The text to which a row belongs.</summary>
    public int TextOf(int row)
    {
        // No text is empty, so no two starts are alike.
        var found = Array.BinarySearch(_starts, row);
        return found < 0 ? ~found - 1 : found;
    }

    /// <summary>Tokens of a text.</summary>
    public int Length(int text) => _texts[text].Length;

    /// <summary>The ids of a text.</summary>
    public ReadOnlySpan<int> Ids(int text) => _texts[text];

    /// <summary>The mask of a text; empty is 1 everywhere.</summary>
    public ReadOnlySpan<int> Mask(int text) => _masks is null ? default : _masks[text];

    /// <summary>How many of the first tokens of a text do not count in a pooling.</summary>
    public int LeftOut(int text) => _leftOut?[text] ?? 0;

    /// <summary>The token types of a text; empty is 0 everywhere.</summary>
    public ReadOnlySpan<int> TokenTypes(int text) => _tokenTypes is null ? default : _tokenTypes[text];
}
