using MiCse.Inference;
using Parquet;
using Parquet.Schema;

namespace MiCse.Data;

/// <summary>Columns text, embedding, tokens and truncated; texts are gathered into row groups of a few megabytes.</summary>
internal sealed class ParquetEmbeddings : IEmbeddingFormat
{
    private const int ValuesPerRowGroup = 1 << 22;

    private readonly ParquetSchema _schema = new(
        new DataField<string>("text", nullable: false),
        new ListField("embedding", new DataField<float>("element", nullable: false)),
        new DataField<int>("tokens", nullable: false),
        new DataField<bool>("truncated", nullable: false));

    private readonly int _dimensions;
    private readonly ParquetWriter _writer;
    private readonly List<string> _texts = [];
    private readonly List<float> _values = [];
    private readonly List<int> _tokens = [];
    private readonly List<bool> _truncated = [];
    private bool _disposed;

    public ParquetEmbeddings(Stream stream, int dimensions)
    {
        _dimensions = dimensions;
        _writer = Task.Run(() => ParquetWriter.CreateAsync(_schema, stream)).GetAwaiter().GetResult();
    }

    public void Write(IReadOnlyList<string> texts, EncodedTexts encoded)
    {
        for (var row = 0; row < texts.Count; row++)
        {
            _texts.Add(texts[row]);
            _values.AddRange(encoded.Embeddings[row]);
            _tokens.Add(encoded.TokenCounts[row]);
            _truncated.Add(encoded.Truncated[row]);
            if (_values.Count >= ValuesPerRowGroup)
            {
                WriteRowGroup();
            }
        }
    }

    public void Finish(long count)
    {
        if (_texts.Count > 0)
        {
            WriteRowGroup();
        }

        Dispose();
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Task.Run(async () => await _writer.DisposeAsync().ConfigureAwait(false)).GetAwaiter().GetResult();
        }
    }

    private void WriteRowGroup()
    {
        Task.Run(WriteRowGroupAsync).GetAwaiter().GetResult();
        _texts.Clear();
        _values.Clear();
        _tokens.Clear();
        _truncated.Clear();
    }

    private async Task WriteRowGroupAsync()
    {
        var fields = _schema.DataFields;
        // Dremel levels of a list that is never absent or empty: every value is there, and only a row's first value starts a new list.
        var repetition = new int[_values.Count];
        Array.Fill(repetition, fields[1].MaxRepetitionLevel);
        for (var first = 0; first < repetition.Length; first += _dimensions)
        {
            repetition[first] = 0;
        }

        var definition = new int[_values.Count];
        Array.Fill(definition, fields[1].MaxDefinitionLevel);

        using var group = _writer.CreateRowGroup();
        await group.WriteAsync(fields[0], _texts).ConfigureAwait(false);
        await group.WriteAllPartsAsync<float>(fields[1], _values.ToArray(), definition, repetition, CancellationToken.None).ConfigureAwait(false);
        await group.WriteAsync<int>(fields[2], _tokens.ToArray()).ConfigureAwait(false);
        await group.WriteAsync<bool>(fields[3], _truncated.ToArray()).ConfigureAwait(false);
        group.CompleteValidate();
    }
}
