namespace MiCse.Tokenization.Text;

/// <summary>Takes the words that a pre-tokenizer cuts, one after the other, and appends their ids: the model, or a further pre-tokenizer before it.</summary>
internal interface IWordSink
{
    /// <summary>Appends the ids of one word.</summary>
    /// <param name="word">The word.</param>
    /// <param name="atStart">Whether it stands at the very start of the input.</param>
    /// <param name="ids">Where the ids are collected.</param>
    void Append(scoped ReadOnlySpan<char> word, bool atStart, ref PooledBuffer<int> ids);
}
