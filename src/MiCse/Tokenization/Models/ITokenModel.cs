using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Models;

/// <summary>The third stage of a tokenizer: spells a word with the tokens of a vocabulary. Thread-safe.</summary>
internal interface ITokenModel : IWordSink
{
    /// <summary>What people call it.</summary>
    string Name { get; }

    /// <summary>The vocabulary in the order of its ids; null where an id has no spelling.</summary>
    IReadOnlyList<string?> Tokens { get; }

    /// <summary>The spelling of the token for what the vocabulary cannot spell; null when there is none.</summary>
    string? UnknownToken { get; }

    /// <summary>Whether a token of the vocabulary continues a word.</summary>
    bool IsContinuation(string token);
}
