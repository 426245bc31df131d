namespace MiCse.Training.Distributed;

/// <summary>
/// A training that several processes share has failed, and all of them know it: each throws this one. <see cref="Exception.InnerException"/> is the failure itself on rank 0, also when
/// it was another's.
/// </summary>
public sealed class RankFailureException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="failure">What has failed, or what another rank says of it.</param>
    public RankFailureException(Exception failure)
        : base(Message(failure), failure)
    {
    }

    private static new string Message(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure.Message;
    }
}
