using System.Globalization;
using MiCse.Tokenization.Normalizers;
using MiCse.Tokenization.PreTokenizers;

namespace MiCse.Tokenization.Files;

/// <summary>The stages of a tokenizer, by the names that tokenizer.json has for them.</summary>
/// <param name="Normalizer">The normalizers in their order; <c>none</c> without any.</param>
/// <param name="PreTokenizer">The pre-tokenizers in their order; <c>none</c> without any.</param>
/// <param name="Model">The model and the number of its tokens.</param>
/// <param name="Template">Which special tokens surround a text A.</param>
internal sealed record TokenizerStages(string Normalizer, string PreTokenizer, string Model, string Template)
{
    /// <summary>Names the stages.</summary>
    public static TokenizerStages Of(TokenizerParts parts) => new(
        Join(NormalizerSequence.StagesOf(parts.Normalizer).Select(NormalizerTable.Table.NameOf)),
        Join(PreTokenizerSequence.StagesOf(parts.PreTokenizer).Select(PreTokenizerTable.Table.NameOf)),
        string.Create(CultureInfo.InvariantCulture, $"{parts.Model.Name}, {parts.Model.Tokens.Count:N0} tokens"),
        string.Join(' ', parts.Template.Single.Select(part => part.Token?.Content ?? "A")));

    /// <summary>All of them, in their order.</summary>
    public override string ToString() => $"{Normalizer} → {PreTokenizer} → {Model} → {Template}";

    private static string Join(IEnumerable<string> names) => string.Join(" + ", names) is { Length: > 0 } all ? all : "none";
}
