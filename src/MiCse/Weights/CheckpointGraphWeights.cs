using MiCse.Tensors;

namespace MiCse.Weights;

/// <summary>The weights of a checkpoint, quantized to int8 when they are asked for so.</summary>
internal sealed class CheckpointGraphWeights(EncoderWeights weights) : GraphWeights(weights.Config)
{
    public override long ParameterCount => weights.Tensors.Values.Sum(tensor => tensor.ElementCount);

    public override bool Has(string name) => weights.Tensors.ContainsKey(name);

    public override Tensor Float(string name) => weights[name].ToFloat32();

    public override QuantizedWeight RightHandMatrix(string name) => QuantizedMatrix.From(weights[name], QuantizedMatrix.MatMulLevels, weights.Source).ToRightHandMatrix();

    public override QuantizedWeight Table(string name) => QuantizedMatrix.From(weights[name], QuantizedMatrix.TableLevels, weights.Source).ToTable();
}
