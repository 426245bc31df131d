using MiCse.EncodingSpeed.Measures;

namespace MiCse.EncodingSpeed.Contestants;

/// <summary>transformers.js on this project's ONNX export; takes part where Node and the package are there.</summary>
internal static class Transformers
{
    private const string Package = "@huggingface/transformers";

    /// <summary>Starts it in both precisions, or says why not.</summary>
    public static IEnumerable<ContestantProcess> Start(Shape shape, string sorted, Setting setting, List<string> remarks)
    {
        if (setting.NodePackages is not { } packages || !Directory.Exists(Path.Combine(packages, "node_modules", Package)))
        {
            Add($"(d) was left out: `--node` names no folder in which `npm install {Package}` was run.");
            return [];
        }

        var exported = shape.Exported(setting);
        Add($"(d) is {Package} {Version(packages)} with onnxruntime-node on the folder that `micse export --to onnx` writes, in the same sorted batches.");
        var script = Path.Combine(AppContext.BaseDirectory, "transformers.mjs");
        return new[] { (Names.TransformersFloat32, "fp32"), (Names.TransformersInt8, "q8") }.Select(one => new ContestantProcess(
            one.Item1, ["node", script, packages, exported, one.Item2, $"{setting.Threads}", sorted])).ToList();

        void Add(string remark)
        {
            if (!remarks.Contains(remark))
            {
                remarks.Add(remark);
            }
        }
    }

    private static string Version(string packages)
    {
        using var package = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(packages, "node_modules", Package, "package.json")));
        return package.RootElement.GetProperty("version").GetString()!;
    }
}
