using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.PreTokenizers;

/// <summary>Cuts at white space, which belongs to no word.</summary>
internal sealed class WhitespaceSplitPreTokenizer : IPreTokenizer
{
    /// <inheritdoc/>
    public void Split(scoped ReadOnlySpan<char> text, bool atStart, IWordSink words, ref PooledBuffer<int> ids)
    {
        var start = 0;
        for (var index = 0; index <= text.Length; index++)
        {
            if (index == text.Length || CharacterClasses.IsWhiteSpace(text[index]))
            {
                if (index > start)
                {
                    words.Append(text[start..index], atStart && start == 0, ref ids);
                }

                start = index + 1;
            }
        }
    }
}
