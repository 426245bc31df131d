using MiCse.Tensors;

namespace MiCse.Weights;

/// <summary>A matrix of a graph in bytes.</summary>
/// <param name="Codes">Signed bytes.</param>
/// <param name="Scales">Float32: what a code is a multiple of, for each output of a product or each row of a table.</param>
internal readonly record struct QuantizedWeight(GraphWeight Codes, GraphWeight Scales);
