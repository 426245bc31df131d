using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MiCse.Hub;

/// <summary>
/// Checks content against the name that the Hub gives it: SHA-256 for large files, and for small ones what git calls them, the SHA-1
/// of "blob", the length and the content.
/// </summary>
internal sealed class Checksum : IDisposable
{
    private const int Sha1Letters = 40;
    private const int Sha256Letters = 64;
    private readonly IncrementalHash _hash;
    private readonly string _expected;

    /// <param name="name">The name; see <see cref="IsChecksum"/>.</param>
    /// <param name="size">Length of the content in bytes.</param>
    public Checksum(string name, long size)
    {
        _expected = name;
        _hash = IncrementalHash.CreateHash(name.Length == Sha256Letters ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        if (name.Length == Sha1Letters)
        {
            _hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {size}\0")));
        }
    }

    /// <summary>Whether a name is a checksum at all.</summary>
    public static bool IsChecksum(string name) => name.Length is Sha1Letters or Sha256Letters && name.All(char.IsAsciiHexDigitLower);

    /// <summary>Takes the next bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>Whether the bytes so far are the content; starts anew.</summary>
    public bool Matches() => Convert.ToHexStringLower(_hash.GetHashAndReset()) == _expected;

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
