using MiCse.Files;
using Npgsql;

namespace MiCse.Postgres;

/// <summary>What a database says when something fails, as one sentence with its address.</summary>
internal static class PostgresFailure
{
    /// <summary>Runs work on a database.</summary>
    /// <exception cref="IOException">It cannot be reached, or broke off.</exception>
    /// <exception cref="DataFormatException">It refuses what was asked for.</exception>
    public static async Task<T> Explained<T>(string address, Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
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
