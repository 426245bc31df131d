using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.Tensors;

namespace MiCse.ModelFolders;

/// <summary>Writes a folder of static embeddings that sentence-transformers and model2vec load: the table, tokenizer, modules and prompts.</summary>
internal static class StaticFolderWriter
{
    private static readonly string[] s_tokenizerFiles = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.txt"];

    /// <summary>Writes beside the place and renames when everything is there and can be opened again.</summary>
    /// <param name="folder">The folder to make; it may be there when it is empty.</param>
    /// <param name="model">The folder to copy.</param>
    /// <param name="checkpoint">Its table.</param>
    /// <param name="convert">Converts what holds floating-point numbers.</param>
    /// <param name="card">The text of README.md; null writes none.</param>
    /// <param name="cancellationToken">Looked at before every tensor.</param>
    /// <returns>The names of tensors that are left out.</returns>
    public static IReadOnlyList<string> Write(
        string folder, ModelFolder model, Checkpoint checkpoint, Func<Tensor, Tensor> convert, string? card, CancellationToken cancellationToken)
    {
        string[] names = [StaticEmbedding.TableNames.First(checkpoint.Tensors.ContainsKey), StaticEmbedding.WeightsName, StaticEmbedding.MappingName];
        var tensors = names.Where(checkpoint.Tensors.ContainsKey).Select(name => checkpoint.Tensors[name]);
        AtomicFolder.Write(folder, target =>
        {
            foreach (var name in s_tokenizerFiles.Append("config.json").Where(name => File.Exists(Path.Combine(model.TransformerPath, name))))
            {
                File.Copy(Path.Combine(model.TransformerPath, name), Path.Combine(target, name));
            }

            ModelFolderWriter.WriteModules(target, ["StaticEmbedding"], model.Chain, model.ReadModuleWeights(), cancellationToken);
            ModelFolderWriter.WriteJson(target, Prompts.FileName, model.Prompts.ToJson());
            if (card is not null)
            {
                File.WriteAllText(Path.Combine(target, ModelCard.FileName), card);
            }

            SafetensorsWriter.Write(
                Path.Combine(target, "model.safetensors"), tensors.Select(tensor => tensor.Type.IsFloatingPoint() ? convert(tensor) : tensor), null, cancellationToken);
            _ = ModelFolder.Open(target);
        });
        return [.. checkpoint.Tensors.Keys.Except(names).Order(StringComparer.Ordinal)];
    }
}
