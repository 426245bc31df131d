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
            {Pooling(model.Pooling)}.

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

    private static string Pooling(PoolingChoice choice) => choice.Pooling switch
    {
        Models.Pooling.ClsBeforePooler => "the last hidden state of [CLS]",
        Models.Pooling.Cls => "the head or pooler on the last hidden state of [CLS]",
        Models.Pooling.Mean => "the mean of the last hidden states",
        Models.Pooling.MeanOfLastTwo => "the mean of the last two layers",
        _ => "the mean of embedding output and last layer",
    } + (choice.Normalize ? ", scaled to length 1" : "");

    private static string Examples(ModelFolder model, IReadOnlyList<EncoderPrecision> precisions)
    {
        var int8Only = precisions is [EncoderPrecision.Int8];
        var pooling = model.Pooling.Pooling switch
        {
            Models.Pooling.ClsBeforePooler => "cls",
            Models.Pooling.Mean => "mean",
            _ => null,
        };
        if (pooling is null)
        {
            return "Other programs cannot pool like this from `last_hidden_state`: take `sentence_embedding`, or run the folder with `micse encode --model FOLDER`.";
        }

        var arguments = int8Only ? $", model_kwargs={{\"file_name\": \"{WeightsFile.QuantizedOnnx}\"}}" : "";
        return $$"""
            ```python
            from sentence_transformers import SentenceTransformer
            model = SentenceTransformer("FOLDER", backend="onnx"{{arguments}})
            ```

            ```js
            import { pipeline } from "@huggingface/transformers";
            const extractor = await pipeline("feature-extraction", "FOLDER", { dtype: "{{(precisions.Contains(EncoderPrecision.Int8) ? "q8" : "fp32")}}" });
            const output = await extractor("A text.", { pooling: "{{pooling}}", normalize: true });
            ```
            """;
    }
}
