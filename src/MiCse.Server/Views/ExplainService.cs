using MiCse.Explanation;
using MiCse.Inference;
using MiCse.Inference.Layers;
using MiCse.Server.Pipeline;
using MiCse.Server.Requests;
using MiCse.Server.Responses;
using MiCse.Views.Explanation;
using Microsoft.AspNetCore.Http;

namespace MiCse.Server.Views;

/// <summary>Two texts → why they are similar: words, tokens, and how much the attention heads have in common at both.</summary>
internal sealed class ExplainService(EncodeService service)
{
    /// <summary>Each word is left out once, so that a long text is many.</summary>
    private const int MostCharacters = 1_000;

    /// <summary>Answers a request.</summary>
    /// <exception cref="RefusalException">It is refused.</exception>
    public async Task AnswerAsync(HttpContext context, ExplainRequest request)
    {
        foreach (var (text, field) in new[] { (request.First, "first"), (request.Second, "second") })
        {
            if (text.Length > MostCharacters)
            {
                throw new RefusalException(
                    RefusalKind.TooLarge, $"{field} has {text.Length} characters; texts of at most {MostCharacters} are explained, since each word is left out once.", field);
            }
        }

        using var deadline = service.Deadline(context);
        using var lease = await service.UseAsync(request.Model, new TextInput([request.First, request.Second], null), deadline.Token).ConfigureAwait(false);
        var variants = 2 + LeaveOneOut.Words(request.First).Count + LeaveOneOut.Words(request.Second).Count;
        var tokens = (long)variants * (request.First.Length + request.Second.Length) / 6;
        using var ticket = lease.Model.Admission.Enter(Lane.Bulk, variants, tokens, deadline.Allowed);
        var explained = await Task.Run(() => Explain(request, lease.Model.Name, lease.Encoder, deadline.Token), deadline.Token).ConfigureAwait(false);
        var json = new JsonAnswer(context);
        ExplanationJson.Of(explained).WriteTo(json.Writer);
        await json.EndAsync().ConfigureAwait(false);
    }

    private static ExplainedPair Explain(ExplainRequest request, string model, SentenceEncoder encoder, CancellationToken stop)
    {
        var pair = PairExplanation.Of(encoder, request.First, request.Second, null, stop);
        var (first, second) = (new AttentionMaps(), new AttentionMaps());
        encoder.EncodeTokensWithMaps(request.First, first, stop);
        encoder.EncodeTokensWithMaps(request.Second, second, stop);
        var heads = first.Layers == 0 || pair.First.Tokens.Count == 0 ? null : AttentionAgreement.ByHead(first, second);
        return new ExplainedPair(model, encoder.Pooling.Name, pair)
        {
            Config = encoder.Folder.Config,
            Attention = first.Layers == 0 ? null : new PairAttention(null, null, heads is null ? null : new HeadInformation(heads, null, null, 1)),
            WithoutAttention = first.Layers == 0 && encoder.Folder.Config.Layers > 0 ? "ONNX Runtime runs this model's graph as it is and does not show its attention." : null,
        };
    }
}
