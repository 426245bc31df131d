using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.PreTokenizers;

/// <summary>Several pre-tokenizers: each cuts the words of the one before it.</summary>
/// <param name="stages">At least one.</param>
internal sealed class PreTokenizerSequence(IReadOnlyList<IPreTokenizer> stages) : IPreTokenizer
{
    /// <summary>The pre-tokenizers in their order.</summary>
    public IReadOnlyList<IPreTokenizer> Stages => stages;

    /// <inheritdoc/>
    public void Split(ReadOnlySpan<char> text, IWordSink words, ref PooledBuffer<int> ids)
    {
        for (var stage = stages.Count - 1; stage > 0; stage--)
        {
            words = new Before(stages[stage], words);
        }

        stages[0].Split(text, words, ref ids);
    }

    private sealed class Before(IPreTokenizer stage, IWordSink words) : IWordSink
    {
        public void Append(ReadOnlySpan<char> word, ref PooledBuffer<int> ids) => stage.Split(word, words, ref ids);
    }
}
