using System.IO.Hashing;
using System.Text;
using MiCse.Checkpoints;
using MiCse.Checkpoints.Onnx;
using MiCse.Files;
using MiCse.Models;

namespace MiCse.ModelFolders;

/// <summary>A hash of a model's weights, whatever their file is called and wherever it lies: what tells one model's vectors from another's.</summary>
internal static class ModelFingerprint
{
    /// <summary>XXH3 (128 bits, hexadecimal) over the names and the bytes of all tensors, those of the modules after the encoder too.</summary>
    /// <exception cref="ModelFormatException">The weights cannot be read.</exception>
    public static string Of(ModelFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var modules = folder.ReadModuleWeights().Select(weight => (weight.Key, weight.Value.Memory)).ToList();
        if (folder.IsForeignGraph)
        {
            // What is computed with the tensors matters, too.
            using var model = MappedFile.Open(folder.WeightsPath);
            using var graph = OnnxGraph.Read(model);
            return Hash([.. graph.ExternalFiles.Prepend(folder.WeightsPath).Select(path => (Path.GetFileName(path), (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(HashOf(path)))), .. modules]);
        }

        if (folder.Precision == EncoderPrecision.Int8)
        {
            using var file = MappedFile.Open(folder.WeightsPath);
            return Hash(OnnxReader.Read(file).Select(weight => (weight.Key, weight.Value.Memory)).Concat(modules));
        }

        using var checkpoint = folder.OpenCheckpoint();
        return Hash(checkpoint.Tensors.Select(tensor => (tensor.Key, tensor.Value.Memory)).Concat(modules));
    }

    private static string HashOf(string path)
    {
        var hash = new XxHash128();
        using var stream = File.OpenRead(path);
        hash.Append(stream);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static string Hash(IEnumerable<(string Name, ReadOnlyMemory<byte> Elements)> tensors)
    {
        var hash = new XxHash128();
        foreach (var (name, elements) in tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            hash.Append(Encoding.UTF8.GetBytes(name));
            hash.Append(elements.Span);
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
