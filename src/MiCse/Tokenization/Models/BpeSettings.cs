namespace MiCse.Tokenization.Models;

/// <summary>What byte-pair encoding does besides merging. The defaults are those of RoBERTa.</summary>
internal sealed record BpeSettings
{
    /// <summary>Stands for characters that the vocabulary lacks; null (default): they are dropped.</summary>
    public string? UnknownToken { get; init; }

    /// <summary>Whether neighbouring unknown characters are one token (default false).</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>Whether characters that the vocabulary lacks are spelled with tokens of their UTF-8 bytes, <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c> (default false).</summary>
    public bool ByteFallback { get; init; }

    /// <summary>Whether a word that is a token is taken whole, also if no merges lead to it (default false).</summary>
    public bool IgnoreMerges { get; init; }

    /// <summary>What marks characters that continue a word (default none).</summary>
    public string? ContinuationPrefix { get; init; } = "";

    /// <summary>What marks the last character of a word (default none).</summary>
    public string? WordSuffix { get; init; } = "";

    /// <summary>Whether merges are written as arrays of two tokens, which may contain spaces (default false); only carried along.</summary>
    public bool MergesArePairs { get; init; }
}
