using System.Globalization;
using MiCse.Files;
using Parquet;
using Parquet.Meta;
using Parquet.Schema;

namespace MiCse.Data;

/// <summary>
/// A column of a parquet file as texts: strings (also without the annotation that says so, and JSON and enums) as they are, numbers in the shortest
/// form that reads back the same, true and false, dates and times as ISO 8601 writes them, UUIDs in lower case.
/// </summary>
internal sealed class ParquetColumn
{
    private readonly Func<ParquetRowGroupReader, int, Task<Text>> _read;

    private ParquetColumn(DataField field, Func<ParquetRowGroupReader, int, Task<Text>> read) => (Field, _read) = (field, read);

    /// <summary>The text of a row of a group; file and line are for messages.</summary>
    public delegate string Text(int row, string file, long line);

    public DataField Field { get; }

    /// <summary>Whether a field holds strings.</summary>
    public static bool IsText(Field field) => field is DataField { IsArray: false } data && IsText(data);

    /// <summary>How a field is read.</summary>
    /// <exception cref="DataFormatException">Its values have no usual text; the message names its type.</exception>
    public static ParquetColumn Of(Field field, string file)
    {
        if (field is not DataField { IsArray: false } data)
        {
            throw new DataFormatException(file, null, $"column '{field.Name}' holds lists or records; expected texts, numbers, booleans, dates or UUIDs.");
        }

        return IsText(data) ? new ParquetColumn(data, (rows, count) => ReadBytes(data, rows, count)) : data.ClrType switch
        {
            var type when type == typeof(bool) => Values<bool>(data, value => value ? "true" : "false"),
            var type when type == typeof(sbyte) => Values<sbyte>(data, Number),
            var type when type == typeof(byte) => Values<byte>(data, Number),
            var type when type == typeof(short) => Values<short>(data, Number),
            var type when type == typeof(ushort) => Values<ushort>(data, Number),
            var type when type == typeof(int) => Values<int>(data, Number),
            var type when type == typeof(uint) => Values<uint>(data, Number),
            var type when type == typeof(long) => Values<long>(data, Number),
            var type when type == typeof(ulong) => Values<ulong>(data, Number),
            var type when type == typeof(float) => Values<float>(data, Number),
            var type when type == typeof(double) => Values<double>(data, Number),
            var type when type == typeof(decimal) => Values<decimal>(data, Number),
            var type when type == typeof(Guid) => Values<Guid>(data, value => value.ToString("D")),
            var type when type == typeof(DateTime) => Values<DateTime>(data, value => Date(data, value)),
            var type when type == typeof(DateOnly) => Values<DateOnly>(data, value => value.ToString("O", CultureInfo.InvariantCulture)),
            var type when type == typeof(TimeOnly) => Values<TimeOnly>(data, value => value.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture)),
            var type when type == typeof(TimeSpan) => Values<TimeSpan>(data, value => value.ToString("c", CultureInfo.InvariantCulture)),
            _ => throw new DataFormatException(file, null,
                $"column '{data.Name}' has the type {Describe(data.SchemaElement)}; expected texts, numbers, booleans, dates or UUIDs."),
        };
    }

    /// <summary>Reads the column of a row group.</summary>
    public Task<Text> ReadAsync(ParquetRowGroupReader rows, int count) => _read(rows, count);

    private static bool IsText(DataField field) => field.ClrType == typeof(ReadOnlyMemory<char>)
        || (field.ClrType == typeof(ReadOnlyMemory<byte>) && field.SchemaElement is null or { Type: Parquet.Meta.Type.BYTE_ARRAY, ConvertedType: not ConvertedType.BSON });

    private static ParquetColumn Values<T>(DataField field, Func<T, string> text)
        where T : struct => new(field, async (rows, count) =>
        {
            if (field.IsNullable)
            {
                var values = new T?[count];
                await rows.ReadAsync<T>(field, values.AsMemory()).ConfigureAwait(false);
                return (row, _, _) => values[row] is { } value ? text(value) : "";
            }

            var all = new T[count];
            await rows.ReadAsync<T>(field, all.AsMemory()).ConfigureAwait(false);
            return (row, _, _) => text(all[row]);
        });

    // As text, the library would put U+FFFD in place of what is not UTF-8.
    private static async Task<Text> ReadBytes(DataField field, ParquetRowGroupReader rows, int count)
    {
        var values = new byte[]?[count];
        var bytes = new ParquetSchema(new DataField(field.Name, typeof(byte[]), field.IsNullable)).DataFields[0];
        await rows.ReadAsync(bytes, values.AsMemory()).ConfigureAwait(false);
        return (row, file, line) => StrictUtf8.Decode(values[row], file, line);
    }

    private static string Number<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    private static string Date(DataField field, DateTime value) => (field as DateTimeDataField)?.DateTimeFormat is DateTimeFormat.Date
        ? value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : value.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) + (value.Kind == DateTimeKind.Utc ? "Z" : "");

    private static string Describe(SchemaElement? element) => element is null ? "that is not known"
        : $"{element.Type}{(element.TypeLength is { } length ? $"({length})" : "")}{(element.ConvertedType is { } converted ? $" with the annotation {converted}" : "")}";
}
