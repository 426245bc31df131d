using MiCse.Checkpoints.Onnx;
using MiCse.Files;
using MiCse.Models;
using MiCse.Tensors;

namespace MiCse.Checkpoints;

/// <summary>
/// Reads the weights out of an ONNX file: of this library's own under the canonical names (<see cref="WeightNames"/>) that they have there, of others by what is
/// computed with them (<see cref="EncoderPattern"/>).
/// </summary>
internal static class OnnxReader
{
    /// <summary>The weights as a checkpoint, which owns the file.</summary>
    /// <exception cref="ModelFormatException">The file is broken, holds bytes instead of float weights, or no encoder that is known.</exception>
    public static Checkpoint ReadCheckpoint(MappedFile file)
    {
        var graph = OnnxGraph.Read(file);
        try
        {
            return new Checkpoint(file.Path, graph.Producer == OnnxModelWriter.Producer ? Own(graph) : Foreign(graph), new Owner(file, graph)) { HasCanonicalNames = true };
        }
        catch
        {
            graph.Dispose();
            throw;
        }
    }

    /// <summary>Whether matrices are quantized to int8.</summary>
    public static bool IsQuantized(IReadOnlyDictionary<string, Tensor> weights) => weights.Values.Any(weight => weight.Type == TensorType.Int8);

    /// <summary>All float32 and int8 tensors of a file that this library wrote, by name.</summary>
    /// <exception cref="ModelFormatException">The file is broken, or of another writer.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(MappedFile file)
    {
        using var graph = OnnxGraph.Read(file);
        return graph.Producer == OnnxModelWriter.Producer
            ? Known(graph)
            : throw new ModelFormatException(file.Path, $"was written by {JsonFailure.Cut(graph.Producer)}, so it holds no int8 weights as `micse export` writes them");
    }

    private static Dictionary<string, Tensor> Known(OnnxGraph graph) => graph.Tensors
        .Where(tensor => tensor.Value.Type is TensorType.Float32 or TensorType.Int8).ToDictionary();

    private static Dictionary<string, Tensor> Own(OnnxGraph graph)
    {
        var weights = Known(graph);
        return !IsQuantized(weights) ? weights : throw new ModelFormatException(
            graph.Path, "holds weights rounded to int8, which can be run and no more; what is to be changed or rounded needs the float weights");
    }

    private static Dictionary<string, Tensor> Foreign(OnnxGraph graph) => EncoderPattern.TryFind(graph, out var weights, out var reason)
        ? weights
        : throw new ModelFormatException(
            graph.Path, $"holds no encoder whose weights can be read ({reason}), so it can be run by ONNX Runtime and no more; give a folder with model.safetensors");

    /// <summary>What is closed with the checkpoint.</summary>
    private sealed class Owner(MappedFile file, OnnxGraph graph) : IDisposable
    {
        public void Dispose()
        {
            graph.Dispose();
            file.Dispose();
        }
    }
}
