using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using MiCse.Files;
using MiCse.Server.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace MiCse.Server.Requests;

/// <summary>Reads the JSON of requests within the limits: size, time, nesting, UTF-8.</summary>
/// <param name="options">The limits.</param>
internal sealed class RequestBody(MiCseServerOptions options)
{
    private static readonly string[] s_mediaTypes = ["application/json", "text/json", "text/plain", "application/x-www-form-urlencoded"];
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private readonly ServerLimits _limits = options.Limits;
    private long _bytes;

    /// <summary>Bytes of all bodies that are held now.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Reads a request.</summary>
    /// <exception cref="RefusalException">It is too large, too slow, or not what is expected.</exception>
    public async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        CheckMediaType(context.Request);
        if (context.Request.ContentLength > _limits.BodyBytes)
        {
            throw TooLarge();
        }

        var body = await ReadBytesAsync(context).ConfigureAwait(false);
        return Parse(body, type);
    }

    /// <summary>The value that a body spells.</summary>
    internal T Parse<T>(ReadOnlyMemory<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        if (body.Span.StartsWith(ByteOrderMark))
        {
            body = body[ByteOrderMark.Length..];
        }

        if (body.IsEmpty)
        {
            throw new RefusalException(RefusalKind.Malformed, "The body is empty; expected is a JSON object.");
        }

        CheckUtf8(body.Span);
        try
        {
            var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = _limits.JsonDepth });
            var value = JsonSerializer.Deserialize(ref reader, type);
            return body.Span[(int)reader.BytesConsumed..].IndexOfAnyExcept(" \t\r\n"u8) >= 0 ? throw new JsonException("something follows the JSON document")
                : value ?? throw new RefusalException(RefusalKind.Malformed, "The body is null; expected is a JSON object.");
        }
        catch (Exception failure) when (IsBrokenSurrogate(failure))
        {
            throw new RefusalException(RefusalKind.Malformed, "The body has a text that is not Unicode: half of a surrogate pair is escaped in it.");
        }
        catch (JsonException failure)
        {
            throw Malformed(failure);
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadBytesAsync(HttpContext context)
    {
        var held = new HeldBytes(this, context);
        using var timeout = new CancellationTokenSource(_limits.BodyTime, options.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        var buffer = new ArrayBufferWriter<byte>((int)Math.Clamp(context.Request.ContentLength ?? 0, 1 << 10, 1 << 20));
        try
        {
            while (true)
            {
                var count = await context.Request.Body.ReadAsync(buffer.GetMemory(1 << 12), stop.Token).ConfigureAwait(false);
                if (count == 0)
                {
                    return buffer.WrittenMemory;
                }

                buffer.Advance(count);
                if (buffer.WrittenCount > _limits.BodyBytes)
                {
                    throw TooLarge();
                }

                held.Grow(buffer.Capacity);
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            throw new RefusalException(RefusalKind.Slow, $"The body did not come within {_limits.BodyTime.TotalSeconds:0.###} seconds.");
        }
    }

    // Besides JSON what curl says when it is told nothing; a page of another site is refused by its Origin.
    private static void CheckMediaType(HttpRequest request)
    {
        if (!string.IsNullOrEmpty(request.ContentType)
            && !(MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
                && (s_mediaTypes.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
                && (!type.Charset.HasValue || type.Charset.Value!.Trim('"').Replace("-", "", StringComparison.Ordinal).Equals("utf8", StringComparison.OrdinalIgnoreCase))))
        {
            throw new RefusalException(RefusalKind.MediaType, "The body must be JSON in UTF-8: Content-Type application/json.");
        }

        if (request.Headers.ContentEncoding.Count > 0 && request.Headers.ContentEncoding != "identity")
        {
            throw new RefusalException(RefusalKind.MediaType, "The body must not be compressed.");
        }
    }

    private static void CheckUtf8(ReadOnlySpan<byte> body)
    {
        if (Utf8.IsValid(body))
        {
            return;
        }

        var at = 0;
        while (Rune.DecodeFromUtf8(body[at..], out _, out var length) == OperationStatus.Done)
        {
            at += length;
        }

        throw new RefusalException(RefusalKind.Malformed, $"The body is not UTF-8: byte 0x{body[at]:X2} after {at} bytes.");
    }

    private static bool IsBrokenSurrogate(Exception failure) => failure is InvalidOperationException or FormatException or NotSupportedException
        || (failure is JsonException { InnerException: InvalidOperationException inner } && inner.Message.Contains("UTF-16", StringComparison.Ordinal));

    private RefusalException TooLarge() => new(RefusalKind.TooLarge, $"The body has more than the {_limits.BodyBytes} bytes that a request may have; send the texts in several requests.");

    // What the framework says may quote the body.
    private static RefusalException Malformed(JsonException failure)
    {
        // The framework says it in this sentence alone: …missing required properties including: 'first', 'second'.
        if (failure.Message.Split("missing required properties including: ") is [_, var missing]
            && missing.Split('\'').Where((_, index) => index % 2 == 1).ToArray() is [var first, ..] names)
        {
            return new RefusalException(RefusalKind.Malformed, $"The body has no {string.Join(" and no ", names)}.", first);
        }

        var own = failure.Message.StartsWith("expected is", StringComparison.Ordinal) || failure.Message.StartsWith("a token id", StringComparison.Ordinal)
            || failure.Message.StartsWith("something follows", StringComparison.Ordinal) ? failure.Message.Split(" Path:")[0]
            : failure.InnerException is JsonException || failure.Message.StartsWith("The input does not", StringComparison.Ordinal) ? $"the JSON is broken, {JsonFailure.Reason(failure)}"
            : "a value is not of the kind that this route takes";
        var where = failure.LineNumber is { } line ? $" at line {line + 1}, byte {failure.BytePositionInLine + 1}" : "";
        var path = failure.Path is { Length: > 1 and < 60 } at ? at[1..].TrimStart('.') : null;
        return new RefusalException(RefusalKind.Malformed, $"The body cannot be read{where}{(path is null ? "" : $" ({path})")}: {own.TrimEnd('.')}.", path);
    }

    /// <summary>Memory that a request's body takes until the request ends.</summary>
    private sealed class HeldBytes
    {
        private readonly RequestBody _owner;
        private long _held;

        public HeldBytes(RequestBody owner, HttpContext context)
        {
            _owner = owner;
            context.Response.OnCompleted(() =>
            {
                Interlocked.Add(ref _owner._bytes, -_held);
                return Task.CompletedTask;
            });
        }

        public void Grow(long bytes)
        {
            var added = bytes - _held;
            _held = bytes;
            if (Interlocked.Add(ref _owner._bytes, added) > _owner._limits.AllBodyBytes)
            {
                throw new RefusalException(new Refusal(RefusalKind.Overloaded, "Too many large requests are being answered.") { RetryAfter = TimeSpan.FromSeconds(1) });
            }
        }
    }
}
