using System.Text;

namespace MiCse.Checkpoints.Onnx;

/// <summary>One operator of a graph.</summary>
/// <param name="Operation">Its name, such as "MatMul".</param>
/// <param name="Inputs">Names of the values it reads; an absent optional one is empty.</param>
/// <param name="Outputs">Names of the values it makes.</param>
/// <param name="Integers">Its integer attributes.</param>
/// <param name="Tensors">The messages of its tensor attributes.</param>
internal sealed record OnnxNode(
    string Operation,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs,
    IReadOnlyDictionary<string, long> Integers,
    IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Tensors)
{
    /// <summary>An input, empty where there is none.</summary>
    public string Input(int index) => index < Inputs.Count ? Inputs[index] : "";

    /// <summary>Reads a NodeProto.</summary>
    public static OnnxNode Read(ReadOnlyMemory<byte> message)
    {
        var (operation, inputs, outputs) = ("", new List<string>(), new List<string>());
        var integers = new Dictionary<string, long>();
        var tensors = new Dictionary<string, ReadOnlyMemory<byte>>();
        foreach (var field in ProtobufField.Of(message))
        {
            switch (field.Number)
            {
                case 1:
                    inputs.Add(Text(field));
                    break;
                case 2:
                    outputs.Add(Text(field));
                    break;
                case 4:
                    operation = Text(field);
                    break;
                case 5:
                    AddAttribute(field.Bytes, integers, tensors);
                    break;
            }
        }

        return new OnnxNode(operation, inputs, outputs, integers, tensors);
    }

    /// <summary>The text of a field.</summary>
    public static string Text(ProtobufField field) => Encoding.UTF8.GetString(field.Bytes.Span);

    private static void AddAttribute(ReadOnlyMemory<byte> message, Dictionary<string, long> integers, Dictionary<string, ReadOnlyMemory<byte>> tensors)
    {
        var name = "";
        foreach (var field in ProtobufField.Of(message))
        {
            switch (field.Number)
            {
                case 1:
                    name = Text(field);
                    break;
                case 3:
                    integers[name] = field.Integer;
                    break;
                case 5:
                    tensors[name] = field.Bytes;
                    break;
            }
        }
    }
}
