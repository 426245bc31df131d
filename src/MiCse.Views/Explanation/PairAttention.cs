using MiCse.Explanation;

namespace MiCse.Views.Explanation;

/// <summary>How much the attention heads have in common at two texts.</summary>
/// <param name="First">Between the dropout views of the first text; null when it is empty, or was not measured.</param>
/// <param name="Second">Between the dropout views of the second text; null when it is empty, or was not measured.</param>
/// <param name="Between">Between the two texts, without dropout; null when they have different numbers of tokens.</param>
internal sealed record PairAttention(HeadInformation? First, HeadInformation? Second, HeadInformation? Between);

/// <summary>How alike the heads attend in pairs of passes.</summary>
/// <param name="Heads">Mutual information in nats, [layers, heads].</param>
/// <param name="Layers">The layers that miCSE's loss looks at; null where that was not measured.</param>
/// <param name="MutualInformation">What the loss maximises; null where that was not measured.</param>
/// <param name="Pairs">How many pairs of passes were compared.</param>
internal sealed record HeadInformation(HeatMap Heads, string? Layers, double? MutualInformation, int Pairs);
