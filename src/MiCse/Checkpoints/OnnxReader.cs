using System.Text;
using MiCse.Files;
using MiCse.Models;
using MiCse.Tensors;

namespace MiCse.Checkpoints;

/// <summary>
/// Reads the weights out of an ONNX file that this library wrote: initializers with raw elements, under the canonical names (<see cref="WeightNames"/>).
/// Nothing is copied: they stay in the memory-mapped file.
/// </summary>
internal static class OnnxReader
{
    private const int ProducerOfModel = 2;
    private const int GraphOfModel = 7;
    private const int InitializerOfGraph = 5;

    /// <summary>The weights as a checkpoint, which owns the file.</summary>
    /// <exception cref="ModelFormatException">The file is broken, or holds bytes instead of float weights.</exception>
    public static Checkpoint ReadCheckpoint(MappedFile file)
    {
        var weights = Read(file);
        if (IsQuantized(weights))
        {
            throw new ModelFormatException(
                file.Path, "holds weights rounded to int8, which can be run and no more; what is to be changed or rounded needs the float weights");
        }

        return new Checkpoint(file.Path, weights, file) { HasCanonicalNames = true };
    }

    /// <summary>Whether matrices are quantized to int8.</summary>
    public static bool IsQuantized(IReadOnlyDictionary<string, Tensor> weights) => weights.Values.Any(weight => weight.Type == TensorType.Int8);

    /// <summary>All initializers that have raw elements, by name.</summary>
    /// <exception cref="ModelFormatException">The file is broken.</exception>
    public static Dictionary<string, Tensor> Read(MappedFile file)
    {
        if (file.Length > int.MaxValue)
        {
            throw new ModelFormatException(file.Path, "is larger than 2 GB, which an ONNX file cannot be");
        }

        try
        {
            var model = file.Slice(0, (int)file.Length);
            var producer = ProtobufField.Of(model).Where(field => field.Number == ProducerOfModel)
                .Select(field => Encoding.UTF8.GetString(field.Bytes.Span)).FirstOrDefault("somebody");
            if (producer != OnnxModelWriter.Producer)
            {
                throw new ModelFormatException(
                    file.Path, $"was written by {JsonFailure.Cut(producer)}, and of ONNX files only those of `micse export` can be read; give a folder with model.safetensors");
            }

            var weights = new Dictionary<string, Tensor>();
            foreach (var initializer in ProtobufField.Of(model).Where(field => field.Number == GraphOfModel)
                .SelectMany(graph => ProtobufField.Of(graph.Bytes)).Where(field => field.Number == InitializerOfGraph))
            {
                AddTensor(weights, initializer.Bytes);
            }

            return weights;
        }
        catch (Exception failure) when (failure is InvalidDataException or ArgumentException)
        {
            throw new ModelFormatException(file.Path, $"is not a whole ONNX file ({failure.Message}); fetch or export it again", failure);
        }
    }

    private static void AddTensor(Dictionary<string, Tensor> weights, ReadOnlyMemory<byte> message)
    {
        var shape = new List<long>();
        TensorType? type = null;
        string? name = null;
        ReadOnlyMemory<byte>? elements = null;
        foreach (var field in ProtobufField.Of(message))
        {
            switch (field.Number)
            {
                case 1:
                    shape.Add(field.Integer);
                    break;
                case 2:
                    type = TensorTypeNames.FromOnnx(field.Integer);
                    break;
                case 8:
                    name = Encoding.UTF8.GetString(field.Bytes.Span);
                    break;
                case 9:
                    elements = field.Bytes;
                    break;
            }
        }

        if (name is null || elements is not { } raw || type is not { } known || known is not (TensorType.Float32 or TensorType.Int8))
        {
            return;
        }

        if (shape.Count > TensorShape.MaximumRank || shape.Exists(size => size < 0) || TensorShape.ByteCount(shape, known) != raw.Length)
        {
            throw new InvalidDataException($"'{JsonFailure.Cut(name)}' has {raw.Length} bytes, which is not what its shape {TensorShape.Describe(shape)} takes");
        }

        weights[name] = new Tensor(name, known, shape, raw);
    }
}
