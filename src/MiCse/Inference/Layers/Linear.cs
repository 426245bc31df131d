using MiCse.Numerics;

namespace MiCse.Inference.Layers;

/// <summary>An operation on a complete row of a linear layer's output.</summary>
/// <param name="values">The row, bias added.</param>
/// <param name="row">Its number.</param>
internal delegate void RowOperation(Span<float> values, int row);

/// <summary>A linear layer: output = operation(input · weightᵀ + bias), row by row. Thread-safe.</summary>
internal abstract class Linear(int inputs, int outputs) : IDisposable
{
    /// <summary>Dimensions of an input vector.</summary>
    public int Inputs { get; } = inputs;

    /// <summary>Dimensions of an output vector.</summary>
    public int Outputs { get; } = outputs;

    /// <summary>What its input is multiplied by before it is quantized (<see cref="Activations.Factors"/>); null: nothing.</summary>
    public virtual float[]? Factors => null;

    /// <summary>Computes rows.</summary>
    /// <param name="input">[rows, inputs]</param>
    /// <param name="output">[rows, outputs]; memory is reserved.</param>
    /// <param name="rows">How many.</param>
    /// <param name="operation">The operation on each row; null: none.</param>
    /// <param name="workspace">Memory for intermediate results.</param>
    /// <param name="team">The worker threads.</param>
    public abstract void Apply(Activations input, Activations output, int rows, RowOperation? operation, Workspace workspace, Team team);

    public abstract void Dispose();
}
