using System.Globalization;
using MiCse.Inference;
using MiCse.ModelFolders;
using MiCse.Server.Configuration;
using MiCse.Server.Models;
using MiCse.Server.Requests;
using MiCse.Server.Responses;
using MiCse.Server.Telemetry;
using MiCse.Vectors;
using Microsoft.AspNetCore.Http;

namespace MiCse.Server.Pipeline;

/// <summary>Requests of all dialects → embeddings: finds the model, checks what is asked, waits for its turn, and measures.</summary>
internal sealed class EncodeService(MiCseServerOptions options, ModelHost models, ServerMetrics metrics)
{
    /// <summary>Requests of no more texts and characters than this wait with those of one text.</summary>
    private const int InteractiveTexts = 8;
    private const int InteractiveCharacters = 2_000;

    // A token of English has about four characters, one of other languages fewer.
    private const int CharactersPerToken = 3;
    private const string TimeoutHeader = "x-request-timeout";

    /// <summary>Encodes, and puts what it took into the headers of the answer.</summary>
    /// <exception cref="RefusalException">The request is refused.</exception>
    public async Task<EncodeAnswer> EncodeAsync(HttpContext context, EncodeRequest request)
    {
        using var measured = metrics.Start(request, context);
        return await measured.RunAsync(async () =>
        {
            using var deadline = Deadline(context);
            using var lease = await UseAsync(request.Model, request.Input, deadline.Token).ConfigureAwait(false);
            var answer = await EncodeAsync(request, lease, deadline).ConfigureAwait(false);
            measured.Succeed(answer);

            // An answer that tells how far it is sends its headers when it begins.
            if (request.Progress is null)
            {
                ResponseHeaders.Set(context.Response, answer, measured.Elapsed);
            }

            return answer;
        }).ConfigureAwait(false);
    }

    /// <summary>The hidden states of the tokens of texts, one text after the other. All texts are tokenized, and refused if they are, before the first is encoded.</summary>
    /// <exception cref="RefusalException">The request is refused.</exception>
    public async IAsyncEnumerable<EncodedTokens> EncodeTokensAsync(HttpContext context, EncodeRequest request)
    {
        using var measured = metrics.Start(request, context);
        using var deadline = Deadline(context);
        using var lease = await measured.RunAsync(() => UseAsync(request.Model, request.Input, deadline.Token)).ConfigureAwait(false);
        var texts = await measured.RunAsync(() => Task.Run(() => Tokenize(request, lease.Encoder, deadline.Token), deadline.Token)).ConfigureAwait(false);
        ResponseHeaders.Set(context.Response, texts, request.Input.Characters, lease.Encoder.Fingerprint);
        using var ticket = await measured.RunAsync(() => Task.FromResult(
            lease.Model.Admission.Enter(Lane.Bulk, texts.Ids.Length, texts.Tokens, deadline.Allowed))).ConfigureAwait(false);
        long computed = 0;
        for (var index = 0; index < texts.Ids.Length; index++)
        {
            var call = new EncodingCall([texts.Ids[index]], lease.Encoder.Dimensions, null, deadline.Token) { WantsTokens = true, Lane = Lane.Bulk, Model = lease.Encoder.WeightsPath };
            await measured.RunAsync(async () =>
            {
                await lease.Encoder.RunAsync(call).ConfigureAwait(false);
                return call;
            }).ConfigureAwait(false);
            computed += texts.Ids[index].Length;
            ticket.Report(new EncodeProgress(index + 1, null, computed, computed));
            yield return call.Tokens!;
        }

        measured.Succeed(null);
    }

