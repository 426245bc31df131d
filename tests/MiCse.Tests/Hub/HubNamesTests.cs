using System.Text;
using MiCse.Hub;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tests.Data;

namespace MiCse.Tests.Hub;

public class HubNamesTests
{
    [Theory]
    [InlineData("sap-ai-research/miCSE", "sap-ai-research/miCSE", "main")]
    [InlineData("org/name@v1.0", "org/name", "v1.0")]
    [InlineData("org/name@refs/pr/1", "org/name", "refs/pr/1")]
    [InlineData("bert-base-uncased", "bert-base-uncased", "main")]
    public void Ids_are_read_with_their_revision(string text, string id, string revision)
    {
        var repository = HubRepository.Parse(text);

        Assert.Equal((id, revision), (repository.Id, repository.Revision));
        Assert.Equal(text, repository.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b/c")]
    [InlineData("../models")]
    [InlineData("org/..")]
    [InlineData("org/na--me")]
    [InlineData("org/-name")]
    [InlineData("org/name@")]
    [InlineData("org/name@../../x")]
    [InlineData("org/name@a\\b")]
    [InlineData("/org/name")]
    [InlineData("org/name\n")]
    public void Other_texts_are_no_ids(string text)
    {
        Assert.Throws<ArgumentException>(() => HubRepository.Parse(text));
        Assert.False(HubRepository.IsName(text));
    }

    [Fact]
    public void A_name_without_organisation_is_not_taken_for_one() => Assert.False(HubRepository.IsName("micse-mini-en"));

    [Theory]
    [InlineData("hf://datasets/org/name/a/b.csv", "org/name", "main", "a/b.csv")]
    [InlineData("hf://datasets/org/name@refs%2Fconvert%2Fparquet/b.parquet", "org/name", "refs/convert/parquet", "b.parquet")]
    public void Addresses_of_data_files_are_read(string address, string id, string revision, string path)
    {
        var file = HubFile.Parse(address);

        Assert.Equal((id, revision, path), (file.Repository.Id, file.Repository.Revision, file.Path));
        Assert.Equal(HubKind.Dataset, file.Repository.Kind);
        Assert.Equal(address, file.ToString());
    }

    [Theory]
    [InlineData("hf://org/name/a.csv")]
    [InlineData("hf://datasets/org/name")]
    [InlineData("hf://datasets/org/name/../a.csv")]
    [InlineData("https://example.org/a.csv")]
    public void Other_addresses_are_refused(string address) => Assert.Throws<ArgumentException>(() => HubFile.Parse(address));

    [Fact]
    public void Names_that_lead_out_of_a_folder_are_not_listed()
    {
        var listing = RepositoryListing.Read(
            Encoding.UTF8.GetBytes($$"""
            {"sha": "{{new string('a', 40)}}", "siblings": [{"rfilename": "a/b.json"}, {"rfilename": "../b"}, {"rfilename": "/b"}, {"rfilename": "a/../../b"},
             {"rfilename": "..\\b"}, {"rfilename": "C:b"}, {"rfilename": ""}, {"rfilename": "a//b"}, {"rfilename": "a\u0000"}]}
            """),
            new HubRepository("org/name"));

        Assert.Equal(["a/b.json"], listing.Files);
    }

    [Fact]
    public void The_environment_is_read_as_Python_reads_it()
    {
        using var home = new TemporaryFolder();
        var user = home.File("user");
        HubOptions With(params (string Name, string Value)[] variables) => HubOptions.FromEnvironment(name =>
            variables.Concat([("HOME", user), ("USERPROFILE", user)]).Where(variable => variable.Item1 == name).Select(variable => variable.Item2).FirstOrDefault());
        File.WriteAllText(home.File("token"), "hf_file\n");

        Assert.Equal(Path.Combine(user, ".cache", "huggingface", "hub"), With().CacheFolder);
        Assert.Equal(new Uri("https://huggingface.co"), With().Endpoint);
        Assert.Equal(Path.Combine(home.Path, "huggingface", "hub"), With(("XDG_CACHE_HOME", home.Path)).CacheFolder);
        Assert.Equal(home.File("hub"), With(("HF_HOME", home.Path)).CacheFolder);
        Assert.Equal(home.File("old"), With(("HF_HOME", "/elsewhere"), ("HUGGINGFACE_HUB_CACHE", home.File("old"))).CacheFolder);
        Assert.Equal(home.File("new"), With(("HUGGINGFACE_HUB_CACHE", "/old"), ("HF_HUB_CACHE", home.File("new"))).CacheFolder);
        Assert.Equal(Path.Combine(user, "x"), With(("HF_HUB_CACHE", "~/x")).CacheFolder);
        Assert.Equal(home.File("y"), With(("HF_HUB_CACHE", "${BASE}/y"), ("BASE", home.Path)).CacheFolder);
        Assert.Equal("hf_file", With(("HF_HOME", home.Path)).Token);
        Assert.Equal("hf_variable", With(("HF_HOME", home.Path), ("HF_TOKEN", "hf_variable")).Token);
        Assert.Null(With(("HF_HOME", home.File("none"))).Token);
        Assert.Equal(new Uri("https://mirror.example"), With(("HF_ENDPOINT", "https://mirror.example/")).Endpoint);
        Assert.True(With(("HF_HUB_OFFLINE", "yes")).Offline);
        Assert.True(With(("TRANSFORMERS_OFFLINE", "1")).Offline);
        Assert.False(With(("HF_HUB_OFFLINE", "0")).Offline);
        Assert.Throws<ArgumentException>(() => With(("HF_ENDPOINT", "mirror")));
        Assert.DoesNotContain("hf_variable", With(("HF_TOKEN", "hf_variable")).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_cache_is_in_the_home_folder_even_before_that_exists()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "HOME is a variable of Unix");
        using var folder = new TemporaryFolder();
        var home = folder.File("not-yet");
        string Cache(params (string Name, string Value)[] variables) => HubOptions.FromEnvironment(
            name => variables.Where(variable => variable.Name == name).Select(variable => variable.Value).FirstOrDefault()).CacheFolder;

        Assert.Equal(Path.Combine(home, ".cache", "huggingface", "hub"), Cache(("HOME", home)));
        Assert.Equal(Path.Combine(home, ".cache", "huggingface", "hub"), Cache(("HOME", home + "/")));
        Assert.Equal(Path.Combine(home, "models", "hub"), Cache(("HOME", home), ("HF_HOME", "~/models")));
        Assert.Equal(Path.Combine(home, "hub"), Cache(("HOME", home), ("HF_HOME", "~")));
        Assert.Equal(Path.Combine(home, "x", "huggingface", "hub"), Cache(("HOME", home), ("XDG_CACHE_HOME", "~/x")));
        Assert.Equal(Path.Combine(home, "y"), Cache(("HOME", home), ("HF_HUB_CACHE", "~/y")));
        Assert.Equal(Path.Combine(home, "z"), Cache(("HOME", home), ("HUGGINGFACE_HUB_CACHE", "$HOME/z")));
        foreach (var account in File.Exists("/etc/passwd") ? File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Where(account => account is ["root", ..]).Take(1) : [])
        {
            Assert.Equal(Path.Combine(account[5], "models", "hub"), Cache(("HOME", home), ("HF_HOME", "~root/models")));
        }

        Assert.Equal(Path.GetFullPath("~nobody-of-this-name/models/hub"), Cache(("HOME", home), ("HF_HOME", "~nobody-of-this-name/models")));
        Assert.StartsWith("/", Cache(("HOME", "")), StringComparison.Ordinal);
        Assert.False(Cache(("HOME", ".")).StartsWith(Environment.CurrentDirectory, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_process_whose_home_folder_does_not_exist_loads_nothing_from_the_current_folder()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "HOME is a variable of Unix");
        using var folder = new TemporaryFolder();
        var home = folder.File("not-yet");

        var run = await ChildProcess.RunAsync("MiCse.Cli", folder.Path, [("HOME", home), ("HF_HUB_OFFLINE", "1")], "info", "--model", "org/model");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(Path.Combine(home, ".cache", "huggingface", "hub"), run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")]
    [InlineData("hello\n", "ce013625030ba8dba906f756967f9e9ca394464a")]
    [InlineData("hello\n", "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03")]
    public void Checksums_are_those_of_git_and_sha256sum(string text, string hash)
    {
        using var checksum = new Checksum(hash, text.Length);

        checksum.Append(Encoding.UTF8.GetBytes(text));
        Assert.True(checksum.Matches());
        checksum.Append("other"u8);
        Assert.False(checksum.Matches());
    }

    [Theory]
    [InlineData("models--sap-ai-research--miCSE", Pooling.ClsBeforePooler, "before the pooler")]
    [InlineData("models--SAP--miCSE", Pooling.ClsBeforePooler, "before the pooler")]
    [InlineData("models--princeton-nlp--unsup-simcse-roberta-large", Pooling.ClsBeforePooler, "before the pooler")]
    [InlineData("models--princeton-nlp--sup-simcse-bert-base-uncased", Pooling.Cls, "after the pooler")]
    public void Published_models_have_their_pooling(string folder, Pooling pooling, string reason)
    {
        var choice = KnownPooling.OfFolder(Path.Combine("cache", folder, "snapshots", new string('a', 40)));

        Assert.Equal(pooling, choice!.Pooling);
        Assert.Contains(reason, choice.Source, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("models--org--other/snapshots/a")]
    [InlineData("models--sap-ai-research--miCSE")]
    [InlineData("datasets--SAP--miCSE/snapshots/a")]
    public void Other_folders_have_none(string folder) => Assert.Null(KnownPooling.OfFolder(folder));
}
