using MiCse.Numerics;

namespace MiCse.Inference.Layers;

/// <summary>What is done to a row of a linear layer's output when it is complete.</summary>
/// <param name="values">The row, bias added.</param>
/// <param name="row">Its number.</param>
internal delegate void RowOperation(Span<float> values, int row);

/// <summary>A linear layer: output = operation(input · weightᵀ + bias), row by row. Thread-safe.</summary>
internal abstract class Linear(int inputs, int outputs) : IDisposable
{
    /// <summary>Numbers in an input vector.</summary>
    public int Inputs { get; } = inputs;

    /// <summary>Numbers in an output vector.</summary>
    public int Outputs { get; } = outputs;

    /// <summary>Computes rows.</summary>
    /// <param name="input">[rows, inputs]</param>
    /// <param name="output">[rows, outputs]; room is made.</param>
    /// <param name="rows">How many.</param>
    /// <param name="operation">What follows; null is nothing.</param>
    /// <param name="workspace">Memory for what lies between.</param>
    /// <param name="team">Who computes.</param>
    public abstract void Apply(States input, States output, int rows, RowOperation? operation, Workspace workspace, Team team);

    public abstract void Dispose();
}
