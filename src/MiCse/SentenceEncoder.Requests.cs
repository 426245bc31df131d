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
    internal Func<string, TokenizedText> TokenizingWith(string? prompt, bool keepsEnd)
    {
        var preparation = prompt is null ? Folder.Preparation : Folder.Preparation with { Prompt = prompt };
        return keepsEnd
            ? text => KeepEnd(preparation.Apply(text))
            : text => Tokenizer.Tokenize(preparation.Apply(text), MaxTokens);
    }

    private TokenizedText KeepEnd(string text)
    {
        var all = Tokenizer.Tokenize(text);
        if (all.Ids.Length <= MaxTokens)
        {
            return all;
        }

        var template = Tokenizer.Parts.Template;
        var before = template.Single.TakeWhile(part => part.Token is not null).Count();
        var own = all.Ids.AsSpan(before, all.Ids.Length - template.SingleAdded);
        return new TokenizedText(template.Build(own[^(MaxTokens - template.SingleAdded)..]), Truncated: true);
    }
}
