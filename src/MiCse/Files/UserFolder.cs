namespace MiCse.Files;

/// <summary>The user's home folder and paths that begin in it, as Python's <c>os.path.expanduser</c> finds them.</summary>
internal static class UserFolder
{
    /// <summary>The home folder, whether it exists or not: HOME (on Windows USERPROFILE) if it is an absolute path, else what the system says.</summary>
    /// <param name="variable">Gives the value of an environment variable, or null.</param>
    public static string Home(Func<string, string?> variable) =>
        variable(OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME") is { } home && Path.IsPathFullyQualified(home)
            ? home
            : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);

    /// <summary>Replaces a leading <c>~</c> or <c>~name</c>; the path stays as it is when there is no such user.</summary>
    public static string Expand(string path, Func<string, string?> variable)
    {
        if (!path.StartsWith('~'))
        {
            return path;
        }

        var end = path.AsSpan().IndexOfAny(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar) is >= 0 and var slash ? slash : path.Length;
        var home = end == 1 ? Home(variable) : HomeOf(path[1..end]);
        return home is null ? path : Path.TrimEndingDirectorySeparator(home) + path[end..];
    }

    private static string? HomeOf(string user)
    {
        const string Users = "/etc/passwd"; // name:password:user:group:comment:home:shell
        return !File.Exists(Users) ? null
            : File.ReadLines(Users).Select(line => line.Split(':')).FirstOrDefault(fields => fields.Length > 5 && fields[0] == user)?[5];
    }
}
