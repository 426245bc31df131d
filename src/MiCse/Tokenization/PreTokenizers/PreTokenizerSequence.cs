using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.PreTokenizers;

/// <summary>Several pre-tokenizers: each cuts the words of the one before it. Without any, a text is one word.</summary>
/// <param name="stages">The pre-tokenizers in their order.</param>
internal sealed class PreTokenizerSequence(IReadOnlyList<IPreTokenizer> stages) : IPreTokenizer
{
    /// <summary>The pre-tokenizers in their order.</summary>
    public IReadOnlyList<IPreTokenizer> Stages => stages;

    /// <summary>The pre-tokenizers that a text goes through one after the other; sequences are written out.</summary>
    public static IEnumerable<IPreTokenizer> StagesOf(IPreTokenizer? preTokenizer) => preTokenizer switch
    {
        null => [],
        PreTokenizerSequence sequence => sequence.Stages.SelectMany(StagesOf),
        _ => [preTokenizer],
    };

    /// <inheritdoc/>
    public void Split(scoped ReadOnlySpan<char> text, bool atStart, IWordSink words, ref PooledBuffer<int> ids)
    {
        for (var stage = stages.Count - 1; stage >= 0; stage--)
        {
            words = new Before(stages[stage], words);
        }

        words.Append(text, atStart, ref ids);
    }

    private sealed class Before(IPreTokenizer stage, IWordSink words) : IWordSink
    {
        public void Append(scoped ReadOnlySpan<char> word, bool atStart, ref PooledBuffer<int> ids) => stage.Split(word, atStart, words, ref ids);
    }
}
