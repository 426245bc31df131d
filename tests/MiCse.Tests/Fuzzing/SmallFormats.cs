using System.IO.Compression;
using System.Text;
using MiCse.Checkpoints;
using MiCse.Data;
using MiCse.Export;
using MiCse.Hub;
using MiCse.Inference;
using MiCse.Mapping;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Search;
using MiCse.Tensors;
using MiCse.Tests.Clustering;
using MiCse.Tests.Data;
using MiCse.Tests.Inference.Graphs;
using MiCse.Tests.ModelFolders;
using MiCse.Tests.Search;
using MiCse.Tests.Tokenization.Normalizers;
using MiCse.Tokenization;
using MiCse.Vectors;
using MiCse.Weights;
using MiCse.Verification;
using ZstdSharp;

namespace MiCse.Tests.Fuzzing;

/// <summary>A small valid instance of every file that this library reads, in a folder that is whole; deletes them all.</summary>
internal sealed class SmallFormats : IDisposable
{
    private const string VocabularyJson =
        """{"<s>":0,"<pad>":1,"</s>":2,"<unk>":3,"<mask>":4,"a":5,"b":6,"c":7,"ab":8,"abc":9,"Ġ":10,"Ġa":11}""";

    private const string Merges = "#version: 0.2\na b\nab c\nĠ a\n";
    private const string AddedTokens = """{"<new1>":12,"<new2>":13}""";

    private static readonly string UnigramJson = $$$$"""
        {"added_tokens":[{"id":4,"content":"<new1>","lstrip":true,"normalized":true,"special":false}],
         "normalizer":{"type":"Sequence","normalizers":[
           {"type":"Precompiled","precompiled_charsmap":"{{{{CharacterMapWriter.Encode(new Dictionary<string, string> { ["t"] = "T", ["é"] = "e" })}}}}"},
           {"type":"Strip","strip_left":true,"strip_right":true},{"type":"Replace","pattern":{"Regex":" {2,}|(?:a+)x"},"content":" "},{"type":"Nmt"}]},
         "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":true}]},
         "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],
           "pair":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],
           "special_tokens":{"<s>":{"id":"<s>","ids":[0],"tokens":["<s>"]},"</s>":{"id":"</s>","ids":[2],"tokens":["</s>"]}}},
         "model":{"type":"Unigram","unk_id":3,"byte_fallback":true,"vocab":[["<s>",0],["<pad>",0.0],["</s>",0],["<unk>",0],["▁",-2.5],["a",-3.25],["c",-3e0],["▁ca",-4],["T",-1],["<0x62>",0]]}}
        """;

