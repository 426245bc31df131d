using System.Globalization;
using MiCse.Files;
using MiCse.Tensors;

namespace MiCse.Checkpoints.Onnx;

/// <summary>Reads a TensorProto: elements as raw bytes, as a list of floats, or in a file beside the model.</summary>
internal static class OnnxTensor
{
    private const long Externally = 1;

    /// <summary>The tensor, which is not copied; null where its type or the way it is stored is not one that a weight has.</summary>
    /// <exception cref="InvalidDataException">The message is broken, or its elements are not as many as its shape says.</exception>
    public static Tensor? Read(ReadOnlyMemory<byte> message, ExternalData external)
    {
        var (name, shape, location) = ("", new List<long>(), 0L);
        TensorType? type = null;
        ReadOnlyMemory<byte>? elements = null;
        var places = new Dictionary<string, string>();
        foreach (var field in ProtobufField.Of(message))
        {
            switch (field.Number)
            {
                case 1 when field.Bytes.IsEmpty:
                    shape.Add(field.Integer);
                    break;
                case 1:
                    shape.AddRange(ProtobufField.PackedIntegers(field.Bytes));
                    break;
                case 2:
                    type = TensorTypeNames.FromOnnx(field.Integer);
                    break;
                case 4 when !field.Bytes.IsEmpty:
                case 9:
                    elements = field.Bytes;
                    break;
                case 8:
                    name = OnnxNode.Text(field);
                    break;
                case 13:
                    AddPlace(places, field.Bytes);
                    break;
                case 14:
                    location = field.Integer;
                    break;
            }
        }

        if (type is not { } known)
        {
            return null;
        }

        if (shape.Count > TensorShape.MaximumRank || shape.Exists(size => size < 0))
        {
            throw new InvalidDataException($"'{JsonFailure.Cut(name)}' cannot have the shape {TensorShape.Describe(shape)}");
        }

        if (location == Externally)
        {
            elements = external.Read(JsonFailure.Cut(name), places, shape, known);
        }

        if (elements is not { } raw)
        {
            return null;
        }

        return TensorShape.ByteCount(shape, known) == raw.Length
            ? new Tensor(name, known, shape, raw)
            : throw new InvalidDataException($"'{JsonFailure.Cut(name)}' has {raw.Length} bytes, which is not what its shape {TensorShape.Describe(shape)} takes");
    }

    private static void AddPlace(Dictionary<string, string> places, ReadOnlyMemory<byte> entry)
    {
        var (key, value) = ("", "");
        foreach (var field in ProtobufField.Of(entry))
        {
            (key, value) = field.Number switch
            {
                1 => (OnnxNode.Text(field), value),
                2 => (key, OnnxNode.Text(field)),
                _ => (key, value),
            };
        }

        places[key] = value;
    }
}

/// <summary>The files beside a model that hold its larger tensors, each opened once.</summary>
/// <param name="modelPath">The model.</param>
internal sealed class ExternalData(string modelPath) : IDisposable
{
    private readonly Dictionary<string, MappedFile> _files = [];

    /// <summary>The files that were opened.</summary>
    public IReadOnlyCollection<string> Files => _files.Keys;

    /// <summary>The elements of a tensor.</summary>
    /// <exception cref="InvalidDataException">There is no such file, it lies elsewhere, or it ends before the elements do.</exception>
    public ReadOnlyMemory<byte> Read(string name, Dictionary<string, string> places, IReadOnlyList<long> shape, TensorType type)
    {
        var location = places.GetValueOrDefault("location", "");
        var folder = Path.GetDirectoryName(Path.GetFullPath(modelPath))!;
        var path = location.Contains('\0', StringComparison.Ordinal) ? folder : Path.GetFullPath(Path.Combine(folder, location));
        if (location.Length == 0 || Path.IsPathRooted(location) || !path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"'{name}' is said to lie in '{JsonFailure.Cut(location)}', which is not beside the file");
        }

        if (!File.Exists(path))
        {
            throw new InvalidDataException($"'{name}' lies in {JsonFailure.Cut(location)}, and there is no such file beside it");
        }

        if (!_files.TryGetValue(path, out var file))
        {
            _files[path] = file = MappedFile.Open(path);
        }

        var offset = Number(places, "offset");
        var length = TensorShape.ByteCount(shape, type);
        return offset is >= 0 && length is >= 0 and <= int.MaxValue && offset <= file.Length - length
            ? file.Slice(offset.Value, (int)length.Value)
            : throw new InvalidDataException($"'{name}' begins at byte {offset} of {JsonFailure.Cut(location)}, which has {file.Length}, and has the shape {TensorShape.Describe(shape)}");
    }

    public void Dispose()
    {
        foreach (var file in _files.Values)
        {
            file.Dispose();
        }
    }

    private static long? Number(Dictionary<string, string> places, string key) =>
        !places.TryGetValue(key, out var text) ? 0
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : null;
}
