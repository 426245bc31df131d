using MiCse.Training.Explanation;

namespace MiCse.Cli.Views.Explanation;

/// <summary>How much the attention heads have in common at two texts.</summary>
/// <param name="First">Between the dropout views of the first text; null when it is empty.</param>
/// <param name="Second">Between the dropout views of the second text; null when it is empty.</param>
/// <param name="Between">Between the two texts, without dropout; null when they have different numbers of tokens.</param>
internal sealed record PairAttention(AttentionInformation? First, AttentionInformation? Second, AttentionInformation? Between);
