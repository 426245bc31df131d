using MiCse.ModelFolders;
using System.Diagnostics;

namespace MiCse.Serving.Servers;

/// <summary>A server that is measured.</summary>
/// <param name="Name">What the tables call it.</param>
/// <param name="Start">Starts it, with more arguments.</param>
internal sealed record Contestant(string Name, Func<ServerProcess> Start)
{
    /// <summary>Whether its vectors are the encoder's to the last bit.</summary>
    public bool IsExact { get; init; }

    /// <summary>Texts of a request of a bulk job.</summary>
    public int BulkChunk { get; init; } = 32;

    /// <summary>Ours.</summary>
    public static Contestant Own(Setting setting) => new("`micse serve`", () => ServerProcess.StartOwn(setting.Model)) { IsExact = true, BulkChunk = 1_000 };

    /// <summary>ONNX Runtime behind a lock.</summary>
    public static Contestant Plain(Setting setting)
    {
        var folder = Export(setting);
        return new("ASP.NET Core + ONNX Runtime behind a lock", () => ServerProcess.StartRole("plain-server", folder));
    }

    /// <summary>LLamaSharp behind a lock; null where its program was not built, since its package is large.</summary>
    public static Contestant? Llama(Setting setting)
    {
        if (!File.Exists(ServerProcess.Program("LlamaServer")))
        {
            return null;
        }

        var file = Path.Combine(setting.WorkFolder, "model.gguf");
        if (!File.Exists(file))
        {
            Directory.CreateDirectory(setting.WorkFolder);
            GgufFile.Write(file, ModelSource.Parse(setting.Model).Resolve().Folder);
        }

        return new("ASP.NET Core + LLamaSharp (llama.cpp) behind a lock", () => ServerProcess.StartProgram("LlamaServer", file));
    }

    private static string Export(Setting setting)
    {
        var folder = Path.Combine(setting.WorkFolder, "onnx");
        if (!File.Exists(Path.Combine(folder, WeightsFile.Onnx)))
        {
            Directory.CreateDirectory(setting.WorkFolder);
            var model = ModelSource.Parse(setting.Model).Resolve().Folder;
            using var process = Process.Start(new ProcessStartInfo(Path.GetFullPath("micse"), ["export", "--model", model, "--to", "onnx", "-o", folder]))!;
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException("micse export failed.");
            }
        }

        return folder;
    }
}
