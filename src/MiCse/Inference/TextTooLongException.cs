namespace MiCse.Inference;

/// <summary>A text has more tokens than the model takes, and its caller does not want it cut.</summary>
/// <param name="row">Which text, counted from 0.</param>
internal sealed class TextTooLongException(int row) : Exception($"Text {row} (counted from 0) has more tokens than the model takes.")
{
    /// <summary>Which text, counted from 0.</summary>
    public int Row => row;
}
