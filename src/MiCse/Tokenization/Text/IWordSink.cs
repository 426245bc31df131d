namespace MiCse.Tokenization.Text;

/// <summary>Takes the words that a pre-tokenizer cuts, one after the other, and appends their ids: the model, or a further pre-tokenizer before it.</summary>
internal interface IWordSink
{
    /// <summary>Appends the ids of one word.</summary>
    void Append(ReadOnlySpan<char> word, ref PooledBuffer<int> ids);
}
