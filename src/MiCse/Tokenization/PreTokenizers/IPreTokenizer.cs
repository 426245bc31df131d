using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.PreTokenizers;

/// <summary>The second stage of a tokenizer: cuts a normalized text into words, which the model spells one by one. Immutable and thread-safe.</summary>
internal interface IPreTokenizer
{
    /// <summary>Hands the words of a text over in their order.</summary>
    /// <param name="text">The text, or a word that an earlier pre-tokenizer cut.</param>
    /// <param name="words">What takes the words.</param>
    /// <param name="ids">Where their ids are collected.</param>
    void Split(ReadOnlySpan<char> text, IWordSink words, ref PooledBuffer<int> ids);
}
