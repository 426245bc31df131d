using System.Text.Json;
using System.Text.Json.Nodes;
using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.Models;
using MiCse.Tensors;

namespace MiCse.ModelFolders;

/// <summary>The folder of a sentence-transformers module: its config.json, and its weights as safetensors or as torch.save writes them.</summary>
internal static class ModuleFile
{
    /// <summary>The names that weights are read from, the preferred one first.</summary>
    public static readonly string[] WeightFiles = ["model.safetensors", "pytorch_model.bin"];

    private const string ConfigName = "config.json";
    private const string ActivationKey = "activation_function";
    private const string TorchPrefix = "torch.nn.";
    private const int LargestSize = 1 << 20;

    /// <summary>Reads what a module computes.</summary>
    /// <exception cref="ModelFormatException">The file is broken, or asks for something that is not computed.</exception>
    public static SentenceModule Read(ModuleEntry entry)
    {
        var path = Path.Combine(entry.Folder, ConfigName);
        var name = SentenceModule.Prefix(entry.Place);
        return entry.Kind switch
        {
            "Dense" => ReadDense(path, name, JsonFile.ReadObject(path)),
            "LayerNorm" => new LayerNormModule(name, Size(path, JsonFile.ReadObject(path), "dimension")),
            "Dropout" => new DropoutModule(File.Exists(path) ? Rate(path, JsonFile.ReadObject(path)) : 0),
            _ => new NormalizeModule(),
        };
    }

    /// <summary>Reads a module's weights into memory.</summary>
    /// <param name="module">What they must fit.</param>
    /// <param name="folder">The module's folder.</param>
    /// <returns>In float32, under their canonical names.</returns>
    /// <exception cref="ModelFormatException">They are missing, broken or of another shape.</exception>
    public static IEnumerable<Tensor> ReadWeights(SentenceModule module, string folder)
    {
        var expected = module.Weights.ToList();
        if (expected.Count == 0)
        {
            return [];
        }

        var file = WeightFiles.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new ModelFormatException(folder, $"has no weights; expected is one of {string.Join(", ", WeightFiles)}");
        using var checkpoint = Checkpoint.Open(file);
        return expected.ConvertAll(weight => Read(checkpoint, weight.Name, weight.Shape));
    }

    /// <summary>Writes a module's folder.</summary>
    /// <param name="module">The module.</param>
    /// <param name="folder">The folder, which is made where there is something to put into it.</param>
    /// <param name="weights">Its weights, among others.</param>
    /// <param name="cancellationToken">Looked at before every tensor.</param>
    public static void Write(SentenceModule module, string folder, IReadOnlyDictionary<string, Tensor> weights, CancellationToken cancellationToken)
    {
        JsonObject? config = module switch
        {
            DenseModule dense => new()
            {
                ["in_features"] = dense.Inputs,
                ["out_features"] = dense.Outputs,
                ["bias"] = dense.HasBias,
                [ActivationKey] = $"torch.nn.modules.{(dense.Activation == DenseActivation.Identity ? "linear" : "activation")}.{dense.Activation}",
            },
            LayerNormModule norm => new() { ["dimension"] = norm.Size },
            DropoutModule dropout => new() { ["dropout"] = dropout.Rate },
            _ => null,
        };
        if (config is null)
        {
            return;
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, ConfigName), config.ToJsonString(JsonFile.Indented) + "\n");
        var tensors = module.Weights.Select(weight => weights[weight.Name].WithName(NameInFile(weight.Name))).ToList();
        if (tensors.Count > 0)
        {
            SafetensorsWriter.Write(Path.Combine(folder, WeightFiles[0]), tensors, null, cancellationToken);
        }
    }

    private static DenseModule ReadDense(string path, string name, JsonElement json)
    {
        var output = json.Text("module_output_name") ?? json.Text("module_input_name");
        if ((json.Text("module_input_name") ?? "sentence_embedding") != "sentence_embedding" || (output ?? "sentence_embedding") != "sentence_embedding")
        {
            throw new ModelFormatException(path, $"is a Dense of '{JsonFailure.Cut(json.Text("module_input_name") ?? output!)}'; supported is one of sentence_embedding alone");
        }

        return new DenseModule(
            name, Size(path, json, "in_features"), Size(path, json, "out_features"), json.Value("bias") is not { ValueKind: JsonValueKind.False }, Activation(path, json));
    }

    private static DenseActivation Activation(string path, JsonElement json)
    {
        // Absent or null: what Dense's constructor takes; without a function there is none.
        var type = json.Value(ActivationKey) is { } value ? JsonFile.TextOf(path, ActivationKey, value)
            : json.TryGetProperty(ActivationKey, out _) ? TorchPrefix + nameof(DenseActivation.Identity) : TorchPrefix + nameof(DenseActivation.Tanh);
        var known = Enum.GetValues<DenseActivation>().Where(activation =>
            type.StartsWith(TorchPrefix, StringComparison.Ordinal) && type.EndsWith($".{activation}", StringComparison.Ordinal)).ToList();
        return known is [var found]
            ? found
            : throw new ModelFormatException(
                path, $"{ActivationKey} is '{JsonFailure.Cut(type)}'; supported are {TorchPrefix}modules.activation's {string.Join(", ", Enum.GetNames<DenseActivation>())}");
    }

    private static double Rate(string path, JsonElement json) => json.Value("dropout") is not { } value ? 0
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var rate) && rate is >= 0 and < 1 ? rate
        : throw new ModelFormatException(path, $"dropout is {JsonFile.Shorten(value)}; expected is a probability below 1");

    private static int Size(string path, JsonElement json, string key) =>
        json.Value(key) is not { } value ? throw new ModelFormatException(path, $"{key} is missing; expected is a whole number from 1 to {LargestSize}")
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var size) && size is >= 1 and <= LargestSize ? size
        : throw new ModelFormatException(path, $"{key} is {JsonFile.Shorten(value)}; expected is a whole number from 1 to {LargestSize}");

    private static Tensor Read(Checkpoint checkpoint, string name, long[] shape)
    {
        var inFile = NameInFile(name);
        var tensor = checkpoint.Tensors.GetValueOrDefault(inFile)
            ?? throw new ModelFormatException(checkpoint.Path, $"has no tensor '{inFile}'; expected is one of {TensorShape.Describe(shape)}");
        return !tensor.Type.IsFloatingPoint() ? throw new ModelFormatException(checkpoint.Path, $"'{inFile}' is of the type {tensor.Type}; expected are floating-point numbers")
            : !tensor.Shape.SequenceEqual(shape) ? throw new ModelFormatException(
                checkpoint.Path, $"'{inFile}' is {TensorShape.Describe(tensor.Shape)}; expected is {TensorShape.Describe(shape)} as {ConfigName} says")
            : Tensor.From(name, shape, tensor.ToSingles());
    }

    // "modules.2.linear.weight" → "linear.weight"
    private static string NameInFile(string name) => name.Split('.', 3)[2];
}
