namespace MiCse.Inference.Runtime;

/// <summary>
/// ONNX Runtime, where the program has it: the package MiCse.OnnxRuntime lies beside this library, and nobody has to call it. An application without it has no native library.
/// </summary>
internal static class OnnxRuntimePackage
{
    /// <summary>The package to add.</summary>
    public const string Name = "MiCse.OnnxRuntime";

    private static readonly Lazy<IOnnxRuntime?> s_found = new(Find);

    /// <summary>ONNX Runtime; null without the package.</summary>
    public static IOnnxRuntime? Found => s_found.Value;

    // A constant name: trimming and ahead-of-time compilation keep the type where the package is there, and leave it out where it is not.
    private static IOnnxRuntime? Find() =>
        Type.GetType("MiCse.OnnxRuntime.OnnxRuntimeSessions, MiCse.OnnxRuntime") is { } type ? (IOnnxRuntime?)Activator.CreateInstance(type) : null;
}
