using System.IO.Enumeration;

namespace MiCse.Cli.Options;

/// <summary>Names of files with <c>*</c> and <c>?</c> in them, and <c>**</c> for folders of any depth, where the shell has left them as they are.</summary>
internal static class FilePattern
{
    /// <summary>The files that a name stands for: itself, or what matches it in the order of their names.</summary>
    /// <exception cref="FileNotFoundException">Nothing matches.</exception>
    public static IReadOnlyList<string> Expand(string name)
    {
        if (name.AsSpan().IndexOfAny('*', '?') < 0 || File.Exists(name) || name.Contains("://", StringComparison.Ordinal))
        {
            return [name];
        }

        var parts = name.Replace('\\', '/').Split('/');
        var start = Array.FindIndex(parts, part => part.AsSpan().IndexOfAny('*', '?') >= 0);
        var root = string.Join('/', parts[..start]);
        List<string> found = [.. Matches(start > 0 && root.Length == 0 ? "/" : root, parts[start..]).Order(StringComparer.Ordinal)];
        return found.Count > 0 ? found : throw new FileNotFoundException($"{name}: there is no file whose name matches.");
    }

    private static IEnumerable<string> Matches(string folder, string[] parts)
    {
        var here = folder.Length == 0 ? "." : folder;
        if (!Directory.Exists(here))
        {
            return [];
        }

        if (parts is ["**", .. var rest])
        {
            return Matches(folder, rest).Concat(Folders().SelectMany(inner => Matches(inner, parts)));
        }

        return parts is [var last]
            ? Entries(Directory.EnumerateFiles(here), last)
            : Entries(Folders(), parts[0]).SelectMany(inner => Matches(inner, parts[1..]));

        IEnumerable<string> Folders() => Directory.EnumerateDirectories(here).Select(path => Path.Combine(folder, Path.GetFileName(path))).Where(path => Path.GetFileName(path)[0] != '.');

        IEnumerable<string> Entries(IEnumerable<string> paths, string pattern) => paths
            .Select(path => Path.GetFileName(path))
            .Where(entry => FileSystemName.MatchesSimpleExpression(pattern, entry, ignoreCase: false) && (entry[0] != '.' || pattern[0] == '.'))
            .Select(entry => Path.Combine(folder, entry));
    }
}