    private const string SplitJson = """
        {"added_tokens":[],"normalizer":{"type":"NFKC"},
         "pre_tokenizer":{"type":"Sequence","pretokenizers":[
           {"type":"Split","pattern":{"Regex":"(?i:'s|'t)|[^\\r\\n\\p{L}]?\\p{L}+|(?:\\p{N}){1,3}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s+(?!\\S)|\\s+"},"behavior":"Isolated","invert":false},
           {"type":"Digits","individual_digits":true},{"type":"Punctuation","behavior":"Contiguous"},
           {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}]},
         "post_processor":{"type":"RobertaProcessing","sep":["</s>",2],"cls":["<s>",0],"trim_offsets":true,"add_prefix_space":false},
         "model":{"type":"BPE","dropout":null,"unk_token":"<unk>","fuse_unk":true,"byte_fallback":false,"ignore_merges":true,
           "vocab":{"<s>":0,"<pad>":1,"</s>":2,"<unk>":3,"a":4,"b":5,"c":6,"ab":7,"abc":8,"Ġ":9,"Ġcat":10},"merges":[["a","b"],["ab","c"]]}}
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly SmallModel _model = new();

    /// <summary>Copies of the model, by their purpose.</summary>
    public string Model => _model.Path;

    public void Dispose()
    {
        _folder.Dispose();
        _model.Dispose();
    }

    /// <summary>The undamaged file, and what reads a damaged one in its place.</summary>
    public (byte[] Whole, Action<byte[]> Read) Open(string format) => format switch
    {
        "safetensors" => File(Fixture.Path("bert-random", "misc", "misc_tensors.safetensors"), ReadCheckpoint),
        "pytorch-zip" => File(Fixture.Path("bert-random", "misc", "misc_tensors.bin"), ReadCheckpoint),
        "pytorch-deflated" => File(Fixture.Path("bert-random", "misc", "misc_tensors_deflated.bin"), ReadCheckpoint),
        "pytorch-legacy" => File(Fixture.Path("bert-random", "misc", "misc_tensors_legacy.bin"), ReadCheckpoint),
        "onnx" => File(Onnx(), ReadCheckpoint),
        "onnx-foreign" => File(ForeignOnnx(), ReadCheckpoint),
        "shard-index" => InFolder(Sharded(), "model.safetensors.index.json", folder => ReadCheckpoint(Path.Combine(folder, "model.safetensors.index.json"))),
        "vocab.json" or "merges.txt" or "added_tokens.json" => InFolder(ByteLevelBpe(), format, ReadTokenizer),
        "vocab.txt" or "tokenizer_config.json" or "special_tokens_map.json" => InFolder(Copy(format, without: "tokenizer.json"), format, ReadTokenizer),
        "tokenizer.json" => InFolder(Copy(format), format, ReadTokenizer),
        "unigram-tokenizer.json" => InFolder(OtherTokenizer(UnigramJson), "tokenizer.json", ReadTokenizer),
        "split-tokenizer.json" => InFolder(OtherTokenizer(SplitJson), "tokenizer.json", ReadTokenizer),
        "config.json" or "modules.json" or "1_Pooling/config.json" or "sentence_bert_config.json" or "config_sentence_transformers.json" =>
            InFolder(Copy(format), format, ReadModel),
        "2_Dense/config.json" or "2_Dense/model.safetensors" or "3_LayerNorm/config.json" => InFolder(WithModules(format), format, ReadModel),
        "static-modules" => InFolder(StaticFolder.WriteSentenceTransformers(_folder.File(format), modules: ["Normalize"]), "modules.json", ReadModel),
        "static-safetensors" => InFolder(StaticFolder.WriteSentenceTransformers(_folder.File(format)), "0_StaticEmbedding/model.safetensors", ReadModel),
        "static-tokenizer" => InFolder(StaticFolder.WriteSentenceTransformers(_folder.File(format), ""), "tokenizer.json", ReadModel),
        "model2vec-config" => InFolder(StaticFolder.WriteModel2Vec(_folder.File(format), normalize: true), "config.json", ReadModel),
        "model2vec-safetensors" => InFolder(Model2Vec(format), "model.safetensors", ReadModel),
        "index.json" => InFolder(Index(), format, ReadIndex),
        "index-rows" => InFolder(Index(), Path.GetFileName(IndexFile("float32")), ReadIndex),
        "index-texts" => InFolder(Index(), Path.GetFileName(IndexFile("strings")), ReadIndex),
        "jsonl" => Texts(TextFileFormat.JsonLines, "{\"text\":\"a\\u00fc\\ud83d\\ude00\",\"n\":[1,{\"x\":null}]}\n{\"text\":null,\"n\":1e5}\n{\"n\":true,\"text\":\"b\"}\n"u8.ToArray()),
        "csv" => Texts(TextFileFormat.Csv, "text,label\n\"a, \"\"b\"\"\",1\nc,2\r\n\"d\ne\",3\n"u8.ToArray()),
        "txt" => Texts(TextFileFormat.Text, "one\r\ntwo \u00fc\ud83d\ude00\n\nthree"u8.ToArray()),
        "tsv" => Texts(TextFileFormat.Tsv, "text\tlabel\na \"b\"\t1\nc\t2\r\n"u8.ToArray()),
        "parquet" => Texts(TextFileFormat.Parquet, Parquet()),
        "gzip" => Compressed("a.txt.gz", file => new GZipStream(file, CompressionLevel.SmallestSize)),
        "zstd" => Compressed("a.txt.zst", file => new CompressionStream(file, leaveOpen: false)),
        "map" => File(Map(), path => _ = Umap.Load(path, out _, threads: 1)),
        "golden-vectors" => File(Golden(), path => _ = GoldenVectors.Read(path)),
        "hub-listing" => (Listing(), bytes => _ = RepositoryListing.Read(bytes, new HubRepository("org/name"))),
        _ when ModelFamily.All.FirstOrDefault(family => family.ModelType == format) is { } family => File(FamilyConfig(family), ReadConfig),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "No such format."),
    };

    /// <summary>Reads a model folder as a user does.</summary>
    public static void ReadModel(string folder)
    {
        using var encoder = SentenceEncoder.Load(folder, new SentenceEncoderOptions { Threads = 1 });
        _ = encoder.Encode("the cat sat", TestContext.Current.CancellationToken);
    }

    /// <summary>Searches an index on one thread, and checks all of it.</summary>
    public static void ReadIndex(string folder)
    {
        using var index = VectorIndex.Open(folder);
        _ = index.Search(new float[index.Source.Dimensions], 3, new SearchOptions { Threads = 1 }, TestContext.Current.CancellationToken);
        _ = index.Find("7");
        index.Check(TestContext.Current.CancellationToken);
    }

    /// <summary>Opens a checkpoint and touches every byte that its tensors claim.</summary>
    public static void ReadCheckpoint(string path)
    {
        using var checkpoint = Checkpoint.Open(path);
        foreach (var tensor in checkpoint.Tensors.Values)
        {
            _ = tensor.Bytes.IndexOf((byte)1);
            Assert.Equal(TensorShape.ByteCount(tensor.Shape, tensor.Type), tensor.Bytes.Length);
        }
    }

    /// <summary>Reads a config.json, and lists the weights that such a model has.</summary>
    public static void ReadConfig(string path) => _ = WeightNames.Required(EncoderShape.Load(path)).Take(1_000).Count();

    public static void ReadTokenizer(string folder) => _ = Tokenizer.Load(folder).Tokenize("the <new1> cat abc", 16);

    /// <summary>A copy of the model's folder.</summary>
    public string Copy(string purpose, string? without = null)
    {
        var target = _folder.File(purpose.Replace('/', '_') + "-model");
        foreach (var file in Directory.GetFiles(_model.Path, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != without))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(_model.Path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            System.IO.File.Copy(file, copy);
        }

        return target;
    }

    /// <summary>A copy of the model with a Dense, a LayerNorm and a Normalize after its pooling.</summary>
    private string WithModules(string purpose)
    {
        var folder = Copy(purpose);
        var size = ModelFolder.Open(folder).Dimensions;
        StaticFolder.WriteModules(folder, ("Transformer", ""), ("Pooling", "1_Pooling"), ("Dense", "2_Dense"), ("LayerNorm", "3_LayerNorm"), ("Normalize", "4_Normalize"));
        var (dense, norm) = (Directory.CreateDirectory(Path.Combine(folder, "2_Dense")).FullName, Directory.CreateDirectory(Path.Combine(folder, "3_LayerNorm")).FullName);
        System.IO.File.WriteAllText(Path.Combine(dense, "config.json"), $$"""{"in_features":{{size}},"out_features":4,"bias":true,"activation_function":"torch.nn.modules.activation.Tanh"}""");
        System.IO.File.WriteAllText(Path.Combine(norm, "config.json"), """{"dimension":4}""");
        StaticFolder.Write(dense, Tensor.From("linear.weight", [4, size], new float[4 * size]), Tensor.From("linear.bias", [4], (float[])[1, 2, 3, 4]));
        StaticFolder.Write(norm, Tensor.From("norm.weight", [4], (float[])[1, 1, 1, 1]), Tensor.From("norm.bias", [4], new float[4]));
        return folder;
    }

    private string Model2Vec(string purpose) => StaticFolder.WriteModel2Vec(
        _folder.File(purpose),
        normalize: true,
        Tensor.From("embeddings", [10, StaticFolder.Dimensions], StaticFolder.Table),
        Tensor.From("weights", [10], StaticFolder.Table.AsMemory(0, 10)),
        StaticFolder.Of("mapping", TensorType.Int64, [10], 0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L));

    /// <summary>A folder with a byte-level BPE tokenizer.</summary>
    public string ByteLevelBpe()
    {
        var folder = Directory.CreateDirectory(_folder.File("bpe")).FullName;
        System.IO.File.WriteAllText(Path.Combine(folder, "vocab.json"), VocabularyJson);
        System.IO.File.WriteAllText(Path.Combine(folder, "merges.txt"), Merges);
        System.IO.File.WriteAllText(Path.Combine(folder, "added_tokens.json"), AddedTokens);
        return folder;
    }

    /// <summary>A folder with a tokenizer.json alone.</summary>
    private string OtherTokenizer(string json)
    {
        var folder = Directory.CreateDirectory(_folder.File("other-tokenizer")).FullName;
        System.IO.File.WriteAllText(Path.Combine(folder, "tokenizer.json"), json);
        return folder;
    }

    /// <summary>An index of forty rows.</summary>
    public string Index() => _index ??= TestIndex.Write(_folder, TestIndex.Random(40, 4, seed: 1), 4, commitEvery: 20);

    private string? _index;

    private string IndexFile(string section) => Directory.GetFiles(Index(), $"*.{section}").Order(StringComparer.Ordinal).First();

    private string Onnx()
    {
        var output = _folder.File("onnx");
        OnnxExport.Write(output, ModelFolder.Open(_model.Path), new OnnxExportOptions { Precisions = [EncoderPrecision.Float32] }, TimeProvider.System, TestContext.Current.CancellationToken);
        return Path.Combine(output, "onnx", "model.onnx");
    }

    private string FamilyConfig(ModelFamily family)
    {
        var shape = new EncoderShape(family) { VocabularySize = 512, HiddenSize = 24, Layers = 4, Heads = 3, IntermediateSize = 256, MaxPositions = 66, PadTokenId = 1 };
        System.IO.File.WriteAllText(_folder.File("config.json"), shape.ToJson());
        return _folder.File("config.json");
    }

    /// <summary>A model in a folder of its own, whose weights are in a graph as torch.onnx writes it.</summary>
    private string ForeignOnnx()
    {
        var output = Copy("model.onnx", without: "model.safetensors");
        using var checkpoint = Checkpoint.Open(Path.Combine(_model.Path, "model.safetensors"));
        var path = Path.Combine(output, "model.onnx");
        System.IO.File.WriteAllBytes(path, TorchGraph.Write(EncoderWeights.From(checkpoint, ModelFolder.Open(_model.Path).Config), new TorchStyle()));
        return path;
    }

    private string Sharded()
    {
        var folder = Directory.CreateDirectory(_folder.File("sharded")).FullName;
        foreach (var file in Directory.GetFiles(Fixture.Path("roberta-random", "sharded")))
        {
            System.IO.File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return folder;
    }

    private byte[] Parquet()
    {
        var path = _folder.File("a.parquet");
        using (var writer = EmbeddingWriter.Create(path, 2))
        {
            writer.Write(["a", "bc", ""], new EncodedTexts(new EmbeddingMatrix([1, 2, 3, 4, 5, 6], 3, 2), [1, 2, 3], [false, true, false]));
            writer.Complete();
        }

        return System.IO.File.ReadAllBytes(path);
    }

    private string Map()
    {
        var path = _folder.File("whole.map");
        Umap.Fit(Blobs.Of(12, 2, dimensions: 4), new UmapOptions { Neighbors = 3, Epochs = 5, Threads = 1 }, cancellationToken: TestContext.Current.CancellationToken)
            .Save(path, new VectorSource("org/model", "mean", 4, "abc"));
        return path;
    }

    private string Golden()
    {
        var path = _folder.File("golden.json");
        new GoldenVectors("a", "mean", "fp32", ["text \u00fc", ""], Blobs.Of(2, 1, dimensions: 4)).Write(path);
        return path;
    }

    private static byte[] Listing() =>
        Encoding.UTF8.GetBytes($$"""{"id":"org/name","sha":"{{new string('a', 40)}}","siblings":[{"rfilename":"config.json"},{"rfilename":"a/b.json","size":12}],"private":false}""");

    private (byte[] Whole, Action<byte[]> Read) Compressed(string name, Func<Stream, Stream> compress)
    {
        var path = _folder.File(name);
        using (var file = compress(System.IO.File.Create(path)))
        {
            file.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 40).Select(line => $"line {line} of the text\n"))));
        }

        return (System.IO.File.ReadAllBytes(path), bytes =>
        {
            System.IO.File.WriteAllBytes(path, bytes);
            foreach (var row in TextFile.ReadRows(path))
            {
                Assert.DoesNotContain(null, row.Values);
            }
        });
    }

    private static (byte[] Whole, Action<byte[]> Read) Texts(TextFileFormat format, byte[] whole) =>
        (whole, bytes =>
        {
            foreach (var row in TextFile.ReadRows(new MemoryStream(bytes), "a", new() { Format = format }))
            {
                Assert.DoesNotContain(null, row.Values);
            }
        });

    private (byte[] Whole, Action<byte[]> Read) File(string path, Action<string> read)
    {
        var damaged = _folder.File("damaged" + Path.GetExtension(path));
        return (System.IO.File.ReadAllBytes(path), bytes =>
        {
            System.IO.File.WriteAllBytes(damaged, bytes);
            read(damaged);
        });
    }

    private static (byte[] Whole, Action<byte[]> Read) InFolder(string folder, string name, Action<string> read)
    {
        var path = Path.Combine(folder, name);
        return (System.IO.File.ReadAllBytes(path), bytes =>
        {
            System.IO.File.WriteAllBytes(path, bytes);
            read(folder);
        });
    }
}
