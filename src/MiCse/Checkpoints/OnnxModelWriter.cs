using MiCse.Checkpoints.Onnx;
using MiCse.Tensors;

namespace MiCse.Checkpoints;

/// <summary>
/// Collects nodes and writes them as an ONNX ModelProto: the few messages an encoder needs, by field number as onnx.proto
/// numbers them.
/// </summary>
/// <param name="producer">Who writes the file.</param>
internal sealed class OnnxModelWriter(string producer = OnnxModelWriter.Producer)
{
    /// <summary>The operator domain of ONNX Runtime's fused operators.</summary>
    public const string Fused = "com.microsoft";

    /// <summary>Who wrote the file.</summary>
    public const string Producer = "MiCse";

    private const int IrVersion = 8;
    private const int OperatorSet = 18;

    private readonly List<byte[]> _nodes = [];
    private readonly List<(byte[] Header, ReadOnlyMemory<byte> Elements)> _initializers = [];
    private readonly HashSet<string> _constants = [];
    private readonly List<byte[]> _inputs = [];
    private readonly List<byte[]> _outputs = [];

    /// <summary>Declares an input. A dimension is a <see cref="string"/> (any size) or a <see cref="long"/>.</summary>
    public string Input(string name, TensorType type, params ReadOnlySpan<object> shape)
    {
        _inputs.Add(ValueInfo(name, type, shape));
        return name;
    }

    /// <summary>Declares that the value <paramref name="name"/> is an output.</summary>
    public void Output(string name, TensorType type, params ReadOnlySpan<object> shape) =>
        _outputs.Add(ValueInfo(name, type, shape));

    /// <summary>Puts a weight into the model; its elements are read when the model is written.</summary>
    public string Weight(string name, Tensor weight) => Initializer(name, weight.Type, weight.Shape, _ => { }, weight.Memory);

    /// <summary>An integer constant, which may be declared again: a scalar, or a vector when <paramref name="isVector"/>.</summary>
    public string Constant(string name, TensorType type, long value, bool isVector = false) => _constants.Add(name)
        ? Initializer(name, type, isVector ? [1] : [], tensor => tensor.Integer(type == TensorType.Int64 ? 7 : 5, value))
        : name;

    /// <summary>A vector of int64, which may be declared again.</summary>
    public string Vector(string name, params IReadOnlyList<long> values) => _constants.Add(name)
        ? Initializer(name, TensorType.Int64, [values.Count], tensor =>
        {
            foreach (var value in values)
            {
                tensor.Integer(7, value);
            }
        })
        : name;

    /// <summary>A vector of float32, which may be declared again. It is no weight: its elements are not raw.</summary>
    public string Vector(string name, IReadOnlyList<float> values) => _constants.Add(name)
        ? Initializer(name, TensorType.Float32, [values.Count], tensor =>
        {
            foreach (var value in values)
            {
                tensor.Float(4, value);
            }
        })
        : name;

    /// <summary>A float32 scalar, which may be declared again.</summary>
    public string Scalar(string name, float value) => _constants.Add(name)
        ? Initializer(name, TensorType.Float32, [], tensor => tensor.Float(4, value))
        : name;

    /// <summary>Adds a node and returns its first output. An absent optional input is an empty string.</summary>
    /// <param name="operation">Operator name.</param>
    /// <param name="domain">"" for ONNX's own operators, else <see cref="Fused"/>.</param>
    /// <param name="inputs">Names of its inputs.</param>
    /// <param name="outputs">Names of its outputs.</param>
    /// <param name="attributes">Values are <see cref="long"/>, an array of them, or <see cref="float"/>.</param>
    public string Node(
        string operation,
        string domain,
        IReadOnlyList<string> inputs,
        IReadOnlyList<string> outputs,
        params (string Name, object Value)[] attributes)
    {
        _nodes.Add(ProtobufWriter.Message(node =>
        {
            foreach (var input in inputs)
            {
                node.String(1, input);
            }

            foreach (var output in outputs)
            {
                node.String(2, output);
            }

            node.String(3, outputs[0]);
            node.String(4, operation);
            foreach (var (name, value) in attributes)
            {
                node.Nested(5, attribute => WriteAttribute(attribute, name, value));
            }

            node.String(7, domain);
        }));
        return outputs[0];
    }

