using MiCse.Tensors;

namespace MiCse.Inference.Runtime;

/// <summary>Reads a result while it is valid.</summary>
/// <param name="values">All elements.</param>
/// <param name="shape">Their dimensions.</param>
internal delegate void OnnxOutputReader(ReadOnlySpan<float> values, ReadOnlySpan<long> shape);

/// <summary>An open ONNX graph. Thread-safe.</summary>
internal interface IOnnxSession : IDisposable
{
    IReadOnlyList<OnnxValue> Inputs { get; }

    IReadOnlyList<OnnxValue> Outputs { get; }

    /// <summary>Computes an output in float32.</summary>
    /// <param name="inputs">By name, each [1, length], of the type that the graph declares: int32 or int64.</param>
    /// <param name="output">Its name.</param>
    /// <param name="read">Receives it.</param>
    /// <exception cref="InvalidOperationException">It cannot be computed, with one line that says why.</exception>
    void Run(IReadOnlyList<(string Name, int[] Values)> inputs, string output, OnnxOutputReader read);

    /// <summary>Computes the one output of a graph with one input, in the caller's memory.</summary>
    void Run(OnnxBuffer input, OnnxBuffer output);
}

/// <summary>An input or output that a graph declares.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Of its elements; null for one that this library does not know.</param>
/// <param name="TypeName">The same for people.</param>
/// <param name="Rank">How many dimensions it has; 0 where the graph does not say.</param>
internal sealed record OnnxValue(string Name, TensorType? Type, string TypeName, int Rank);

/// <summary>A matrix in the caller's memory.</summary>
internal readonly record struct OnnxBuffer(TensorType Type, int Rows, int Columns, nint Address);
