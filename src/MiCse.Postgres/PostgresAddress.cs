using Npgsql;

namespace MiCse.Postgres;

/// <summary>Where a database is: <c>postgres://user@host:5432/database</c>, or a connection string as Npgsql takes it.</summary>
internal static class PostgresAddress
{
    private static readonly string[] s_schemes = ["postgres://", "postgresql://"];

    /// <summary>The connection string.</summary>
    /// <exception cref="ArgumentException">It is neither; one sentence.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string address)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(address);
        try
        {
            return s_schemes.Any(scheme => address.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) ? OfUri(new Uri(address)) : new NpgsqlConnectionStringBuilder(address);
        }
        catch (Exception failure) when (failure is UriFormatException or ArgumentException or KeyNotFoundException or FormatException)
        {
            throw new ArgumentException($"'{Shown(address)}' is no address of a database: {failure.Message.TrimEnd('.')}; expected postgres://USER@HOST:PORT/DATABASE or \"Host=…;Database=…\".", failure);
        }
    }

    /// <summary>The address without its password, for messages.</summary>
    public static string Shown(string address)
    {
        if (!address.Contains("://", StringComparison.Ordinal))
        {
            return string.Join(';', address.Split(';').Select(part => part.TrimStart().StartsWith("Password", StringComparison.OrdinalIgnoreCase) ? "Password=…" : part));
        }

        var (start, at) = (address.IndexOf("://", StringComparison.Ordinal) + 3, address.LastIndexOf('@'));
        var colon = at < start ? -1 : address.IndexOf(':', start, at - start);
        return colon < 0 ? address : $"{address[..colon]}:…{address[at..]}";
    }

    // As libpq reads it; what follows the question mark are options of Npgsql.
    private static NpgsqlConnectionStringBuilder OfUri(Uri uri)
    {
        var builder = new NpgsqlConnectionStringBuilder { Host = uri.Host.Trim('[', ']') };
        if (uri.Port > 0)
        {
            builder.Port = uri.Port;
        }

        string[] user = uri.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
        {
            builder.Username = Uri.UnescapeDataString(user[0]);
        }

        if (user.Length > 1)
        {
            builder.Password = Uri.UnescapeDataString(user[1]);
        }

        if (uri.AbsolutePath.Length > 1)
        {
            builder.Database = Uri.UnescapeDataString(uri.AbsolutePath[1..]);
        }

        foreach (var option in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = option.Split('=', 2);
            builder[pair[0] == "sslmode" ? "SSL Mode" : Uri.UnescapeDataString(pair[0])] = Uri.UnescapeDataString(pair.Length > 1 ? pair[1] : "");
        }

        return builder;
    }
}
