using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.PreTokenizers;

/// <summary>The second stage of a tokenizer: cuts a normalized text into words, which the model spells one by one. Immutable and thread-safe.</summary>
internal interface IPreTokenizer
{
    /// <summary>Hands the words of a text over in their order.</summary>
    /// <param name="text">The text, or a word that an earlier pre-tokenizer cut.</param>
    /// <param name="atStart">Whether it stands at the very start of the input.</param>
    /// <param name="words">What takes the words.</param>
    /// <param name="ids">Where their ids are collected.</param>
    void Split(scoped ReadOnlySpan<char> text, bool atStart, IWordSink words, ref PooledBuffer<int> ids);
}

/// <summary>What pre-tokenizers share.</summary>
internal static class PreTokenizing
{
    /// <summary>Whether a word is the front of the text that it is a part of.</summary>
    public static bool IsFront(this ReadOnlySpan<char> word, ReadOnlySpan<char> text) => text.Overlaps(word, out var offset) && offset == 0;
}
