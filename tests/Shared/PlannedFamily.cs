using MiCse.Models;

namespace MiCse.Tests;

/// <summary>A family of a given plan, under the canonical names.</summary>
internal sealed class PlannedFamily(EncoderPlan plan) : ModelFamily
{
    public override string ModelType => "planned";

    public override string ClassPrefix => "Planned";

    public override WeightMap Names { get; } = new() { Prefix = "planned." };

    public override EncoderPlan Plan(EncoderShape shape) => plan;
}
