using MiCse.Tokenization;

namespace MiCse;

public sealed partial class SentenceEncoder
{
    /// <summary>How many batches are computed at a time.</summary>
    internal int Workers => _queue.Engine.Workers;

    /// <summary>The weights' file, for messages.</summary>
    internal string WeightsPath => _queue.Model;

    /// <summary>Receives the texts and tokens of every batch before it is computed, from any thread; null for nobody.</summary>
    internal Action<int, int>? BatchStarting
    {
        get => _queue.BatchStarting;
        set => _queue.BatchStarting = value;
    }

    /// <summary>How a text becomes tokens, with what a caller may choose.</summary>
    /// <param name="prompt">What is put before the text; null: the model's default prompt.</param>
    /// <param name="keepsEnd">Whether of a text that is too long the end is kept in place of the beginning.</param>
    internal Func<string, TokenizedText> TokenizingWith(string? prompt, bool keepsEnd) =>
        keepsEnd ? _tokenizing.KeepingEnds(prompt ?? Prompt) : prompt is null ? Tokenize : _tokenizing.With(prompt);
}
