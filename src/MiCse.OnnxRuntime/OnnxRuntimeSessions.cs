using MiCse.Inference.Runtime;
using Microsoft.ML.OnnxRuntime;

namespace MiCse.OnnxRuntime;

/// <summary>ONNX Runtime for the library, which finds this type by its name.</summary>
internal sealed class OnnxRuntimeSessions : IOnnxRuntime
{
    public IOnnxSession Open(string path)
    {
        using var options = Options();
        return Open(() => new InferenceSession(path, options));
    }

    public IOnnxSession Open(byte[] model)
    {
        using var options = Options();
        options.EnableMemoryPattern = false;
        options.EnableCpuMemArena = false;
        options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
        return Open(() => new InferenceSession(model, options));
    }

    private static OnnxRuntimeSession Open(Func<InferenceSession> open)
    {
        try
        {
            return new OnnxRuntimeSession(open());
        }
        catch (Exception failure) when (failure is OnnxRuntimeException or ArgumentException or NotSupportedException or OverflowException)
        {
            throw OnnxRuntimeSession.Sentence(failure);
        }
    }

    // A batch of texts is shared among threads, a text is not. What goes wrong comes as an exception; a library does not write to the console.
    private static SessionOptions Options() => new()
    {
        IntraOpNumThreads = 1,
        InterOpNumThreads = 1,
        LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
    };
}
