using System.Text;
using MiCse.ModelFolders;
using MiCse.Models;

namespace MiCse.Export;

/// <summary>The part of a model card that says how to run an ONNX export, and what int8 costs.</summary>
internal static class OnnxCard
{
    public static string Section(ModelFolder model, IReadOnlyList<EncoderPrecision> precisions, QuantizationReceipt? receipt)
    {
        var text = new StringBuilder();
        var files = precisions.Select(precision => precision == EncoderPrecision.Int8
            ? $"`{WeightsFile.QuantizedOnnx}` (int8)" : $"`{WeightsFile.Onnx}` (float32)");
        text.Append($"""
            ## ONNX

            {string.Join(" and ", files)}, for ONNX Runtime (they use its own `com.microsoft` operators). Inputs are `input_ids`, `attention_mask`
            {(model.Config.Plan.TokenTypes == TokenTypes.Given ? "and `token_type_ids`" : "alone")}; outputs are `last_hidden_state` and `sentence_embedding`, which is pooled as the model was trained:
            {Chain(model.Chain)}.

            {Examples(model, precisions)}
            """.ReplaceLineEndings("\n"));
        if (receipt is not null)
        {
            text.Append("\n\n### int8 against float32\n\n| | |\n|---|---|\n");
            foreach (var row in receipt.ToRows())
            {
                text.Append($"| {row[0]} | {row[1]} |\n");
            }

            text.Append("\nTokens are rounded with a scale of their own, so an embedding does not depend on what else is in its batch.\n");
        }

        return text.ToString().TrimEnd() + "\n";
    }

    private static string Chain(EmbeddingChain chain)
    {
        var poolings = string.Join(" beside ", chain.Poolings.Select(Pooling));
        var modules = string.Concat(chain.Modules.Select(module => module is NormalizeModule ? ", scaled to length 1" : $", then {module}"));
        return poolings + modules + (chain.IncludePrompt ? "" : "; a prompt counts here, which sentence-transformers leaves out of the pooling");
    }

    private static string Pooling(Pooling pooling) => pooling switch
    {
        Models.Pooling.ClsBeforePooler => "the last hidden state of [CLS]",
        Models.Pooling.Cls => "the head or pooler on the last hidden state of [CLS]",
        Models.Pooling.Mean => "the mean of the last hidden states",
        Models.Pooling.MeanOfLastTwo => "the mean of the last two layers",
        Models.Pooling.MeanOfFirstAndLast => "the mean of embedding output and last layer",
        Models.Pooling.Max => "the maximum of the last hidden states",
        Models.Pooling.MeanSqrtLength => "the sum of the last hidden states divided by the root of their number",
        Models.Pooling.WeightedMean => "the mean of the last hidden states weighted by their places",
        _ => "the last hidden state of the last token",
    };

    private static string Examples(ModelFolder model, IReadOnlyList<EncoderPrecision> precisions)
    {
        var int8Only = precisions is [EncoderPrecision.Int8];
        if (!model.Chain.IsKnownToSentenceTransformers)
        {
            return "Other programs cannot pool like this from `last_hidden_state`: take `sentence_embedding`, or run the folder with `micse encode --model FOLDER`.";
        }

        var arguments = int8Only ? $", model_kwargs={{\"file_name\": \"{WeightsFile.QuantizedOnnx}\"}}" : "";
        var python = $$"""
            ```python
            from sentence_transformers import SentenceTransformer
            model = SentenceTransformer("FOLDER", backend="onnx"{{arguments}})
            ```
            """;
        var pooling = model.Chain is { Poolings: [Models.Pooling.ClsBeforePooler or Models.Pooling.Mean], Modules: [] or [NormalizeModule] }
            ? PoolingNames.Modes.First(mode => mode.Pooling == model.Chain.Poolings[0]).Mode
            : null;
        return pooling is null ? python : python + "\n\n" + $$"""
            ```js
            import { pipeline } from "@huggingface/transformers";
            const extractor = await pipeline("feature-extraction", "FOLDER", { dtype: "{{(precisions.Contains(EncoderPrecision.Int8) ? "q8" : "fp32")}}" });
            const output = await extractor("A text.", { pooling: "{{pooling}}", normalize: true });
            ```
            """;
    }
}
