using MiCse.Files;
using Npgsql;

namespace MiCse.Postgres;

/// <summary>What a database says when something fails, as one sentence with its address.</summary>
internal static class PostgresFailure
{
    /// <summary>Runs work on a database.</summary>
    /// <param name="address">The database.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="OperationCanceledException">It was stopped, whatever that has made of the connection.</exception>
    /// <exception cref="IOException">It cannot be reached, or broke off.</exception>
    /// <exception cref="DataFormatException">It refuses what was asked for.</exception>
    public static async Task<T> Explained<T>(string address, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception failure) when (cancellationToken.IsCancellationRequested && failure is not OperationCanceledException)
        {
            // Npgsql gives up a connection that a write was stopped on; what is disposed of then fails in ways of its own, in the place of the cancellation.
            throw new OperationCanceledException($"{PostgresAddress.Shown(address)}: stopped.", failure, cancellationToken);
        }
        catch (PostgresException refused) when (!refused.IsTransient)
        {
            throw new DataFormatException(PostgresAddress.Shown(address), null, $"the database refuses: {refused.MessageText.TrimEnd('.')} ({refused.SqlState}).", refused);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            throw new IOException($"{PostgresAddress.Shown(address)}: {(failure.InnerException?.Message ?? failure.Message).TrimEnd('.')}. What a push has committed stays; it goes on when it is run again.", failure);
        }
    }
}
