using System.Globalization;
using MiCse.Explanation;
using MiCse.Models;

namespace MiCse.Views.Explanation;

/// <summary>Everything that is shown of two texts.</summary>
/// <param name="Model">What the user calls the model.</param>
/// <param name="Pooling">How its hidden states become an embedding.</param>
/// <param name="Pair">Words and tokens.</param>
internal sealed record ExplainedPair(string Model, string Pooling, PairExplanation Pair)
{
    /// <summary>The shape of the model.</summary>
    public required EncoderShape Config { get; init; }

    /// <summary>Why there are no attention heads to show; null: as the model's shape and folder have it.</summary>
    public string? WithoutAttention { get; init; }

    /// <summary>The attention heads; null for a model without layers, or whose folder has weights in int8 alone.</summary>
    public required PairAttention? Attention { get; init; }

    /// <summary>What a reader might miss or misunderstand, a sentence each.</summary>
    public IReadOnlyList<string> Notes => [.. FindNotes()];

    private IEnumerable<string> FindNotes()
    {
        if (Attention is null)
        {
            yield return WithoutAttention is { } why
                ? why
                : Config.Layers == 0
                ? "This model has no layers (a text is the mean of its word vectors), so it has no attention to compare."
                : "This model's folder has its weights in int8 alone; to compare attention, name the folder that they were exported from.";
            yield break;
        }

        if (Attention.First is not null && Config is { HiddenDropout: 0, AttentionDropout: 0 })
        {
            yield return "The model's config.json sets dropout to 0, so two views of a text are the same, and rounding alone keeps what a head has in common from its largest value, 13.8.";
        }

        if (Pair.First.Tokens.Count == 0 || Pair.Second.Tokens.Count == 0)
        {
            yield return "An empty text has no tokens to attend to.";
        }
        else if (Attention.Between is null)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"The texts have {Pair.First.Tokens.Count} and {Pair.Second.Tokens.Count} tokens; attention is compared between texts only when they have equally many, position by position.");
        }
    }
}
