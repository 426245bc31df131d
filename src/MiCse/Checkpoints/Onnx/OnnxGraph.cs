using MiCse.Files;
using MiCse.Tensors;

namespace MiCse.Checkpoints.Onnx;

/// <summary>
/// An ONNX file, read: its operators, and its tensors where they lie in the memory-mapped file or in the files beside it that it names. Nothing is computed.
/// </summary>
internal sealed class OnnxGraph : IDisposable
{
    private const int ProducerOfModel = 2;
    private const int GraphOfModel = 7;
    private const int NodeOfGraph = 1;
    private const int InitializerOfGraph = 5;
    private const int InputOfGraph = 11;
    private const int OutputOfGraph = 12;

    private readonly Dictionary<string, Tensor> _tensors = [];
    private readonly List<OnnxNode> _nodes = [];
    private readonly List<string> _inputs = [];
    private readonly List<string> _outputs = [];
    private readonly ExternalData _external;

    private OnnxGraph(MappedFile file) => (Path, _external) = (file.Path, new ExternalData(file.Path));

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Who wrote it.</summary>
    public string Producer { get; private set; } = "somebody";

    /// <summary>Initializers and constants by name, of the types that a <see cref="Tensor"/> has.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    /// <summary>The operators, each after those whose values it reads.</summary>
    public IReadOnlyList<OnnxNode> Nodes => _nodes;

    /// <summary>Names of the inputs.</summary>
    public IReadOnlyList<string> Inputs => _inputs;

    /// <summary>Names of the outputs.</summary>
    public IReadOnlyList<string> Outputs => _outputs;

    /// <summary>Whether it has matrices of bytes.</summary>
    public bool IsQuantized => _tensors.Values.Any(tensor => tensor.Type is TensorType.Int8 or TensorType.UInt8 && tensor.Shape.Count > 1);

    /// <summary>Numbers of all tensors that are no scalars, whatever their type.</summary>
    public long ParameterCount => _tensors.Values.Where(tensor => tensor.Shape.Count > 0).Sum(tensor => tensor.ElementCount);

    /// <summary>The files beside it that hold tensors.</summary>
    public IReadOnlyCollection<string> ExternalFiles => _external.Files;

    /// <summary>Who wrote a file, without reading the rest of it.</summary>
    /// <exception cref="ModelFormatException">The file is broken.</exception>
    public static string ProducerOf(MappedFile file) => Whole(file, model => ProtobufField.Of(model)
        .TakeWhile(field => field.Number != GraphOfModel)
        .Where(field => field.Number == ProducerOfModel).Select(OnnxNode.Text).FirstOrDefault("somebody"));

    /// <summary>Reads a file, which has to stay open as long as the tensors are used.</summary>
    /// <exception cref="ModelFormatException">The file is broken, or names data that is not there.</exception>
    public static OnnxGraph Read(MappedFile file)
    {
        var graph = new OnnxGraph(file);
        try
        {
            return Whole(file, model =>
            {
                graph.Read(model);
                return graph;
            });
        }
        catch
        {
            graph.Dispose();
            throw;
        }
    }

    /// <summary>Closes the files beside it.</summary>
    public void Dispose() => _external.Dispose();

    private static T Whole<T>(MappedFile file, Func<ReadOnlyMemory<byte>, T> read)
    {
        if (file.Length > int.MaxValue)
        {
            throw new ModelFormatException(file.Path, "is larger than 2 GB, which an ONNX file cannot be");
        }

        try
        {
            return read(file.Slice(0, (int)file.Length));
        }
        catch (Exception failure) when (failure is InvalidDataException or ArgumentException)
        {
            throw new ModelFormatException(file.Path, $"is not a whole ONNX file ({failure.Message}); fetch or export it again", failure);
        }
    }

    private void Read(ReadOnlyMemory<byte> model)
    {
        foreach (var field in ProtobufField.Of(model))
        {
            if (field.Number == ProducerOfModel)
            {
                Producer = OnnxNode.Text(field);
            }
            else if (field.Number == GraphOfModel)
            {
                ReadGraph(field.Bytes);
            }
        }
    }

    private void ReadGraph(ReadOnlyMemory<byte> graph)
    {
        foreach (var field in ProtobufField.Of(graph))
        {
            switch (field.Number)
            {
                case NodeOfGraph:
                    AddNode(OnnxNode.Read(field.Bytes));
                    break;
                case InitializerOfGraph:
                    AddTensor(OnnxTensor.Read(field.Bytes, _external), null);
                    break;
                case InputOfGraph:
                    _inputs.Add(NameOf(field.Bytes));
                    break;
                case OutputOfGraph:
                    _outputs.Add(NameOf(field.Bytes));
                    break;
            }
        }
    }

    private void AddNode(OnnxNode node)
    {
        if (node.Operation == "Constant" && node.Outputs is [var name, ..])
        {
            if (node.Tensors.TryGetValue("value", out var message))
            {
                AddTensor(OnnxTensor.Read(message, _external), name);
            }
        }

        _nodes.Add(node);
    }

    private void AddTensor(Tensor? tensor, string? name)
    {
        if (tensor is not null && (name ?? tensor.Name) is { Length: > 0 } known)
        {
            _tensors[known] = tensor.WithName(known);
        }
    }

    private static string NameOf(ReadOnlyMemory<byte> valueInfo) =>
        ProtobufField.Of(valueInfo).Where(field => field.Number == 1).Select(OnnxNode.Text).FirstOrDefault("");
}
