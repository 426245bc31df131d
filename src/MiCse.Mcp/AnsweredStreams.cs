using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace MiCse.Mcp;

/// <summary>
/// Input and output of a server whose input seems to end only when all requests in it are answered: the server gives up what it is answering when its input ends, and
/// programs that pipe requests in end it right after them.
/// </summary>
/// <param name="input">Lines of JSON-RPC.</param>
/// <param name="output">Where the answers go.</param>
/// <param name="stop">Ends the input at once.</param>
internal sealed class AnsweredStreams(Stream input, Stream output, CancellationToken stop)
{
    private readonly Lock _lock = new();
    private readonly HashSet<RequestId> _open = [];
    private TaskCompletionSource? _lastAnswer;

    /// <summary>What the server reads.</summary>
    public Stream Input => new Requests(this, input);

    /// <summary>What the server writes to.</summary>
    public Stream Output => new Answers(this, output);

    private Task AllAnswered()
    {
        lock (_lock)
        {
            return _open.Count == 0 ? Task.CompletedTask : (_lastAnswer ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(stop);
        }
    }

    private void Note(ReadOnlySpan<byte> line)
    {
        JsonRpcMessage? message;
        RequestId? cancelled = null;
        try
        {
            message = JsonSerializer.Deserialize<JsonRpcMessage>(line, McpJsonUtilities.DefaultOptions);
            if (message is JsonRpcNotification { Method: NotificationMethods.CancelledNotification } notification)
            {
                cancelled = notification.Params?.Deserialize<CancelledNotificationParams>(McpJsonUtilities.DefaultOptions)?.RequestId;
            }
        }
        catch (JsonException)
        {
            return; // refused by the server
        }

        lock (_lock)
        {
            switch (message)
            {
                case JsonRpcRequest request:
                    _open.Add(request.Id);
                    break;
                case JsonRpcNotification when cancelled is { } id:
                    _open.Remove(id);
                    break;
                case JsonRpcMessageWithId answer:
                    _open.Remove(answer.Id);
                    break;
            }

            if (_open.Count == 0)
            {
                _lastAnswer?.TrySetResult();
            }
        }
    }

    private sealed class Requests(AnsweredStreams both, Stream input) : OneWayStream
    {
        private readonly LineBuffer _lines = new();
        private bool _ended;

        public override bool CanRead => true;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = _ended ? 0 : await input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (count == 0 && !_ended && !_lines.IsEmpty)
            {
                buffer.Span[0] = (byte)'\n'; // the last line has none
                count = 1;
            }

            _ended |= count == 0;
            if (_ended)
            {
                await both.AllAnswered().ConfigureAwait(false);
            }

            _lines.Add(buffer.Span[..count], both.Note);
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();
    }

    private sealed class Answers(AnsweredStreams both, Stream output) : OneWayStream
    {
        private readonly LineBuffer _lines = new();

        public override bool CanWrite => true;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await output.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            await output.FlushAsync(cancellationToken).ConfigureAwait(false);
            _lines.Add(buffer.Span, both.Note);
        }

        public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Cuts bytes into lines.</summary>
    private sealed class LineBuffer
    {
        private readonly List<byte> _rest = [];

        public delegate void Line(ReadOnlySpan<byte> line);

        /// <summary>Whether no line has been begun.</summary>
        public bool IsEmpty => _rest.Count == 0;

        public void Add(ReadOnlySpan<byte> bytes, Line take)
        {
            for (int end; (end = bytes.IndexOf((byte)'\n')) >= 0; bytes = bytes[(end + 1)..])
            {
                _rest.AddRange(bytes[..end]);
                take(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_rest));
                _rest.Clear();
            }

            _rest.AddRange(bytes);
        }
    }

    private abstract class OneWayStream : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
