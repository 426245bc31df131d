using MiCse.Checkpoints;
using MiCse.Checkpoints.Onnx;
using MiCse.Files;

namespace MiCse.ModelFolders;

/// <summary>Chooses among the weight files of a folder.</summary>
internal sealed record WeightsFile(string Path, string Reason)
{
    /// <summary>Where an ONNX export keeps float32 weights.</summary>
    public const string Onnx = "onnx/model.onnx";

    /// <summary>Where an ONNX export keeps int8 weights.</summary>
    public const string QuantizedOnnx = "onnx/model_quantized.onnx";

    /// <summary>The names that are read, the preferred one first.</summary>
    public static readonly string[] InOrder =
    [
        "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json", Onnx, "model.onnx",
        // As optimum, sentence-transformers and transformers.js call what they have optimized or quantized.
        "onnx/model_O1.onnx", "onnx/model_O2.onnx", "onnx/model_O3.onnx", "model_optimized.onnx", "onnx/model_fp16.onnx", "onnx/model_O4.onnx",
        QuantizedOnnx, "model_quantized.onnx", "onnx/model_int8.onnx", "onnx/model_qint8_avx512_vnni.onnx", "onnx/model_qint8_avx512.onnx",
        "onnx/model_qint8_arm64.onnx", "onnx/model_quint8_avx2.onnx", "onnx/model_uint8.onnx",
    ];

    private static readonly string[] Foreign = ["tf_model.h5", "flax_model.msgpack", "openvino_model.bin", "model.ckpt.index"];

    private string? _producer;

    /// <summary>Whether it is a graph of operators that another program wrote.</summary>
    /// <exception cref="ModelFormatException">The file is broken.</exception>
    public bool IsForeignGraph => IsOnnx && Producer != OnnxModelWriter.Producer;

    /// <summary>Whether the weights are those of an int8 export of this library.</summary>
    /// <exception cref="ModelFormatException">The file is broken.</exception>
    public bool IsQuantized => Path.EndsWith(QuantizedOnnx, StringComparison.Ordinal) && !IsForeignGraph;

    private bool IsOnnx => Path.EndsWith(".onnx", StringComparison.Ordinal);

    private string Producer
    {
        get
        {
            if (_producer is null)
            {
                using var file = MappedFile.Open(Path);
                _producer = OnnxGraph.ProducerOf(file);
            }

            return _producer;
        }
    }

    /// <exception cref="ModelFormatException">No file that this library reads.</exception>
    public static WeightsFile Find(string folder)
    {
        var present = InOrder.Where(name => File.Exists(System.IO.Path.Combine(folder, name))).ToList();
        if (present.Count == 0)
        {
            var foreign = Foreign.Where(name => File.Exists(System.IO.Path.Combine(folder, name))).ToList();
            throw new ModelFormatException(
                folder,
                $"has no weights; expected is one of {string.Join(", ", InOrder)}"
                + (foreign.Count == 0 ? "" : $" ({string.Join(", ", foreign)} cannot be read; save the model with transformers' save_pretrained)"));
        }

        var reason = present.Count == 1 ? "the only weight file" : $"preferred to {string.Join(", ", present.Skip(1))}";
        return new WeightsFile(System.IO.Path.Combine(folder, present[0]), reason);
    }

    /// <summary>Size of the file, or of all shards that an index names, in bytes; missing shards count as nothing.</summary>
    public long ByteCount() =>
        Path.EndsWith(ShardedCheckpoint.IndexEnding, StringComparison.Ordinal)
            ? ShardedCheckpoint.ShardPaths(Path).Where(File.Exists).Sum(shard => new FileInfo(shard).Length)
            : new FileInfo(Path).Length;
}
