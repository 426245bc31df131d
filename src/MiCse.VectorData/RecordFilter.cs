using System.Linq.Expressions;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;
using MiCse.Numerics;
using MiCse.Search;
using MiCse.Search.Scan;

namespace MiCse.VectorData;

/// <summary>A filter expression as a function of a record's key and data.</summary>
internal sealed class RecordFilter<TRecord> : ExpressionVisitor
    where TRecord : class
{
    private const int RowsAtOnce = 1024;

    private readonly CollectionModel _model;
    private readonly ParameterExpression _record;
    private readonly Func<TRecord, bool> _compiled;

    /// <exception cref="NotSupportedException">The expression reads the vector.</exception>
    /// <exception cref="InvalidOperationException">It reads what is not declared.</exception>
    public RecordFilter(Expression<Func<TRecord, bool>> filter, CollectionModel model)
    {
        _model = model;
        _record = filter.Parameters[0];
        Visit(filter.Body);
        _compiled = filter.Compile();
    }

    /// <summary>Whether a record passes.</summary>
    /// <exception cref="VectorStoreException">The expression fails on it.</exception>
    public bool Passes(TRecord record)
    {
        try
        {
            return _compiled(record);
        }
        catch (Exception failure)
        {
            throw new VectorStoreException(
                $"The filter fails on the record '{_model.KeyProperty.GetValueAsObject(record)}': {failure.Message} (Properties can be null.)", failure);
        }
    }

    /// <summary>The rows of each segment that do not pass, the removed ones among them.</summary>
    public IReadOnlyList<RowSet> Failing(VectorIndex index, RecordMapper<TRecord> records, CancellationToken cancellation)
    {
        var failing = index.Segments.Select(segment => segment.Removed.Copy()).ToList();
        var blocks = index.Segments.SelectMany((segment, at) => Enumerable.Range(0, (segment.Rows + RowsAtOnce - 1) / RowsAtOnce).Select(block => (at, block * RowsAtOnce))).ToList();
        var adding = new Lock();
        ParallelLoop.For(0, blocks.Count, new ParallelOptions { CancellationToken = cancellation }, block =>
        {
            var (at, first) = blocks[block];
            var segment = index.Segments[at];
            var rows = Enumerable.Range(first, Math.Min(RowsAtOnce, segment.Rows - first))
                .Where(row => !segment.Removed.Contains(row) && !Passes(records.Record(segment, row, includeVector: false))).ToList();
            lock (adding)
            {
                rows.ForEach(failing[at].Add);
            }
        });
        return failing;
    }

    protected override Expression VisitMember(MemberExpression node)
    {
        if (IsRecord(node.Expression))
        {
            Require(node.Member.Name);
        }

        return base.VisitMember(node);
    }

    protected override Expression VisitMethodCall(MethodCallExpression node)
    {
        if (IsRecord(node.Object) && node is { Method.Name: "get_Item", Arguments: [ConstantExpression { Value: string name }] })
        {
            Require(name);
        }

        return base.VisitMethodCall(node);
    }

    private bool IsRecord(Expression? expression) =>
        expression == _record || (expression is UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.TypeAs } cast && IsRecord(cast.Operand));

    private void Require(string name)
    {
        // Members of the dictionary itself, such as its Count, are none of ours.
        if (typeof(TRecord) == typeof(Dictionary<string, object?>) && typeof(TRecord).GetProperty(name) is not null)
        {
            return;
        }

        var readable = _model.PropertyMap.Where(pair => pair.Value is not VectorPropertyModel).Select(pair => pair.Key);
        if (!_model.PropertyMap.TryGetValue(name, out var property))
        {
            throw new InvalidOperationException($"The filter reads '{name}', which is not stored: no property of that name is declared; filters read {string.Join(", ", readable)}.");
        }

        if (property is VectorPropertyModel)
        {
            throw new NotSupportedException($"The filter reads '{name}', which is the vector; filters read {string.Join(", ", readable)}.");
        }
    }
}
