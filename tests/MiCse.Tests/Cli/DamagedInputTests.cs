using System.Runtime.InteropServices;
using System.Text.Json;
using MiCse.Files;
using MiCse.Tests.Data;

namespace MiCse.Tests.Cli;

/// <summary>What a user sees of damaged models and indexes: exit code 1, one sentence that names the file, and nothing written.</summary>
public sealed class DamagedInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SmallModel _small = new();
    private readonly string _model;
    private readonly string _texts;

    public DamagedInputTests()
    {
        _model = _folder.File("model");
        Copy(_small.Path, _model);
        _texts = _folder.File("texts.txt");
        File.WriteAllLines(_texts, ["the cat sat", "a dog", "on the mat"]);
    }

    public void Dispose()
    {
        _small.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("embeddings.word_embeddings.weight", float.NaN, "NaN")]
    [InlineData("embeddings.LayerNorm.bias", float.PositiveInfinity, "")]
    [InlineData("encoder.layer.1.output.LayerNorm.weight", float.NaN, "NaN")]
    [InlineData("encoder.layer.1.output.LayerNorm.bias", float.NegativeInfinity, "")]
    public void Vectors_that_are_not_finite_never_leave_the_encoder(string tensor, float value, string found)
    {
        Poison(tensor, value);

        var similarity = CommandRun.Of("similarity", "the cat", "a dog", "--model", _model);
        var json = CommandRun.Of("similarity", "the cat", "a dog", "--model", _model, "--json");
        var encode = CommandRun.Of("encode", _texts, "--model", _model, "-o", _folder.File("vectors.npy"));
        var lines = CommandRun.Of("encode", _texts, "--model", _model, "-o", _folder.File("vectors.jsonl"), "--json");
        var index = CommandRun.Of("index", _texts, "--model", _model, "-o", _folder.File("index"));
        var map = CommandRun.Of("map", _texts, "--model", _model, "-o", _folder.File("map.html"));

        Assert.All([similarity, json, encode, lines, index, map], run =>
        {
            Assert.Equal(1, run.ExitCode);
            Assert.Empty(run.Output);
            var sentence = Assert.Single(run.ErrorLines);
            Assert.Contains("model.safetensors", sentence, StringComparison.Ordinal);
            Assert.Contains(found, sentence, StringComparison.Ordinal);
            Assert.Contains("the weights are damaged", sentence, StringComparison.Ordinal);
        });
        Assert.Equal(["model", "texts.txt"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        using var encoder = SentenceEncoder.Load(_model);
        Assert.Throws<ModelFormatException>(() => encoder.Encode("the cat", TestContext.Current.CancellationToken));
        Assert.Throws<ModelFormatException>(() => encoder.Encode(["the cat", "a dog"], cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_vocabulary_of_less_than_half_the_embeddings_is_that_of_another_model()
    {
        File.Delete(Path.Combine(_model, "tokenizer.json"));
        var vocabulary = Path.Combine(_model, "vocab.txt");
        var tokens = File.ReadAllLines(vocabulary);

        File.WriteAllLines(vocabulary, tokens[..(tokens.Length / 2)]);
        var refused = CommandRun.Of("similarity", "the cat", "a dog", "--model", _model);
        File.WriteAllLines(vocabulary, tokens[..((tokens.Length + 1) / 2)]);
        var half = CommandRun.Of("similarity", "the cat", "a dog", "--model", _model);

        Assert.Equal(1, tokens.Length % 2);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"the tokenizer has only {tokens.Length / 2} ids, but the model has {tokens.Length} rows of word embeddings", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(0, half.ExitCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_git_lfs_pointer_is_named_whichever_file_it_stands_for(bool withTokenizerJson)
    {
        if (!withTokenizerJson)
        {
            File.Delete(Path.Combine(_model, "tokenizer.json"));
        }

        // Files that the folder of a published model may have besides.
        Add("special_tokens_map.json", "{}");
        Add("sentence_bert_config.json", "{}");
        Add("config_sentence_transformers.json", "{}");
        Add("modules.json", """[{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"}]""");
        Assert.Equal(0, CommandRun.Of("similarity", "the cat", "a dog", "--model", _model).ExitCode);

        // Beside tokenizer.json the vocabulary is not read.
        var read = Directory.GetFiles(_model).Where(file => Path.GetFileName(file) is not "README.md" && !(withTokenizerJson && Path.GetFileName(file) == "vocab.txt")).ToList();
        Assert.Superset(new HashSet<string?>(["config.json", "model.safetensors", "tokenizer_config.json"]), read.Select(Path.GetFileName).ToHashSet());
        Assert.All(read, file =>
        {
            var whole = File.ReadAllBytes(file);
            File.WriteAllText(file, "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 231508\n");
            foreach (var arguments in (string[][])[["similarity", "the cat", "a dog"], ["encode", _texts, "-o", _folder.File("vectors.npy"), "--json"]])
            {
                var run = CommandRun.Of([.. arguments, "--model", _model]);
                Assert.Equal(1, run.ExitCode);
                Assert.Empty(run.Output);
                Assert.Contains(Path.GetFileName(file) + ": is a Git LFS pointer, not the file itself: run `git lfs pull`", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
            }

            File.WriteAllBytes(file, whole);
        });
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("tokenizer.json")]
    [InlineData("model.safetensors")]
    public void A_model_whose_file_is_cut_short_is_one_sentence(string name)
    {
        var file = Path.Combine(_model, name);
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..40]);

        foreach (var arguments in (string[][])
        [
            ["similarity", "the cat", "a dog", "--model", _model], ["similarity", "the cat", "a dog", "--model", _model, "--json"], ["encode", _texts, "--model", _model, "-o", _folder.File("out.npy")],
            ["index", _texts, "--model", _model, "-o", _folder.File("out")], ["export", "--model", _model, "--to", "safetensors", "-o", _folder.File("out")],
        ])
        {
            var run = CommandRun.Of(arguments);
            Assert.Equal(1, run.ExitCode);
            Assert.Empty(run.Output);
            Assert.Contains(name, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        }

        Assert.Equal(["model", "texts.txt"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_index_of_which_any_file_is_cut_short_or_missing_is_one_sentence()
    {
        var whole = _folder.File("index");
        Assert.Equal(0, CommandRun.Of("index", _texts, "--model", _model, "-o", whole).ExitCode);

        foreach (var name in Directory.GetFiles(whole).Select(file => Path.GetFileName(file)).Where(name => !name.EndsWith(".lock", StringComparison.Ordinal)))
        {
            foreach (var cut in (bool[])[true, false])
            {
                var damaged = _folder.File($"{name}-{cut}");
                Copy(whole, damaged);
                var file = Path.Combine(damaged, name);
                var bytes = File.ReadAllBytes(file);
                File.Delete(file);
                if (cut)
                {
                    File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);
                }

                foreach (var arguments in (string[][])
                    [["search", damaged, "the cat", "--model", _model], ["search", damaged, "the cat", "--model", _model, "--json"], ["search", damaged, "the cat", "--model", _model, "--threads", "1"]])
                {
                    var run = CommandRun.Of(arguments);
                    Assert.True(run.ExitCode == 1, $"{name}, cut {cut}: {run.ExitCode} {run.Output}{run.Error}");
                    Assert.Empty(run.Output);
                    Assert.Contains(damaged, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
                    Assert.DoesNotContain("unexpected", run.Error, StringComparison.Ordinal);
                }
            }
        }
    }

    [Theory]
    [InlineData("similarity", "the cat", "a dog", "--model", "MISSING")]
    [InlineData("encode", "TEXTS", "--model", "EMPTY", "-o", "OUT.npy")]
    [InlineData("search", "MISSING", "the cat", "--model", "MODEL")]
    [InlineData("search", "EMPTY", "the cat", "--model", "MODEL")]
    [InlineData("map", "TEXTS", "--model", "MODEL", "-o", "OUT.csv", "--map", "TEXTS")]
    [InlineData("info", "--model", "EMPTY")]
    public void A_folder_that_is_missing_or_something_else_is_one_sentence(params string[] arguments)
    {
        Directory.CreateDirectory(_folder.File("empty"));

        var run = CommandRun.Of(Array.ConvertAll(arguments, argument => argument
            .Replace("MISSING", _folder.File("missing"), StringComparison.Ordinal).Replace("EMPTY", _folder.File("empty"), StringComparison.Ordinal)
            .Replace("TEXTS", _texts, StringComparison.Ordinal).Replace("OUT", _folder.File("out"), StringComparison.Ordinal).Replace("MODEL", _model, StringComparison.Ordinal)));

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.DoesNotContain("unexpected", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path, "out*"));
    }

    private void Add(string name, string content)
    {
        if (!File.Exists(Path.Combine(_model, name)))
        {
            File.WriteAllText(Path.Combine(_model, name), content);
        }
    }

    /// <summary>Writes a value into every fifth number of a tensor.</summary>
    private void Poison(string tensor, float value)
    {
        var file = Path.Combine(_model, "model.safetensors");
        var bytes = File.ReadAllBytes(file);
        var header = 8 + (int)BitConverter.ToInt64(bytes);
        var offsets = JsonDocument.Parse(bytes.AsMemory(8, header - 8)).RootElement.EnumerateObject()
            .Single(entry => entry.Name.EndsWith(tensor, StringComparison.Ordinal)).Value.GetProperty("data_offsets");
        var numbers = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(header)[offsets[0].GetInt32()..offsets[1].GetInt32()]);
        for (var index = 0; index < numbers.Length; index += 5)
        {
            numbers[index] = value;
        }

        File.WriteAllBytes(file, bytes);
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
