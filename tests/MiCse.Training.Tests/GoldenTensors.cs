using System.Runtime.InteropServices;
using System.Text.Json;
using MiCse.Checkpoints;
using MiCse.Tensors;
using MiCse.Tests;
using Tensor = TorchSharp.torch.Tensor;
using static TorchSharp.torch;

namespace MiCse.Training.Tests;

/// <summary>A golden safetensors file as torch tensors, each of the type it has in the file.</summary>
internal sealed class GoldenTensors : IDisposable
{
    private readonly Checkpoint _checkpoint;

    public GoldenTensors(params string[] path) => _checkpoint = Checkpoint.Open(Fixture.Path(path));

    public IReadOnlyDictionary<string, MiCse.Tensors.Tensor> Tensors => _checkpoint.Tensors;

    public Tensor this[string name] => ToTorch(_checkpoint.Tensors[name]);

    public bool Has(string name) => _checkpoint.Tensors.ContainsKey(name);

    /// <summary>The JSON file beside it.</summary>
    public static JsonElement Json(params string[] path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Fixture.Path(path)));
        return document.RootElement.Clone();
    }

    /// <summary>The entry of a JSON file's <c>cases</c> with a name.</summary>
    public static JsonElement Case(string name, params string[] path) =>
        Json(path).GetProperty("cases").EnumerateArray().Single(element => element.GetProperty("name").GetString() == name);

    /// <summary>The names of all cases in a JSON file, as test data.</summary>
    public static TheoryData<string> CaseNames(params string[] path) =>
        [.. Json(path).GetProperty("cases").EnumerateArray().Select(element => element.GetProperty("name").GetString()!)];

    public void Dispose() => _checkpoint.Dispose();

    private static Tensor ToTorch(MiCse.Tensors.Tensor tensor)
    {
        var (type, array) = tensor.Type switch
        {
            TensorType.Float32 => (ScalarType.Float32, (Array)MemoryMarshal.Cast<byte, float>(tensor.Bytes).ToArray()),
            TensorType.Float64 => (ScalarType.Float64, MemoryMarshal.Cast<byte, double>(tensor.Bytes).ToArray()),
            TensorType.Int64 => (ScalarType.Int64, MemoryMarshal.Cast<byte, long>(tensor.Bytes).ToArray()),
            TensorType.Int32 => (ScalarType.Int32, MemoryMarshal.Cast<byte, int>(tensor.Bytes).ToArray()),
            _ => throw new InvalidOperationException($"{tensor.Name} is {tensor.Type}"),
        };
        return from_array(array).reshape([.. tensor.Shape]).to(type);
    }
}
