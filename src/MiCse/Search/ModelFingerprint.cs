using System.IO.Hashing;
using System.Text;
using MiCse.Checkpoints;

namespace MiCse.Search;

/// <summary>A hash of a model's weights, whatever their file is called and wherever it lies: what tells one model's vectors from another's.</summary>
public static class ModelFingerprint
{
    /// <summary>XXH3 (128 bits, hexadecimal) over the names and the bytes of all tensors.</summary>
    /// <exception cref="ModelFormatException">The weights cannot be read.</exception>
    public static string Of(ModelFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        using var checkpoint = folder.OpenCheckpoint();
        var hash = new XxHash128();
        foreach (var (name, tensor) in checkpoint.Tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            hash.Append(Encoding.UTF8.GetBytes(name));
            hash.Append(tensor.Bytes);
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
