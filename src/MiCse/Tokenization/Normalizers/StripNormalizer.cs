using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Normalizers;

/// <summary>Removes white space from the ends of a text.</summary>
internal sealed class StripNormalizer(bool left, bool right) : INormalizer
{
    /// <summary>Whether the front is stripped.</summary>
    public bool Left => left;

    /// <summary>Whether the end is stripped.</summary>
    public bool Right => right;

    /// <inheritdoc/>
    public void Normalize(ReadOnlySpan<char> text, ref PooledBuffer<char> result)
    {
        while (left && !text.IsEmpty && CharacterClasses.IsWhiteSpace(text[0]))
        {
            text = text[1..];
        }

        while (right && !text.IsEmpty && CharacterClasses.IsWhiteSpace(text[^1]))
        {
            text = text[..^1];
        }

        WellFormed.Append(text, ref result);
    }
}
