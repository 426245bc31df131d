using System.Text.RegularExpressions;

namespace MiCse.Hub;

/// <summary>A repository on the Hugging Face Hub at one revision.</summary>
internal sealed partial record HubRepository
{
    /// <summary>The branch that is meant when no revision is named.</summary>
    public const string DefaultRevision = "main";

    /// <summary>Names a repository.</summary>
    /// <param name="id">"org/name", or "name" alone for the few models that have no organisation.</param>
    /// <param name="revision">A branch, a tag or a commit; <see cref="DefaultRevision"/> by default.</param>
    /// <param name="kind">Models by default.</param>
    /// <exception cref="ArgumentException">Not an id, or a revision that no repository can have.</exception>
    public HubRepository(string id, string revision = DefaultRevision, HubKind kind = HubKind.Model)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(revision);
        if (!IdPattern().IsMatch(id))
        {
            throw new ArgumentException(
                $"'{id}' is not the id of a repository on the Hub; expected is ORGANISATION/NAME of letters, digits, '.', '_' and '-'.", nameof(id));
        }

        if (!RepositoryPath.IsSafe(revision))
        {
            throw new ArgumentException($"'{revision}' is not a revision; expected is a branch, a tag or a commit.", nameof(revision));
        }

        (Id, Revision, Kind) = (id, revision, kind);
    }

    /// <summary>"org/name".</summary>
    public string Id { get; }

    /// <summary>A branch, a tag or a commit.</summary>
    public string Revision { get; }

    /// <summary>What the repository holds.</summary>
    public HubKind Kind { get; }

    /// <summary>Whether the revision is a whole commit hash, so that its files never change.</summary>
    public bool IsCommit => RepositoryPath.IsCommit(Revision);

    /// <summary>Reads "org/name" or "org/name@revision".</summary>
    /// <exception cref="ArgumentException">Not an id, or a revision that no repository can have.</exception>
    public static HubRepository Parse(string text, HubKind kind = HubKind.Model)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = text.IndexOf('@', StringComparison.Ordinal);
        return at < 0 ? new HubRepository(text, kind: kind) : new HubRepository(text[..at], text[(at + 1)..], kind);
    }

    /// <summary>Whether a text names a repository of an organisation, as "org/name" or "org/name@revision".</summary>
    public static bool IsName(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('@', 2);
        return parts[0].Contains('/', StringComparison.Ordinal) && IdPattern().IsMatch(parts[0]) && (parts.Length == 1 || RepositoryPath.IsSafe(parts[1]));
    }

    /// <summary>"org/name", with "@revision" unless that is <see cref="DefaultRevision"/>.</summary>
    public override string ToString() => Revision == DefaultRevision ? Id : $"{Id}@{Revision}";

    /// <summary>"models" or "datasets", as addresses and cache folders spell it.</summary>
    internal string KindName => Kind == HubKind.Model ? "models" : "datasets";

    /// <summary>The address of its page, below the endpoint.</summary>
    internal string Page => Kind == HubKind.Model ? Id : $"{KindName}/{Id}";

    // At most 96 characters, no "--" (cache folders spell the slash so) and no "..": the Hub's own rules.
    [GeneratedRegex(@"\A(?=.{1,96}\z)(?!.*(--|\.\.))\w([\w.-]*\w)?(/\w([\w.-]*\w)?)?\z", RegexOptions.ECMAScript)]
    private static partial Regex IdPattern();
}
