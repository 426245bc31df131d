using MiCse.Explanation;
using MiCse.Training.Model;

namespace MiCse.Training.Explanation;

/// <summary>
/// How alike two passes through the encoder attend, head by head. With ρ the Pearson correlation of the logarithms of the two attention maps of a head
/// over the positions that are above zero in both, a head's information is that of a bivariate normal (miCSE, arXiv 2211.04928):
/// <c>I = -1/2 · ln(1 - ρ²)</c>, in nats: 0 when knowing one map says nothing of the other, at most 13.8, when they are the same.
/// </summary>
/// <param name="Heads">I, the mean over the pairs of passes: [layers, heads], from the input to the output.</param>
/// <param name="Layers">The layers that miCSE's loss looks at by default; null for an encoder of fewer than two.</param>
/// <param name="MutualInformation">
/// What the loss maximises, AMI of <see cref="Layers"/> over all common positions (<see cref="MutualInformationEstimator.Exact"/>), the mean over the pairs of passes: I of those
/// layers, scaled down by the square of the share of positions that are common. Null without <see cref="Layers"/>.
/// </param>
/// <param name="Pairs">How many pairs of passes were compared.</param>
public sealed record AttentionInformation(HeatMap Heads, LayerRange? Layers, double? MutualInformation, int Pairs);
