using System.Globalization;
using System.IO.Hashing;
using System.Text;
using MiCse.Files;
using MiCse.Models;

namespace MiCse;

public sealed partial class SentenceEncoder
{
    // The files besides the weights that a vector depends on, as far as a model has them.
    private static readonly string[] s_files =
        ["config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.txt", "vocab.json", "merges.txt"];

    private string? _fingerprint;

    /// <summary>
    /// 32 hexadecimal digits that differ between encoders whose vectors differ: a hash of weights, config.json, tokenizer, pooling, normalisation, precision
    /// and maximal length. A cache of embeddings should have it in its key; Microsoft.Extensions.AI's takes it as
    /// <c>CacheKeyAdditionalValues = [encoder.Fingerprint]</c>, because its own key has the texts but not the model.
    /// </summary>
    /// <remarks>Read from the model's files when it is first asked for, then kept.</remarks>
    /// <exception cref="ModelFormatException">The model's files have changed since the encoder was loaded.</exception>
    public string Fingerprint => _fingerprint ??= ComputeFingerprint();

    /// <summary>The hash of the weights alone, from <see cref="ModelFolders.ModelFingerprint"/>.</summary>
    internal string WeightsFingerprint => _weights.Fingerprint;

    private string ComputeFingerprint()
    {
        var hash = new XxHash128();
        Append($"weights {WeightsFingerprint}");
        foreach (var file in s_files.Where(file => File.Exists(Path.Combine(Folder.TransformerPath, file))))
        {
            var content = File.ReadAllBytes(Path.Combine(Folder.TransformerPath, file));
            Append($"{file} {content.Length}");
            hash.Append(content);
        }

        Append($"pooling {Pooling.Name} {(Pooling.Normalize ? "normalized" : "as it is")}");
        Append($"text {Folder.Preparation with { Prompt = Prompt }}");
        if (Chain.Modules is not ([] or [NormalizeModule]) || !Chain.IncludePrompt)
        {
            Append($"chain {Chain}");
        }

        if (QueryPrompt != Prompt || DocumentPrompt != Prompt)
        {
            Append($"query {QueryPrompt}");
            Append($"document {DocumentPrompt}");
        }

        if (_queue.Engine.Backend is { } backend)
        {
            Append($"computed by {backend}");
        }

        Append($"precision {Precision.Name()}");
        Append(string.Create(CultureInfo.InvariantCulture, $"tokens {MaxTokens}"));
        return Convert.ToHexStringLower(hash.GetCurrentHash());

        void Append(string line) => hash.Append(Encoding.UTF8.GetBytes(line + "\n"));
    }
}