    /// <summary>A model, loaded; and the checks that need none.</summary>
    public async Task<ModelLease> UseAsync(string? model, TextInput input, CancellationToken cancellationToken)
    {
        var hosted = models.Find(model);
        if (input.Count > options.Limits.Texts)
        {
            throw new RefusalException(RefusalKind.TooLarge, $"The request has {input.Count} texts; at most {options.Limits.Texts} are taken at a time.");
        }

        return await models.UseAsync(hosted, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The text of a prompt.</summary>
    /// <exception cref="RefusalException">The model has none of this name.</exception>
    public static string? Prompt(string? name, Prompts prompts) => name is null ? null
        : prompts.ByName.TryGetValue(name, out var prompt) ? prompt
        : throw new RefusalException(
            RefusalKind.Invalid,
            prompts.ByName.Count == 0 ? "The model has no prompts." : $"The model has no such prompt; it has {string.Join(", ", prompts.ByName.Keys)}.",
            "prompt_name");

    /// <summary>Ends with the caller's patience.</summary>
    public RequestDeadline Deadline(HttpContext context)
    {
        var allowed = options.Limits.RequestTime;
        if (context.Request.Headers[TimeoutHeader].ToString() is { Length: > 0 } header)
        {
            var asked = double.TryParse(header, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
                ? TimeSpan.FromSeconds(Math.Min(seconds, allowed.TotalSeconds))
                : throw new RefusalException(RefusalKind.Malformed, $"{TimeoutHeader} is not a number of seconds.", TimeoutHeader);
            allowed = asked;
        }

        return new RequestDeadline(allowed, options.Time, context);
    }

    private async Task<EncodeAnswer> EncodeAsync(EncodeRequest request, ModelLease lease, RequestDeadline deadline)
    {
        var encoder = lease.Encoder;
        var (input, settings) = (request.Input, Settings(request, encoder));
        var characters = input.Characters;
        var lane = input.Count == 1 || (input.Count <= InteractiveTexts && characters <= InteractiveCharacters) ? Lane.Interactive : Lane.Bulk;
        var tokens = Estimate(input, encoder);
        Require(tokens, request);
        using var ticket = lease.Model.Admission.Enter(lane, input.Count, tokens, deadline.Allowed);
        var (tally, times) = (new EncodeTally(request.Progress is { } watching ? new BothProgress(ticket, watching) : ticket, input.Count), new CallTimes(options.Time));
        var call = input.Ids is { } ids
            ? new EncodingCall(ids, encoder.Dimensions, tally, deadline.Token) { Lane = lane, Model = encoder.WeightsPath, Times = times }
            : new EncodingCall(input.Texts, encoder.Dimensions, tally, deadline.Token)
            {
                Lane = lane, Model = encoder.WeightsPath, Times = times, Tokenize = settings.Tokenize, RefusesTruncation = settings.RefusesTruncation,
            };
        await RunAsync(encoder, call, request).ConfigureAwait(false);
        var texts = call.Texts with { Embeddings = Shorten(call.Texts.Embeddings, request, encoder) };
        return new EncodeAnswer(texts, times, lease.Model.Name, encoder.ModelId, encoder.Fingerprint) { Characters = characters, EmptyTexts = settings.EmptyTexts };
    }

    private static async Task RunAsync(SentenceEncoder encoder, EncodingCall call, EncodeRequest request)
    {
        try
        {
            await encoder.RunAsync(call).ConfigureAwait(false);
        }
        catch (TextTooLongException failure)
        {
            throw TooLong(failure.Row, request, encoder);
        }
    }

    private TokenizedRequest Tokenize(EncodeRequest request, SentenceEncoder encoder, CancellationToken stop)
    {
        var settings = Settings(request, encoder);
        Require(Estimate(request.Input, encoder), request);
        var ids = new int[request.Input.Count][];
        var (cut, tokens) = (new List<int>(), 0L);
        for (var index = 0; index < ids.Length; index++)
        {
            stop.ThrowIfCancellationRequested();
            if (request.Input.Ids is { } given)
            {
                ids[index] = given[index];
            }
            else
            {
                var tokenized = settings.Tokenize(request.Input.Texts[index]);
                if (tokenized.Truncated)
                {
                    cut.Add(settings.RefusesTruncation ? throw TooLong(index, request, encoder) : index);
                }

                ids[index] = tokenized.Ids;
            }

            tokens += ids[index].Length;
        }

        return new TokenizedRequest(ids, tokens, [.. cut], settings.EmptyTexts);
    }

    private void Require(long tokens, EncodeRequest request)
    {
        if (tokens > options.Limits.Tokens)
        {
            throw new RefusalException(RefusalKind.TooLarge, $"The request has about {tokens} tokens; at most {options.Limits.Tokens} are taken at a time.", request.Field);
        }
    }

    private static RefusalException TooLong(int row, EncodeRequest request, SentenceEncoder encoder) => new(
        RefusalKind.TooLong,
        $"Text {row} (counted from 0) has more than the {encoder.MaxTokens} tokens that the model takes, and the request does not want texts to be cut.",
        request.Field);

    private (Func<string, Tokenization.TokenizedText> Tokenize, bool RefusesTruncation, int[] EmptyTexts) Settings(EncodeRequest request, SentenceEncoder encoder)
    {
        if (request.Input.Ids is { } ids)
        {
            CheckIds(ids, request.Field, encoder);
        }

        if (request.Dimensions is { } dimensions && (dimensions < 1 || dimensions > encoder.Dimensions))
        {
            throw new RefusalException(RefusalKind.Invalid, $"dimensions is {dimensions}; the model's embeddings have {encoder.Dimensions}.", "dimensions");
        }

        if (request.Input.Texts.Any(text => text is null))
        {
            throw new RefusalException(RefusalKind.Malformed, "One of the texts is null.", request.Field);
        }

        int[] empty = [.. Enumerable.Range(0, request.Input.Texts.Count).Where(index => request.Input.Texts[index].Length == 0)];
        if (empty.Length > 0 && options.EmptyTexts == EmptyTextPolicy.Refuse)
        {
            throw new RefusalException(RefusalKind.Invalid, $"Text {empty[0]} (counted from 0) is empty; this server takes no empty texts.", request.Field);
        }

        var prompts = encoder.Folder.Prompts;
        var prompt = Prompt(request.PromptName ?? request.PromptNames.FirstOrDefault(prompts.ByName.ContainsKey), prompts);
        return (encoder.TokenizingWith(prompt, request.KeepsEnd), !(request.Truncate ?? options.Truncate), empty);
    }

    private void CheckIds(IReadOnlyList<int[]> ids, string field, SentenceEncoder encoder)
    {
        if (!options.AcceptIds)
        {
            throw new RefusalException(RefusalKind.Invalid, "This server takes texts, not token ids.", field);
        }

        for (var index = 0; index < ids.Count; index++)
        {
            if (Array.Find(ids[index], id => id < 0 || id >= encoder.Tokenizer.VocabularySize) is var id && (id < 0 || id >= encoder.Tokenizer.VocabularySize))
            {
                throw new RefusalException(
                    RefusalKind.Malformed,
                    $"Text {index} (counted from 0) has the token id {id}, but the model's vocabulary ends at {encoder.Tokenizer.VocabularySize - 1}: these are ids of another model's tokenizer, "
                    + "as some clients of OpenAI send them (LangChain's OpenAIEmbeddings does unless check_embedding_ctx_length=False). Send texts.",
                    field);
            }

            if (ids[index].Length == 0 || ids[index].Length > encoder.MaxTokens)
            {
                throw new RefusalException(
                    ids[index].Length == 0 ? RefusalKind.Empty : RefusalKind.TooLong,
                    $"Text {index} (counted from 0) has {ids[index].Length} token ids; the model takes 1 to {encoder.MaxTokens}.",
                    field);
            }
        }
    }

    private static long Estimate(TextInput input, SentenceEncoder encoder) => input.Ids is { } ids
        ? ids.Sum(list => (long)list.Length)
        : input.Texts.Sum(text => (long)Math.Min(encoder.MaxTokens, 2 + (text.Length / CharactersPerToken)));

    private static EmbeddingMatrix Shorten(EmbeddingMatrix embeddings, EncodeRequest request, SentenceEncoder encoder)
    {
        var dimensions = request.Dimensions ?? encoder.Dimensions;
        return dimensions == encoder.Dimensions && !request.Normalize ? embeddings : UnitVectors.Of(embeddings, dimensions, request.Normalize || dimensions < encoder.Dimensions);
    }

    private sealed class BothProgress(IProgress<EncodeProgress> first, IProgress<EncodeProgress> second) : IProgress<EncodeProgress>
    {
        public void Report(EncodeProgress value)
        {
            first.Report(value);
            second.Report(value);
        }
    }
}
