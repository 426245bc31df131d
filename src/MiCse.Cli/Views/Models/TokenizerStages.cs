using MiCse.Tokenization.Files;
using MiCse.Tokenization.Normalizers;
using MiCse.Tokenization.PreTokenizers;

namespace MiCse.Cli.Views.Models;

/// <summary>The stages of a tokenizer, by the names that tokenizer.json gives them.</summary>
internal static class TokenizerStages
{
    /// <summary>The names, from the text to the ids.</summary>
    /// <param name="parts">The tokenizer.</param>
    /// <param name="isPlain">Whether no special tokens are put around a text.</param>
    public static IEnumerable<string> Of(TokenizerParts parts, bool isPlain)
    {
        foreach (var normalizer in NormalizerSequence.StagesOf(parts.Normalizer))
        {
            yield return NormalizerTable.Table.NameOf(normalizer);
        }

        foreach (var preTokenizer in PreTokenizerSequence.StagesOf(parts.PreTokenizer))
        {
            yield return PreTokenizerTable.Table.NameOf(preTokenizer);
        }

        yield return parts.Model.Name;
        if (!isPlain)
        {
            yield return string.Join(' ', parts.Template.Single.Select(part => part.Token?.Content ?? "text"));
        }
    }
}
