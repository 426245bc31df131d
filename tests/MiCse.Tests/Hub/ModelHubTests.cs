using MiCse.Hub;
using MiCse.ModelFolders;
using MiCse.Models;

namespace MiCse.Tests.Hub;

public sealed class ModelHubTests : HubTest
{
    private static readonly string s_commit = new('a', 40);

    [Fact]
    public void The_cache_is_laid_out_as_Python_lays_it_out()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        var repository = AddModel();
        repository.Files["README.md"] = Text("---\nlicense: mit\n---\n");

        var download = Fetch();

        Assert.Equal(Path.Combine(Cache, "models--org--model", "snapshots", s_commit), download.Path);
        Assert.Equal(s_commit, download.Commit);
        Assert.Null(download.Note);
        string Hash(string file) => HubServer.HashOf(file, repository.Files[file]);
        var expected = repository.Files.Keys
            .SelectMany(file => new[]
            {
                $".locks/models--org--model/{Hash(file)}.lock",
                $"models--org--model/blobs/{Hash(file)}",
                $"models--org--model/snapshots/{s_commit}/{file} -> ../../blobs/{Hash(file)}",
            })
            .Concat(new[]
                {
                    "added_tokens.json", "config_sentence_transformers.json", "merges.txt", "modules.json", "sentence_albert_config.json", "sentence_bert_config.json",
                    "sentence_camembert_config.json", "sentence_distilbert_config.json", "sentence_roberta_config.json", "sentence_xlm-roberta_config.json",
                    "sentence_xlnet_config.json", "special_tokens_map.json", "tokenizer.json", "vocab.json",
                }
                .Select(file => $"models--org--model/.no_exist/{s_commit}/{file}"))
            .Append("models--org--model/refs/main")
            .Order(StringComparer.Ordinal);
        Assert.Equal(expected, Everything());
        Assert.Equal(s_commit, File.ReadAllText(Path.Combine(Cache, "models--org--model", "refs", "main")));
        Assert.All(repository.Files, file => Assert.Equal(file.Value, File.ReadAllBytes(Path.Combine(download.Path, file.Key))));
    }

    [Fact]
    public void The_modules_after_the_pooling_are_fetched_with_one_file_of_weights()
    {
        var repository = AddModel();
        repository.Files["modules.json"] = Text(
            """
            [{"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"},
             {"idx": 1, "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
             {"idx": 2, "path": "2_Dense", "type": "sentence_transformers.models.Dense"},
             {"idx": 3, "path": "3_Normalize", "type": "sentence_transformers.models.Normalize"}]
            """);
        repository.Files["1_Pooling/config.json"] = Text("""{"pooling_mode_mean_tokens": true}""");
        repository.Files["2_Dense/config.json"] = Text("""{"in_features": 64, "out_features": 2}""");
        repository.Files["2_Dense/model.safetensors"] = Bytes(100);
        repository.Files["2_Dense/pytorch_model.bin"] = Bytes(100);

        var folder = Fetch().Path;

        string[] fetched = [.. Directory.GetFiles(Path.Combine(folder, "2_Dense")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        Assert.Equal(["config.json", "model.safetensors"], fetched);
        Assert.Equal(2, ModelFolder.Open(folder).Dimensions);
    }

    [Fact]
    public void Static_embeddings_are_fetched_without_a_description_of_an_encoder()
    {
        var model = ModelFolders.StaticFolder.WriteSentenceTransformers(Path.Combine(Cache, "..", "static"));
        var repository = AddModel();
        repository.Files.Clear();
        repository.With(model);

        Assert.Equal(ModelFolders.StaticFolder.Dimensions, ModelFolder.Open(Fetch().Path).Dimensions);
        Directory.Delete(model, recursive: true);
    }

    [Fact]
    public void Only_what_is_needed_is_fetched()
    {
        var repository = AddModel();
        foreach (var file in new[]
        {
            "pytorch_model.bin", "tf_model.h5", "flax_model.msgpack", "onnx/model.onnx", "openvino/openvino_model.bin", "model_fp16.safetensors",
            "training_args.bin", ".gitattributes", "rust_model.ot", "other/config.json",
        })
        {
            repository.Files[file] = Bytes(100);
        }

        repository.Files["README.md"] = Bytes((1 << 20) + 1);

        var folder = Fetch().Path;

        Assert.Equal(
            ["config.json", "model.safetensors", "tokenizer_config.json", "vocab.txt"],
            Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Shards_are_fetched_when_there_is_no_single_file()
    {
        var repository = AddModel();
        repository.Files.Remove("model.safetensors");
        repository.Files["pytorch_model.bin"] = Bytes(100);
        repository.With(Fixture.Path("bert-random", "sharded"));
        repository.Files["model-00003-of-00002.safetensors"] = Bytes(100);

        var folder = Fetch(limits: Limits with { RangeLength = 1 << 20 }).Path;

        Assert.Equal(
            ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json"],
            Directory.EnumerateFiles(folder, "*model*").Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_old_format_is_fetched_when_there_is_no_other()
    {
        var repository = AddModel();
        repository.Files.Remove("model.safetensors");
        repository.Files["pytorch_model.bin"] = Bytes(5000);

        Assert.Equal(repository.Files["pytorch_model.bin"], File.ReadAllBytes(Path.Combine(Fetch().Path, "pytorch_model.bin")));
    }

    [Fact]
    public void Folders_of_sentence_transformers_come_along()
    {
        var repository = AddModel();
        foreach (var file in repository.Files.Keys.ToList())
        {
            repository.Files["0_Transformer/" + file] = repository.Files[file];
            repository.Files.Remove(file);
        }

        repository.Files["modules.json"] = Text("""
            [{"idx": 0, "path": "0_Transformer", "type": "sentence_transformers.models.Transformer"},
             {"idx": 1, "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]
            """);
        repository.Files["1_Pooling/config.json"] = Text("""{"pooling_mode_mean_tokens": true}""");
        repository.Files["2_Dense/config.json"] = Text("{}");

        var folder = Fetch().Path;

        Assert.Equal(
            ["0_Transformer/config.json", "0_Transformer/model.safetensors", "0_Transformer/tokenizer_config.json", "0_Transformer/vocab.txt",
                "1_Pooling/config.json", "modules.json"],
            Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal));
        Assert.Equal(Pooling.Mean, ModelFolder.Open(folder).Pooling.Pooling);
    }

    [Fact]
    public void A_second_time_asks_for_the_listing_alone()
    {
        AddModel();
        Fetch();
        var before = Server.Requests.Count;

        Fetch();

        Assert.Equal(["/api/models/org/model/revision/main"], Server.Requests.Skip(before).Select(request => request.Path));
    }

    [Fact]
    public void A_whole_commit_is_not_asked_for_again()
    {
        AddModel();
        var commit = new HubRepository(Id, s_commit);
        Fetch(commit);
        var before = Server.Requests.Count;

        Assert.Equal(s_commit, Fetch(commit).Commit);

        Assert.Equal(before, Server.Requests.Count);
        Assert.False(Directory.Exists(Path.Combine(Cache, "models--org--model", "refs")));
    }

    [Fact]
    public void A_new_commit_fetches_what_changed()
    {
        var repository = AddModel();
        var old = Fetch();
        repository.Commit = new string('b', 40);
        repository.Files["vocab.txt"] = Text("[PAD]\n[UNK]\n[CLS]\n");
        var before = Server.Requests.Count;

        var download = Fetch();

        Assert.Equal(repository.Commit, download.Commit);
        Assert.Equal(repository.Files["vocab.txt"], File.ReadAllBytes(Path.Combine(download.Path, "vocab.txt")));
        var fetched = Server.Requests.Skip(before).Where(request => request.Method == "GET" && request.Path.Contains("resolve", StringComparison.Ordinal));
        Assert.Equal($"/org/model/resolve/{repository.Commit}/vocab.txt", Assert.Single(fetched).Path);
        Assert.True(File.Exists(Path.Combine(old.Path, "vocab.txt")));
    }

    [Fact]
    public void A_content_that_was_deleted_is_fetched_again()
    {
        var repository = AddModel();
        var folder = Fetch().Path;
        var hash = HubServer.HashOf("model.safetensors", repository.Files["model.safetensors"]);
        File.Delete(Path.Combine(Cache, "models--org--model", "blobs", hash));

        Fetch();

        Assert.Equal(repository.Files["model.safetensors"], File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("vocab.txt")]
    [InlineData("tokenizer_config.json")]
    [InlineData("model.safetensors")]
    public void A_pinned_commit_with_a_link_to_nothing_is_fetched_again(string file)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        var repository = AddModel();
        var commit = new HubRepository(Id, s_commit);
        var folder = Fetch(commit).Path;
        File.Delete(Path.Combine(Cache, "models--org--model", "blobs", HubServer.HashOf(file, repository.Files[file])));

        Assert.Equal(HubFailure.NotCached, Refused(commit, Options with { Offline = true }).Failure);
        Fetch(commit);

        Assert.Equal(repository.Files[file], File.ReadAllBytes(Path.Combine(folder, file)));
        Assert.Null(Fetch(commit, Options with { Offline = true }).Note);
    }

    [Fact]
    public void A_shard_that_is_a_link_to_nothing_is_fetched_again()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        var repository = AddModel();
        repository.Files.Remove("model.safetensors");
        repository.With(Fixture.Path("bert-random", "sharded"));
        var commit = new HubRepository(Id, s_commit);
        var large = Limits with { RangeLength = 1 << 20 };
        const string Shard = "model-00002-of-00002.safetensors";
        var path = Path.Combine(Fetch(commit, limits: large).Path, Shard);
        File.Delete(path);
        File.CreateSymbolicLink(path, Shard); // a link to itself

        Fetch(commit, limits: large);

        Assert.Equal(repository.Files[Shard], File.ReadAllBytes(path));
    }

    [Fact]
    public void Where_links_cannot_be_made_the_snapshot_holds_the_contents()
    {
        var repository = AddModel();

        var folder = Fetch(disk: new DiskWithoutLinks()).Path;
        Fetch(disk: new DiskWithoutLinks());

        Assert.All(repository.Files, file => Assert.Null(File.ResolveLinkTarget(Path.Combine(folder, file.Key), false)));
        Assert.All(repository.Files, file => Assert.Equal(file.Value, File.ReadAllBytes(Path.Combine(folder, file.Key))));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Cache, "models--org--model", "blobs")));
        Assert.Equal(10, Server.StorageRequests.Count);
    }

    [Fact]
    public async Task Several_at_once_fetch_once()
    {
        var repository = AddModel();
        var hubs = Enumerable.Range(0, 4).Select(_ => Open()).ToList();

        var downloads = await Task.WhenAll(hubs.Select(hub => Task.Run(() => hub.FetchModelAsync(Model, null, TestContext.Current.CancellationToken))));

        Assert.Single(downloads.Select(download => download.Path).Distinct());
        Assert.Equal(10, Server.StorageRequests.Count);
        AssertNothingHalf(repository);
        hubs.ForEach(hub => hub.Dispose());
    }

    [Fact]
    public void Progress_ends_at_the_total()
    {
        var repository = AddModel();
        var last = default(HubProgress);

        Fetch(progress: new Listener(value => last = value));

        var all = repository.Files.Values.Sum(content => content.LongLength);
        Assert.Equal(new HubProgress(all, all, all), last);
    }

    [Fact]
    public void A_data_file_is_fetched_with_its_name()
    {
        var repository = Server.Add("org/data", HubKind.Dataset);
        repository.Files["en/train.csv"] = Text("text\nHello\n");

        var download = FetchFile("hf://datasets/org/data/en/train.csv");

        Assert.Equal(Path.Combine(Cache, "datasets--org--data", "snapshots", s_commit, "en", "train.csv"), download.Path);
        Assert.Equal(repository.Files["en/train.csv"], File.ReadAllBytes(download.Path));
        Assert.Equal(download, FetchFile("hf://datasets/org/data/en/train.csv", Options with { Offline = true }));
    }

    private sealed class DiskWithoutLinks : CacheDisk
    {
        public override void CreateLink(string path, string target) => throw new IOException("A required privilege is not held by the client.");
    }
}
