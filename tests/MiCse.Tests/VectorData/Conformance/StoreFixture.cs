using MiCse.Tests.Data;
using MiCse.VectorData;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace MiCse.Tests.VectorData.Conformance;

/// <summary>
/// A store in a folder of its own. The tests beside it ask what Microsoft.Extensions.VectorData's conformance tests ask of every provider, a class for each of their kinds;
/// docs/vector-data.md lists the kinds.
/// </summary>
public abstract class StoreFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private MiCseVectorStore? _store;

    internal MiCseVectorStore Store => _store ??= StoreWith(null);

    protected string Folder => _folder.File("store");

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store?.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    internal MiCseVectorStore StoreWith(IEmbeddingGenerator? generator) => new(Folder, generator);

    internal static VectorStoreCollectionDefinition Definition(params VectorStoreProperty[] properties) => new() { Properties = properties };

    internal static VectorStoreVectorProperty Vector(int dimensions = 3, string? function = null, string? kind = null) =>
        new("Vector", typeof(ReadOnlyMemory<float>), dimensions) { DistanceFunction = function, IndexKind = kind };
}
