using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace MiCse.Server.Responses;

/// <summary>Writes an answer as JSON: a short one at once with its length, a long one as it is made. Nothing is sent of one that fails before it is long.</summary>
internal sealed class JsonAnswer(HttpContext context)
{
    private const int LongBytes = 1 << 15;

    // Answers are never part of a page.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private Utf8JsonWriter? _writer;
    private bool _isSent;

    public Utf8JsonWriter Writer => _writer ??= new Utf8JsonWriter(_buffer, s_options);

    /// <summary>Writes a small answer.</summary>
    public static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        var answer = new JsonAnswer(context);
        JsonSerializer.Serialize(answer.Writer, value, type);
        return answer.EndAsync();
    }

    /// <summary>Sends what has been written, if it is much.</summary>
    public ValueTask PauseAsync() => Writer.BytesPending + _buffer.WrittenCount >= LongBytes ? SendAsync() : ValueTask.CompletedTask;

    /// <summary>Sends the rest.</summary>
    public async Task EndAsync()
    {
        if (!_isSent)
        {
            await Writer.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            context.Response.ContentLength = _buffer.WrittenCount;
        }

        await SendAsync().ConfigureAwait(false);
        await Writer.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask SendAsync()
    {
        if (!_isSent)
        {
            context.Response.ContentType ??= "application/json";
            context.Response.Headers.XContentTypeOptions = "nosniff";
        }

        _isSent = true;
        await Writer.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        await context.Response.Body.WriteAsync(_buffer.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
        _buffer.ResetWrittenCount();
    }
}
