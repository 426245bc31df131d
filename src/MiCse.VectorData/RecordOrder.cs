using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace MiCse.VectorData;

/// <summary>Sorts records by properties; null comes first, text is compared by character codes, equal records keep their order.</summary>
internal sealed class RecordOrder<TRecord>
    where TRecord : class
{
    private readonly List<(PropertyModel Property, bool Ascending)> _by = [];

    /// <exception cref="NotSupportedException">A property cannot be sorted by.</exception>
    /// <exception cref="InvalidOperationException">A selector names no property.</exception>
    public RecordOrder(FilteredRecordRetrievalOptions<TRecord> options, CollectionModel model)
    {
        foreach (var sort in options.OrderBy?.Invoke(new()).Values ?? [])
        {
            var property = model.GetDataOrKeyProperty(sort.PropertySelector);
            if (property is VectorPropertyModel || !typeof(IComparable).IsAssignableFrom(Nullable.GetUnderlyingType(property.Type) ?? property.Type))
            {
                throw new NotSupportedException($"Records cannot be sorted by '{property.ModelName}': values of {property.Type.Name} have no order.");
            }

            _by.Add((property, sort.Ascending));
        }
    }

    /// <summary>Whether there is nothing to sort by.</summary>
    public bool IsEmpty => _by.Count == 0;

    public IEnumerable<TRecord> Sort(IEnumerable<TRecord> records)
    {
        var sorted = records.Order(Comparer<TRecord>.Create((_, _) => 0));
        foreach (var (property, ascending) in _by)
        {
            sorted = ascending
                ? sorted.ThenBy(property.GetValueAsObject, ValueComparer.Instance)
                : sorted.ThenByDescending(property.GetValueAsObject, ValueComparer.Instance);
        }

        return sorted;
    }

    private sealed class ValueComparer : IComparer<object?>
    {
        public static readonly ValueComparer Instance = new();

        public int Compare(object? x, object? y) => x is string first && y is string second ? string.CompareOrdinal(first, second) : Comparer<object>.Default.Compare(x, y);
    }
}