    /// <summary>The ModelProto.</summary>
    public byte[] ToArray()
    {
        using var buffer = new MemoryStream();
        WriteTo(buffer);
        return buffer.ToArray();
    }

    /// <summary>Writes the ModelProto, weight after weight.</summary>
    /// <exception cref="NotSupportedException">It is larger than the 2 GB that a protobuf message may have.</exception>
    public void WriteTo(Stream stream)
    {
        var nodes = ProtobufWriter.Message(graph =>
        {
            _nodes.ForEach(node => graph.Bytes(1, node));
            graph.String(2, "encoder");
        });
        var interfaces = ProtobufWriter.Message(graph =>
        {
            _inputs.ForEach(input => graph.Bytes(11, input));
            _outputs.ForEach(output => graph.Bytes(12, output));
        });
        var initializers = _initializers.ConvertAll(entry => (Start: InitializerStart(entry.Header, entry.Elements.Length), entry.Elements));
        var size = nodes.Length + interfaces.Length + initializers.Sum(entry => (long)entry.Start.Length + entry.Elements.Length);
        if (size > int.MaxValue - 1024)
        {
            throw new NotSupportedException($"an ONNX file of {size:N0} bytes is beyond the 2 GB that the format allows in one file");
        }

        stream.Write(ProtobufWriter.Message(model =>
        {
            model.Integer(1, IrVersion);
            model.String(2, producer);
            foreach (var (domain, version) in new[] { ("", OperatorSet), (Fused, 1) })
            {
                model.Nested(8, import =>
                {
                    import.String(1, domain);
                    import.Integer(2, version);
                });
            }

            model.Start(7, (int)size);
        }));
        stream.Write(nodes);
        foreach (var (start, elements) in initializers)
        {
            stream.Write(start);
            stream.Write(elements.Span);
        }

        stream.Write(interfaces);
    }

    private string Initializer(
        string name, TensorType type, IReadOnlyList<long> shape, Action<ProtobufWriter> write, ReadOnlyMemory<byte> elements = default)
    {
        var header = ProtobufWriter.Message(tensor =>
        {
            foreach (var size in shape)
            {
                tensor.Integer(1, size);
            }

            tensor.Integer(2, type.OnnxNumber());
            tensor.String(8, name);
            write(tensor);
        });
        _initializers.Add((header, elements));
        return name;
    }

    /// <summary>An initializer of the graph up to the raw elements, which come last.</summary>
    private static byte[] InitializerStart(byte[] header, int elements)
    {
        var start = elements == 0 ? header : [.. header, .. ProtobufWriter.Message(tensor => tensor.Start(9, elements))];
        return [.. ProtobufWriter.Message(graph => graph.Start(5, start.Length + elements)), .. start];
    }

    private static byte[] ValueInfo(string name, TensorType type, ReadOnlySpan<object> shape)
    {
        var dimensions = shape.ToArray();
        return ProtobufWriter.Message(info =>
        {
            info.String(1, name);
            info.Nested(2, valueType => valueType.Nested(1, tensor =>
            {
                tensor.Integer(1, type.OnnxNumber());
                tensor.Nested(2, shapeMessage =>
                {
                    foreach (var dimension in dimensions)
                    {
                        shapeMessage.Nested(1, message => WriteDimension(message, dimension));
                    }
                });
            }));
        });
    }

    private static void WriteDimension(ProtobufWriter output, object dimension)
    {
        if (dimension is string symbol)
        {
            output.String(2, symbol);
        }
        else
        {
            output.Integer(1, (long)dimension);
        }
    }

    private static void WriteAttribute(ProtobufWriter output, string name, object value)
    {
        const int floatType = 1;
        const int integerType = 2;
        const int integersType = 7;
        output.String(1, name);
        if (value is float number)
        {
            output.Float(2, number);
            output.Integer(20, floatType);
        }
        else if (value is long[] integers)
        {
            foreach (var integer in integers)
            {
                output.Integer(8, integer);
            }

            output.Integer(20, integersType);
        }
        else
        {
            output.Integer(3, (long)value);
            output.Integer(20, integerType);
        }
    }
}
