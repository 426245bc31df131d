namespace MiCse.Tokenization.Templates;

/// <summary>How two texts that are too long together share the room: the Rust tokenizer's "longest first".</summary>
internal static class PairTruncation
{
    /// <summary>The number of tokens kept of either text.</summary>
    /// <param name="first">Tokens of the first text.</param>
    /// <param name="second">Tokens of the second text.</param>
    /// <param name="room">Tokens that may be kept in all.</param>
    public static (int First, int Second) Share(int first, int second, int room)
    {
        if ((long)first + second <= room)
        {
            return (first, second);
        }

        var (shorter, longer) = (Math.Min(first, second), room - Math.Min(first, second));
        if (longer < shorter)
        {
            (shorter, longer) = (room / 2, room - room / 2);
        }

        return first <= second ? (shorter, longer) : (longer, shorter);
    }
}
