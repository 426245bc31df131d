using System.Buffers;

namespace MiCse.Hub;

/// <summary>Names that come from elsewhere and become paths in the cache: nothing may lead out of its folder, on any system.</summary>
internal static class RepositoryPath
{
    private const int CommitLength = 40;
    private static readonly SearchValues<char> s_lowerHex = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> s_forbidden = SearchValues.Create("\\:*?\"<>|");

    /// <summary>Whether a path with forward slashes stays below the folder it is put into.</summary>
    public static bool IsSafe(string path) =>
        !path.AsSpan().ContainsAny(s_forbidden) && !path.Any(char.IsControl)
        && path.Split('/').All(segment => segment.Length > 0 && segment[^1] is not ('.' or ' '));

    /// <summary>Whether a text is a whole commit hash.</summary>
    public static bool IsCommit(string text) => text.Length == CommitLength && !text.AsSpan().ContainsAnyExcept(s_lowerHex);

    /// <summary>A path as a part of an address.</summary>
    public static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
