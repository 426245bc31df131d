namespace MiCse.Hub;

/// <summary>Why something could not be fetched from the Hub.</summary>
public enum HubFailure
{
    /// <summary>No connection: no network, no such host, no answer in time.</summary>
    Unreachable,

    /// <summary>The server is overloaded or asks to wait longer than is sensible.</summary>
    Busy,

    /// <summary>The Hub asks for a token, or does not accept the one it got. It also answers so for a repository that does not exist.</summary>
    Unauthorized,

    /// <summary>The owners let in whom they have approved, and this account is not.</summary>
    Gated,

    /// <summary>No such repository, revision or file.</summary>
    NotFound,

    /// <summary>Another answer that is not the file.</summary>
    Refused,

    /// <summary>What arrived is not what the Hub announced: another size or another hash.</summary>
    Corrupt,

    /// <summary>No space for it in the cache.</summary>
    DiskFull,

    /// <summary>Working offline, and the cache does not hold it.</summary>
    NotCached,
}
