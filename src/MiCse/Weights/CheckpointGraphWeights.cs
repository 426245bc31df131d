using MiCse.Tensors;

namespace MiCse.Weights;

/// <summary>The weights of a checkpoint, rounded to bytes where a graph asks for that.</summary>
internal sealed class CheckpointGraphWeights(EncoderWeights weights) : GraphWeights(weights.Config)
{
    public override long ParameterCount => weights.Tensors.Values.Sum(tensor => tensor.ElementCount);

    public override bool Has(string name) => weights.Tensors.ContainsKey(name);

    public override Tensor Float(string name) => weights[name].ToFloat32();

    public override QuantizedWeight Factor(string name) => QuantizedMatrix.From(weights[name], QuantizedMatrix.StepsOfProduct).ToFactor();

    public override QuantizedWeight Table(string name) => QuantizedMatrix.From(weights[name], QuantizedMatrix.StepsOfTable).ToTable();
}
