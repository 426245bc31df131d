using MiCse.Models;
using MiCse.Tensors;

namespace MiCse.Weights;

/// <summary>What a graph computes with, by canonical name (<see cref="WeightNames"/>).</summary>
internal abstract class GraphWeights(BertConfig config)
{
    /// <summary>The shape of the encoder.</summary>
    public BertConfig Config { get; } = config;

    /// <summary>Numbers in all weights.</summary>
    public abstract long ParameterCount { get; }

    /// <summary>Whether an optional weight is there.</summary>
    public abstract bool Has(string name);

    /// <summary>A weight in float32.</summary>
    public abstract Tensor Float(string name);

    /// <summary>The weight [out, in] of a linear layer in bytes: codes [in, out], scales [out].</summary>
    public abstract QuantizedWeight Factor(string name);

    /// <summary>A table of embeddings in bytes: codes [rows, hidden], scales [rows, 1].</summary>
    public abstract QuantizedWeight Table(string name);

    /// <summary>What is computed on [CLS] after the last layer when the head is pooled: the training head, else the pooler, else nothing.</summary>
    public WeightNames.Affine? Head =>
        Has(WeightNames.ProjectionHead.Weight) ? WeightNames.ProjectionHead
        : Has(WeightNames.Pooler.Weight) ? WeightNames.Pooler
        : null;
}
