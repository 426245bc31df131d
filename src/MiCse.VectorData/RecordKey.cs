using System.Globalization;
using MiCse.Files;

namespace MiCse.VectorData;

/// <summary>Keys of records as ids of an index.</summary>
internal static class RecordKey
{
    public const string SupportedTypes = "string, Guid, int, long";

    public static bool IsSupported(Type type) => type == typeof(string) || type == typeof(Guid) || type == typeof(int) || type == typeof(long);

    /// <summary>The id of a key.</summary>
    /// <exception cref="ArgumentException">The key is missing or of another type than the collection's.</exception>
    public static string ToId(object? key, Type type) => key switch
    {
        null or "" => throw new ArgumentException("A record has no key; every record needs one of its own."),
        string text when type == typeof(string) => text,
        Guid guid when type == typeof(Guid) => guid.ToString("D"),
        int number when type == typeof(int) => number.ToString(CultureInfo.InvariantCulture),
        long number when type == typeof(long) => number.ToString(CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"The key {key} is of type {key.GetType().Name}, but the keys of this collection are of type {type.Name}."),
    };

    /// <summary>The key of an id.</summary>
    /// <exception cref="DataFormatException">The collection was written with keys of another type.</exception>
    public static object FromId(string id, Type type, string path)
    {
        if (type == typeof(string))
        {
            return id;
        }

        if (type == typeof(Guid) && Guid.TryParseExact(id, "D", out var guid))
        {
            return guid;
        }

        if (long.TryParse(id, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            if (type == typeof(long))
            {
                return number;
            }

            if (type == typeof(int) && number is >= int.MinValue and <= int.MaxValue)
            {
                return (int)number;
            }
        }

        throw new DataFormatException(path, null, $"has a record with the key '{id}', which is no {type.Name}; declare the key as it was when the collection was written.");
    }
}
