using System.Runtime.CompilerServices;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tensors;

namespace MiCse.Server.Dialects.Ollama;

/// <summary>What a model is made of, as its files say without loading weights.</summary>
/// <param name="Family">The architecture: config.json's model_type; static for a table of embeddings.</param>
/// <param name="Parameters">How many numbers there are.</param>
/// <param name="Type">How most of them are stored, as safetensors spells it: F32, F16, BF16; INT8 for what was quantized.</param>
internal sealed record WeightSummary(string Family, long Parameters, string Type)
{
    private static readonly ConditionalWeakTable<ModelFolder, WeightSummary> s_known = [];

    /// <summary>Reads it, once for each folder.</summary>
    public static WeightSummary Of(ModelFolder folder) => s_known.GetValue(folder, Read);

    private static WeightSummary Read(ModelFolder folder)
    {
        var (family, parameters) = (folder.Static is null ? folder.Config.ModelType : "static", folder.CountParameters());
        if (folder.Precision == EncoderPrecision.Int8)
        {
            return new WeightSummary(family, parameters, "INT8");
        }

        if (folder.IsForeignGraph)
        {
            return new WeightSummary(family, parameters, "F32");
        }

        using var checkpoint = folder.OpenCheckpoint();
        var type = checkpoint.Tensors.Values.GroupBy(tensor => tensor.Type).MaxBy(group => group.Sum(tensor => tensor.ElementCount))?.Key;
        return new WeightSummary(family, parameters, (type ?? TensorType.Float32).SafetensorsName());
    }
}
