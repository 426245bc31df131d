namespace MiCse.Inference.Runtime;

/// <summary>What runs ONNX graphs. This library brings none itself, see <see cref="OnnxRuntimePackage"/>.</summary>
internal interface IOnnxRuntime
{
    /// <summary>Opens a graph from a file; it is computed on the calling thread alone.</summary>
    /// <exception cref="InvalidOperationException">It cannot be opened, with one line that says why.</exception>
    IOnnxSession Open(string path);

    /// <summary>Opens a graph as it is, without optimization; it is computed on the calling thread alone, in the caller's memory where it can be.</summary>
    /// <param name="model">A ModelProto.</param>
    /// <exception cref="InvalidOperationException">It cannot be opened, with one line that says why.</exception>
    IOnnxSession Open(byte[] model);
}
