using MiCse.Models;
using MiCse.Tensors;
using MiCse.Weights;

namespace MiCse.Inference.Graphs;

/// <summary>The weights of an encoder that lie in a graph and are not read: pooling has none of them.</summary>
internal sealed class NoWeights(EncoderShape config) : GraphWeights(config)
{
    public override long ParameterCount => 0;

    public override bool Has(string name) => false;

    public override Tensor Float(string name) => throw Missing(name);

    public override QuantizedWeight RightHandMatrix(string name) => throw Missing(name);

    public override QuantizedWeight Table(string name) => throw Missing(name);

    private static KeyNotFoundException Missing(string name) => new($"'{name}' is not read.");
}
