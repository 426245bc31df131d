using MiCse.Search;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace MiCse.VectorData;

/// <summary>Reads what a record type or a definition declares, and refuses what an index cannot hold.</summary>
internal sealed class RecordModelBuilder()
    : CollectionModelBuilder(new CollectionModelBuildingOptions { RequiresAtLeastOneVector = true, SupportsMultipleVectors = false })
{
    /// <summary>What an index's searches shall read. Hnsw is taken, so that one record class serves a database as well: an exact search keeps every promise of an approximate one.</summary>
    /// <exception cref="NotSupportedException">The property asks for another index.</exception>
    public static IndexPrecision Precision(VectorPropertyModel property) => property.IndexKind switch
    {
        null or IndexKind.Flat or IndexKind.Dynamic or IndexKind.Hnsw => IndexPrecision.Float32,
        IndexKind.QuantizedFlat => IndexPrecision.Int8,
        var other => throw new NotSupportedException(
            $"Property '{property.ModelName}' asks for an index of kind {other}; searches here are exact, supported are Flat (the default), QuantizedFlat, Dynamic and Hnsw."),
    };

    protected override void ValidateProperty(PropertyModel propertyModel, VectorStoreCollectionDefinition? definition)
    {
        base.ValidateProperty(propertyModel, definition);
        if (propertyModel.PropertyInfo is { CanWrite: false })
        {
            throw new NotSupportedException($"Property '{propertyModel.ModelName}' has no setter, so that it could not be read back; give it one.");
        }

        if (propertyModel is VectorPropertyModel vector)
        {
            ScoreFunction.Of(vector);
            Precision(vector);
        }
    }

    protected override void ValidateKeyProperty(KeyPropertyModel keyProperty)
    {
        base.ValidateKeyProperty(keyProperty);
        if (!RecordKey.IsSupported(keyProperty.Type))
        {
            throw new NotSupportedException(
                $"Key property '{keyProperty.ModelName}' has unsupported type '{keyProperty.Type.Name}'. Key properties must be one of the supported types: {RecordKey.SupportedTypes}.");
        }
    }

    protected override bool IsDataPropertyTypeValid(Type type, [NotNullWhen(false)] out string? supportedTypes)
    {
        supportedTypes = RecordText.SupportedTypes;
        return RecordText.IsSupported(type);
    }

    protected override bool IsVectorPropertyTypeValid(Type type, [NotNullWhen(false)] out string? supportedTypes)
    {
        supportedTypes = VectorValue.SupportedTypes;
        return VectorValue.IsSupported(type);
    }
}
